"""Debian's Shibboleth SP (Apache's module and its daemon), by the documentation's configuration."""

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.clients import apache, examples, tls
from tests.clients.behind import enter, let_in
from tests.clients.carrying import Carrier
from tests.clients.world import World, sign_in, wait_until
from tests.oidc import live

APPLICATION = "intranet-shibboleth"
SHIBD = "/usr/sbin/shibd"


@pytest.fixture(scope="module")
def site(shared_world: World) -> Iterator[str]:
    """The site's address; the portal reads its description there, and it reads the portal's."""
    address = f"http://localhost:{live.free_port()}"
    description = f"{address}/Shibboleth.sso/Metadata"
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(apache.folder_of_workers())
        _configure(folder, shared_world, address)
        written = f'ShibConfig "{folder}/shibboleth2.xml"\n{examples.read("saml/shibboleth.conf", {})}'
        stack.enter_context(apache.serving(folder, apache.Site(address, written, "shib", "/Shibboleth.sso")))
        arguments = ["-F", "-f", "-c", str(folder / "shibboleth2.xml"), "-p", str(folder / "shibd.pid")]
        stack.enter_context(live.serving(arguments, {"PATH": os.environ["PATH"]}, description, program=SHIBD))
        shared_world.add({APPLICATION: {"protocol": "saml", "metadata": {"url": description}, "signed_requests": True}})
        yield address


def _configure(folder: Path, world: World, address: str) -> None:
    """Lay down what the daemon and the module read; what the tests change is where files are, and https."""
    tls.laid_in(folder, "site")
    known = requests.get(f"{world.portal}/saml/metadata", timeout=20).text
    shown = re.search(r"<ds:X509Certificate>([^<]+)</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:Key", known)
    assert shown is not None
    (folder / "portail.pem").write_text(f"-----BEGIN CERTIFICATE-----\n{shown[1]}\n-----END CERTIFICATE-----\n")
    (folder / "attribute-map.xml").write_text(examples.read("saml/attribute-map.xml", {}))
    here = {f'"{name}"': f'"{folder}/{name}"' for name in _LAID}
    started = f'logger="/etc/shibboleth/console.logger">\n<UnixListener address="{folder}/shibd.sock"/>'
    real = {
        "https://portail.example": world.portal,
        "https://intranet.example": address,
        'handlerSSL="true" cookieProps="https"': 'handlerSSL="false" cookieProps="http"',
        'clockSkew="180">': f'clockSkew="180" {started}',
        **here,
    }
    (folder / "shibboleth2.xml").write_text(examples.read("saml/shibboleth2.xml", real))


_LAID = ("portail.xml", "portail.pem", "attribute-map.xml", "site.key", "site.pem")


@pytest.fixture
def surfer() -> Carrier:
    """A browser that has been nowhere."""
    return Carrier()


def test_who_signs_in_is_told_to_the_application(world: World, surfer: Carrier, site: str) -> None:
    headers = enter(world, surfer, site)
    assert headers["mail"] == "claire.nguyen@pantin.example"
    assert (headers["sn"], headers["givenName"], headers["entitlement"]) == ("Nguyen", "Claire", "reader")
    assert headers["o"] == "Ville de Pantin"


def test_headers_that_a_browser_invents_do_not_pass(world: World, surfer: Carrier, site: str) -> None:
    enter(world, surfer, site)
    surfer.session.headers.update({"entitlement": "manager", "mail": "maire@pantin.example"})
    surfer.go(f"{site}/paie")
    assert "maire@pantin.example" not in surfer.page.text
    assert '"manager"' not in surfer.page.text


def test_a_part_of_the_site_is_for_one_role(world: World, surfer: Carrier, site: str) -> None:
    enter(world, surfer, site)
    surfer.go(f"{site}/gestion")
    assert surfer.page.status_code in {401, 403}


def test_an_agent_without_a_right_is_led_to_who_gives_it(world: World, surfer: Carrier, site: str) -> None:
    world.remove_right(APPLICATION)
    surfer.go(f"{site}/paie")
    sign_in(surfer)
    assert (surfer.page.status_code, "Nadia Ferhat" in surfer.page.text) == (403, True)


def test_a_removed_right_closes_the_session(world: World, surfer: Carrier, site: str) -> None:
    enter(world, surfer, site)
    assert let_in(site, surfer)
    world.remove_right(APPLICATION)
    wait_until(lambda: not let_in(site, surfer))


def test_signing_out_of_the_application_signs_out_of_the_portal(world: World, surfer: Carrier, site: str) -> None:
    enter(world, surfer, site)
    surfer.go(f"{site}/Shibboleth.sso/Logout?return={site}/au-revoir")
    assert f"Vous quittez {APPLICATION.title()}" in surfer.page.text
    surfer.send({}, button="DÉCONNEXION")
    assert surfer.page.url == f"{site}/au-revoir", surfer.page.text
    assert not let_in(site, surfer)
    assert "Se connecter" in surfer.go(f"{world.portal}/")
