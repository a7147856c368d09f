"""Debian's Apache with mod_auth_cas, by the documentation's configuration."""

import contextlib
from collections.abc import Iterator

import pytest
import requests

from tests.clients import apache, examples, tls
from tests.clients.behind import enter, let_in, received
from tests.clients.world import World, sign_in, wait_until
from tests.oidc import live
from tests.oidc.surfing import Surfer

APPLICATION = "intranet-cas"


@pytest.fixture(scope="module")
def site(shared_world: World) -> Iterator[str]:
    """The site's address; the module asks the portal by TLS only."""
    address = f"http://localhost:{live.free_port()}"
    shared_world.add({APPLICATION: {"protocol": "cas", "services": [f"{address}/*"]}})
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(apache.folder_of_workers())
        portal = stack.enter_context(tls.front(folder, shared_world.portal))
        real = {
            "https://portail.example/cas/login": f"{shared_world.portal}/cas/login",
            "https://portail.example": portal,
            "/etc/ssl/certs/": f"{folder}/tests.pem",
            "https://intranet.example": address,
            "/var/cache/apache2/mod_auth_cas/": f"{folder}/sessions/",
        }
        configuration = examples.read("cas/mod_auth_cas.conf", real)
        stack.enter_context(apache.serving(folder, apache.Site(address, configuration, "auth_cas", "/cas-none/")))
        yield address


def test_who_signs_in_is_told_to_the_application(world: World, surfer: Surfer, site: str) -> None:
    headers = enter(world, surfer, site)
    assert headers["CAS-User"] == headers["CAS-email"] == "claire.nguyen@pantin.example"
    assert (headers["CAS-usual_name"], headers["CAS-roles"]) == ("Nguyen", "reader")
    assert let_in(site, surfer)


def test_headers_that_a_browser_invents_do_not_pass(world: World, surfer: Surfer, site: str) -> None:
    enter(world, surfer, site)
    surfer.session.headers.update({"CAS-roles": "manager", "CAS-User": "maire@pantin.example"})
    surfer.go(f"{site}/paie")
    assert received(surfer)["CAS-roles"] == "reader"
    assert "maire@pantin.example" not in surfer.page.text


def test_a_part_of_the_site_is_for_one_role(world: World, surfer: Surfer, site: str) -> None:
    enter(world, surfer, site)
    surfer.go(f"{site}/gestion")
    assert surfer.page.status_code in {401, 403}


def test_a_ticket_is_good_once(world: World, surfer: Surfer, site: str) -> None:
    enter(world, surfer, site)
    asked = requests.get(f"{site}/paie", allow_redirects=False, timeout=20).headers["Location"]
    answer = surfer.session.get(asked, allow_redirects=False, timeout=20).headers["Location"]
    first, second = (requests.get(answer, allow_redirects=False, timeout=20) for _ in range(2))
    assert "MOD_AUTH_CAS" in first.cookies
    assert "MOD_AUTH_CAS" not in second.cookies


def test_an_agent_without_a_right_is_led_to_who_gives_it(world: World, surfer: Surfer, site: str) -> None:
    world.remove_right(APPLICATION)
    surfer.go(f"{site}/paie")
    sign_in(surfer)
    assert surfer.page.url.startswith(world.portal)
    assert surfer.page.status_code == 403
    assert "Nadia Ferhat" in surfer.page.text


def test_a_removed_right_closes_the_session(world: World, surfer: Surfer, site: str) -> None:
    enter(world, surfer, site)
    assert let_in(site, surfer)
    world.remove_right(APPLICATION)
    wait_until(lambda: not let_in(site, surfer))


def test_a_sign_out_at_the_portal_is_heard(world: World, surfer: Surfer, site: str) -> None:
    enter(world, surfer, site)
    world.sign_out_everywhere()
    wait_until(lambda: not let_in(site, surfer))
    assert "Se connecter" in surfer.go(f"{site}/paie")


def test_signing_out_of_the_application_signs_out_of_the_portal(world: World, surfer: Surfer, site: str) -> None:
    enter(world, surfer, site)
    surfer.go(f"{world.portal}/cas/logout?service={site}/au-revoir")
    assert f"Vous quittez {APPLICATION.title()}" in surfer.page.text
    surfer.send({}, button="DÉCONNEXION")
    assert surfer.page.url == f"{site}/au-revoir"
    wait_until(lambda: not let_in(site, surfer))
