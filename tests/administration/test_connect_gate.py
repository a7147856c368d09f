"""Connecting an application behind a web server, from the pages alone."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from ruamel.yaml import YAML

from convergences.catalog.models import Application
from convergences.protocols.forward_auth import telling
from convergences.protocols.forward_auth.models import Gate
from convergences.protocols.forward_auth.panel.snippets import snippets
from convergences.protocols.forward_auth.panel.trial import trial
from convergences.web.entrance.attributes import Person
from convergences.web.panels.facts import Snippet
from tests.administration.pages import address, create, words
from tests.cast import Cast
from tests.forward_auth.serving import define

pytestmark = pytest.mark.database


def made(engineer: Client, **changes: Any) -> Any:
    """Create an application behind a web server."""
    form = {"hosts": "concours.example", "protocol": "gate", "kind": None, "redirect_uris": None, **changes}
    return create(engineer, **form)


def test_an_application_is_created_connected_and_explained(engineer: Client) -> None:
    assert made(engineer, paths="/restreint/")["Location"] == address()
    gate = Gate.objects.get()
    assert (gate.hosts, gate.paths) == (["concours.example"], ["/restreint/"])
    assert "http://testserver/gate/check" in words(engineer.get(address()))
    assert "server_name concours.example;" in words(engineer.get(address(act="reglages")))


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"hosts": ""}, "hosts"), ({"hosts": "https://a.example/"}, "hosts"), ({"paths": "/../"}, "paths")],
)
def test_a_mistake_is_said_at_its_field(engineer: Client, changes: dict[str, Any], field: str) -> None:
    answer = made(engineer, here=3, go="next", **changes)
    assert answer.status_code == 422
    assert f'href="#id_{field}' in answer.content.decode()


def test_a_name_of_the_portal_is_refused_at_its_field(engineer: Client) -> None:
    answer = made(engineer, hosts="testserver")
    assert answer.status_code == 422
    assert "est un nom du portail lui-même" in words(answer)


@pytest.mark.parametrize("sheet", [["email", "given_name", "usual_name", "organization", "roles"], ["siret"]])
def test_it_says_what_the_headers_hold_and_writes_nothing(cast: Cast, sheet: list[str]) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(attributes=sheet)
    application = Application.objects.get(pk=cast.bip.pk)
    with CaptureQueriesContext(connection) as queries:
        told = trial(application, cast.claire, ("reader",))
    assert [each["sql"] for each in queries if not each["sql"].startswith("SELECT")] == []
    real = dict(telling.headers(Person(cast.claire, ("reader",)), application, telling.Proved("eidas1", ("pwd",))))
    said = {line.name: line.value for line in told.released}
    assert said.keys() == {name for name, value in real.items() if value}
    assert {line.name for line in told.withheld} == {name for name, value in real.items() if not value}
    each_time = dict.fromkeys(("Remote-Acr", "Remote-Amr", "Remote-Token"), "")
    assert {**said, **each_time} == {name: value for name, value in real.items() if value} | each_time


def test_the_texts_name_this_application_and_this_portal(engineer: Client) -> None:
    made(engineer, name="Concours {{x}}")
    texts = snippets(Gate.objects.get())
    assert {one.key for one in texts} == {"nginx", "apache", "apache_lua", "apache_portal", "traefik", "caddy"}
    for one in texts:
        assert not {"snapi.example", "portail.example", "snapi-cap"} & set(re.split(r"[^a-z.-]+", one.text.lower()))
        assert ("concours.example" in one.text) is (one.key != "apache_portal")
        assert "{{x}}" not in one.text


def sharing(cast: Cast, *paths: str) -> dict[str, Snippet]:
    """Return the texts of a site whose root is BIP's, some of its paths Net-Cotisations'."""
    define(cast.bip, "concours.example:8443")
    shared = define(cast.cotisations, "concours.example:8443", "autre.example", paths=list(paths))
    return {one.key: one for one in snippets(shared)}


def test_a_site_that_is_shared_is_one_file_for_all_its_applications(cast: Cast) -> None:
    """Pasted apart, two files for one name would leave the second without effect."""
    texts = sharing(cast, "/restreint/", "/restreint/paie/")
    for key in ("nginx", "apache", "traefik", "caddy"):
        listening = re.findall(r"127\.0\.0\.1:(808\d)", texts[key].text)
        assert set(listening) == {"8080", "8081"}, key
    # Apache takes the first that covers an address.
    assert re.findall(r"ProxyPass (\S+) \S+808(\d)", texts["apache"].text) == [
        ("/restreint/paie", "1"), ("/restreint", "1"), ("/", "0"),
    ]  # fmt: skip
    assert "/restreint/" in texts["nginx"].warning
    assert "recopiez-les pour autre.example" in french_less(texts["nginx"].warning)
    routers = YAML(typ="safe").load(texts["traefik"].text)["http"]["routers"]
    assert len(routers) == 4  # the root, two paths of one application, the passage


def french_less(text: str) -> str:
    """Return a text with plain spaces."""
    return text.replace("\u00a0", " ")


def test_a_port_that_is_not_the_usual_one_is_kept(cast: Cast) -> None:
    """Judged without its port, the site would be nobody's."""
    texts = sharing(cast, "/restreint/")
    assert "listen 8443 ssl;" in texts["nginx"].text
    assert "server_name concours.example;" in texts["nginx"].text
    assert "X-Original-URL https://concours.example:8443$request_uri;" in texts["nginx"].text
    assert "Listen 8443\n<VirtualHost *:8443>" in texts["apache"].text
    assert 'SITE = "https://concours.example:8443"' in texts["apache_lua"].text
    assert "concours.example:8443 {" in texts["caddy"].text
    assert "Host(`concours.example`) &&" in texts["traefik"].text


def test_what_no_application_of_the_site_has_is_not_served(cast: Cast) -> None:
    shared = define(cast.cotisations, "concours.example", paths=["/restreint/"])
    texts = {one.key: one.text for one in snippets(shared)}
    assert "location / {\n        return 404;" in texts["nginx"]
    assert "respond 404" in texts["caddy"]
    assert "ProxyPass / " not in texts["apache"]


def test_two_sites_of_one_machine_do_not_write_over_each_other(cast: Cast) -> None:
    """Apache asks for each site by a script of its own, which says for which site it asks."""
    places = []
    for opened, host in ((cast.bip, "a.example"), (cast.cotisations, "b.example")):
        texts = {one.key: one for one in snippets(define(opened, host))}
        assert f"LuaHookAccessChecker {texts['apache_lua'].place} check" in texts["apache"].text
        places.append(texts["apache_lua"].place)
    assert len(set(places)) == 2
