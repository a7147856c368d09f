"""npm's @node-saml/node-saml, by the documentation's example. It hears of a sign-out by the browser alone."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from lxml import etree

from tests.clients import node, tls
from tests.clients.carrying import Carrier, carried
from tests.clients.examples import FOLDER as EXAMPLES
from tests.clients.world import World, sign_in
from tests.oidc import live

APPLICATION = "site-node-saml"


@pytest.fixture(scope="module")
def site(shared_world: World) -> Iterator[str]:
    """The site's address; the portal reads its description there."""
    address = f"http://localhost:{live.free_port()}"
    known = etree.fromstring(requests.get(f"{shared_world.portal}/saml/metadata", timeout=20).content)
    shown = next(known.iter("{http://www.w3.org/2000/09/xmldsig#}X509Certificate")).text
    private, certificate = (part.decode() for part in tls.pair())
    settings = {"site": f"{address}/saml", "portal": shared_world.portal, "portalCertificate": shown}
    described = {
        "port": int(address.rsplit(":", 1)[1]),
        "example": str(EXAMPLES / "saml/node_saml.mjs"),
        "settings": {**settings, "key": private, "certificate": certificate},
    }
    arguments = [str(Path(__file__).parent / "saml.mjs"), json.dumps(described)]
    with live.serving(arguments, {"PATH": os.environ["PATH"]}, f"{address}/healthz", program=node.program()):
        metadata = {"url": f"{address}/saml/description"}
        shared_world.add({APPLICATION: {"protocol": "saml", "metadata": metadata, "signed_requests": True}})
        yield f"{address}/saml/"


@pytest.fixture
def surfer() -> Carrier:
    """A browser that has been nowhere."""
    return Carrier()


def enter(world: World, surfer: Carrier, site: str) -> None:
    """Sign Claire in."""
    surfer.go(site)
    assert surfer.page.url.startswith(f"{world.portal}/connexion"), surfer.page.text
    sign_in(surfer)
    assert surfer.page.url == site, surfer.page.text


def let_in(site: str, surfer: Carrier) -> bool:
    """Tell whether the site still opens without asking the portal."""
    return surfer.session.get(site, allow_redirects=False, timeout=20).status_code == 200


def test_who_signs_in_is_told_to_the_site(world: World, surfer: Carrier, site: str) -> None:
    enter(world, surfer, site)
    entered = surfer.page.json()
    assert entered["nameIDFormat"].endswith(":persistent")
    told = entered["attributes"]
    assert told["urn:oid:0.9.2342.19200300.100.1.3"] == "claire.nguyen@pantin.example"
    assert told["urn:oid:1.3.6.1.4.1.5923.1.1.1.7"] == "reader"


def test_an_answer_is_encrypted_and_good_once(world: World, surfer: Carrier, site: str) -> None:
    enter(world, surfer, site)
    surfer.session.cookies.clear(domain="localhost.local")
    form = carried(surfer.session.get(site, timeout=20))
    assert form is not None
    answers = [Carrier().session.post(form[0], form[1], timeout=20, allow_redirects=False) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 403]


def test_an_agent_without_a_right_is_led_to_who_gives_it(world: World, surfer: Carrier, site: str) -> None:
    world.remove_right(APPLICATION)
    surfer.go(site)
    sign_in(surfer)
    assert (surfer.page.status_code, "Nadia Ferhat" in surfer.page.text) == (403, True)


def test_signing_out_of_the_site_signs_out_of_the_portal(world: World, surfer: Carrier, site: str) -> None:
    enter(world, surfer, site)
    surfer.go(f"{site}quitter")
    assert f"Vous quittez {APPLICATION.title()}" in surfer.page.text
    surfer.send({}, button="DÉCONNEXION")
    assert surfer.page.url.startswith(f"{site}deconnexion?"), surfer.page.text
    assert surfer.page.json() == {"left": True}
    assert "Se connecter" in surfer.go(site)


def test_signing_out_of_the_portal_signs_out_of_the_site(world: World, surfer: Carrier, site: str) -> None:
    """Profiles, 4.4.3.1: the browser is led to the site, which answers, and comes back."""
    enter(world, surfer, site)
    surfer.go(f"{world.portal}/deconnexion")
    surfer.send({}, button="DÉCONNEXION")
    assert surfer.page.url.startswith(world.portal), surfer.page.text
    assert not let_in(site, surfer)
