"""Connecting an application behind a web server, from the pages alone."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convergences.catalog.models import Application
from convergences.protocols.forward_auth import telling
from convergences.protocols.forward_auth.models import Gate
from convergences.protocols.forward_auth.panel.snippets import snippets
from convergences.protocols.forward_auth.panel.trial import trial
from convergences.web.attributes import Person
from tests.administration.pages import address, create, words
from tests.cast import Cast

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
    real = dict(telling.headers(Person(cast.claire, ("reader",)), application, 1))
    said = {line.name: line.value for line in told.released}
    assert said.keys() == {name for name, value in real.items() if value}
    assert {line.name for line in told.withheld} == {name for name, value in real.items() if not value}
    assert {**said, "Remote-Token": ""} == {name: value for name, value in real.items() if value} | {"Remote-Token": ""}


def test_the_texts_name_this_application_and_this_portal(engineer: Client) -> None:
    made(engineer, name="Concours {{x}}")
    texts = snippets(Gate.objects.get())
    assert {one.key for one in texts} == {"nginx", "apache", "apache_lua", "traefik", "caddy"}
    for one in texts:
        assert not {"snapi.example", "portail.example", "snapi-cap"} & set(re.split(r"[^a-z.-]+", one.text.lower()))
        assert "concours.example" in one.text
        assert "{{x}}" not in one.text
