"""Debian's Apache with mod_auth_mellon, by the documentation's configuration; a second site asks by POST."""

import base64
import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.clients import apache, examples, tls
from tests.clients.behind import enter, let_in, received
from tests.clients.carrying import Carrier, carried
from tests.clients.world import World, sign_in, wait_until
from tests.oidc import live

Sites = dict[str, str]
EACH = pytest.mark.parametrize("name", ["mellon", "mellon-post"])


@pytest.fixture(scope="module")
def sites(shared_world: World) -> Iterator[Sites]:
    """The sites' addresses; each publishes what it is, and the portal reads it there."""
    addresses = {name: f"http://localhost:{live.free_port()}" for name in ("mellon", "mellon-post")}
    with contextlib.ExitStack() as stack:
        folders = {name: stack.enter_context(apache.folder_of_workers()) for name in addresses}
        for name, address in addresses.items():
            written = configuration(shared_world, folders[name], name, address)
            stack.enter_context(apache.serving(folders[name], apache.Site(address, written, "auth_mellon", "/mellon/")))
        described = {
            name: {"protocol": "saml", "metadata": {"url": f"{address}/mellon/metadata"}, "signed_requests": True}
            for name, address in addresses.items()
        }
        described["mellon-post"]["encrypted_assertions"] = False
        shared_world.add(described)
        yield addresses


def configuration(world: World, folder: Path, name: str, address: str) -> str:
    """Return what configures a site, its key and what is known of the portal laid where it says."""
    tls.laid_in(folder, "site")
    known = requests.get(f"{world.portal}/saml/metadata", timeout=20).text
    if name == "mellon-post":
        known = re.sub(r'<md:SingleSignOnService Binding="[^"]*Redirect"[^>]*/>', "", known)
    (folder / "portail.xml").write_text(known)
    real = {
        "https://intranet.example": address,
        "/etc/apache2/mellon/": f"{folder}/",
        "/run/lock/mod_auth_mellon": f"{folder}/lock",
        # On this machine the browser of the tests speaks http.
        "MellonSecureCookie On": "MellonSecureCookie httponly",
        "MellonCookieSameSite None": "MellonCookieSameSite Lax",
    }
    return examples.read("saml/mod_auth_mellon.conf", real)


@pytest.fixture
def surfer() -> Carrier:
    """A browser that has been nowhere."""
    return Carrier()


@EACH
def test_who_signs_in_is_told_to_the_application(world: World, surfer: Carrier, sites: Sites, name: str) -> None:
    headers = enter(world, surfer, sites[name])
    assert headers["SAML-User"] == headers["SAML-Email"] == "claire.nguyen@pantin.example"
    assert (headers["SAML-Nom"], headers["SAML-Droits"]) == ("Nguyen", "reader")
    assert headers["SAML-Employeur"] == "Ville de Pantin"


def test_headers_that_a_browser_invents_do_not_pass(world: World, surfer: Carrier, sites: Sites) -> None:
    enter(world, surfer, sites["mellon"])
    surfer.session.headers.update({"SAML-Droits": "manager", "SAML-User": "maire@pantin.example"})
    surfer.go(f"{sites['mellon']}/paie")
    assert received(surfer)["SAML-Droits"] == "reader"
    assert "maire@pantin.example" not in surfer.page.text


def test_a_part_of_the_site_is_for_one_role(world: World, surfer: Carrier, sites: Sites) -> None:
    enter(world, surfer, sites["mellon"])
    surfer.go(f"{sites['mellon']}/gestion")
    assert surfer.page.status_code == 403


def test_what_is_said_is_encrypted_for_the_application(world: World, surfer: Carrier, sites: Sites) -> None:
    enter(world, surfer, sites["mellon"])
    surfer.session.cookies.clear(domain="localhost.local")
    asked = surfer.session.get(f"{sites['mellon']}/mellon/login?ReturnTo={sites['mellon']}/", timeout=20)
    form = carried(asked)
    assert form is not None
    answer = base64.b64decode(form[1]["SAMLResponse"]).decode()
    assert "EncryptedAssertion" in answer
    assert "claire.nguyen" not in answer


def test_a_request_whose_signature_is_taken_off_is_not_followed(world: World, sites: Sites) -> None:
    asked = requests.get(f"{sites['mellon']}/paie", allow_redirects=False, timeout=20)
    asked = requests.get(asked.headers["Location"], allow_redirects=False, timeout=20)
    bare = re.sub("&SigAlg=.*", "", asked.headers["Location"])
    assert bare != asked.headers["Location"]
    assert requests.get(bare, timeout=20).status_code == 400


def test_an_answer_for_somebody_else_is_refused(world: World, surfer: Carrier, sites: Sites) -> None:
    """Login CSRF: the portal's answer brought to a browser that asked for nothing, or brought twice."""
    site = sites["mellon"]
    enter(world, surfer, site)
    page = surfer.session.get(f"{site}/mellon/login?ReturnTo={site}/", timeout=20)
    form = carried(page)
    assert form is not None
    victim = Carrier()
    refused = victim.session.post(form[0], form[1], timeout=20)
    assert refused.status_code in {400, 401, 403}
    assert not let_in(site, victim)


@EACH
def test_an_agent_without_a_right_is_led_to_who_gives_it(
    world: World, surfer: Carrier, sites: Sites, name: str
) -> None:
    world.remove_right(name)
    surfer.go(f"{sites[name]}/paie")
    sign_in(surfer)
    assert (surfer.page.status_code, "Nadia Ferhat" in surfer.page.text) == (403, True)
    assert surfer.page.url.startswith(world.portal)


@EACH
def test_a_removed_right_closes_the_session(world: World, surfer: Carrier, sites: Sites, name: str) -> None:
    enter(world, surfer, sites[name])
    assert let_in(sites[name], surfer)
    world.remove_right(name)
    wait_until(lambda: not let_in(sites[name], surfer))


def test_a_sign_out_at_the_portal_is_heard(world: World, surfer: Carrier, sites: Sites) -> None:
    enter(world, surfer, sites["mellon"])
    world.sign_out_everywhere()
    wait_until(lambda: not let_in(sites["mellon"], surfer))
    assert "Se connecter" in surfer.go(f"{sites['mellon']}/paie")


@EACH
def test_signing_out_of_the_application_signs_out_of_the_portal(
    world: World, surfer: Carrier, sites: Sites, name: str
) -> None:
    site = sites[name]
    enter(world, surfer, site)
    surfer.go(f"{site}/mellon/logout?ReturnTo={site}/au-revoir")
    assert f"Vous quittez {name.title()}" in surfer.page.text
    surfer.send({}, button="DÉCONNEXION")
    assert surfer.page.url == f"{site}/au-revoir"
    assert not let_in(site, surfer)
    assert "Se connecter" in surfer.go(f"{world.portal}/")
