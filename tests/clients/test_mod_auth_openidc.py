"""Debian's Apache with mod_auth_openidc, by the documentation's configuration and by that of the engineer's pages."""

import re

import pytest
import requests

from tests.clients.behind import let_in, received
from tests.clients.world import APACHES, World, sign_in, wait_until
from tests.oidc.surfing import Surfer

pytestmark = pytest.mark.usefixtures("apache_running")
EACH = pytest.mark.parametrize("name", APACHES)


def enter(world: World, surfer: Surfer, name: str = "intranet") -> str:
    """Sign Claire in to a site, at a page of it; return its address."""
    site = world.apache[name]
    surfer.go(f"{site}/paie?mois=11")
    assert surfer.page.url.startswith(f"{world.portal}/connexion")
    sign_in(surfer)
    assert surfer.page.url == f"{site}/paie?mois=11"
    return site


@EACH
def test_who_signs_in_is_told_to_the_application(world: World, surfer: Surfer, name: str) -> None:
    enter(world, surfer, name)
    claims = received(surfer)
    assert claims["OIDC_CLAIM_email"] == "claire.nguyen@pantin.example"
    assert (claims["OIDC_CLAIM_usual_name"], claims["OIDC_CLAIM_roles"]) == ("Nguyen", "reader")
    assert "Ville de Pantin" in claims["OIDC_CLAIM_organization"]
    assert (claims["OIDC_CLAIM_acr"], claims["OIDC_CLAIM_iss"]) == ("eidas1", world.portal)


def test_claims_that_a_browser_invents_do_not_pass(world: World, surfer: Surfer) -> None:
    site = enter(world, surfer)
    surfer.session.headers.update({"OIDC_CLAIM_roles": "manager", "OIDC-CLAIM-email": "maire@pantin.example"})
    surfer.go(f"{site}/paie")
    assert received(surfer)["OIDC_CLAIM_roles"] == "reader"
    assert "maire@pantin.example" not in surfer.page.text


def test_a_part_of_the_site_is_for_one_role(world: World, surfer: Surfer) -> None:
    surfer.go(f"{enter(world, surfer)}/gestion")
    assert surfer.page.status_code == 403


def test_an_answer_for_somebody_else_is_refused(world: World, surfer: Surfer) -> None:
    """Login CSRF: the portal's answer brought to a browser that asked for nothing."""
    site = enter(world, surfer)
    asked = requests.get(f"{site}/paie", allow_redirects=False, timeout=20).headers["Location"]
    answer = surfer.session.get(asked, allow_redirects=False, timeout=20).headers["Location"]
    assert answer.startswith(f"{site}/oidc/retour?code=")
    victim = requests.get(answer, allow_redirects=False, timeout=20)
    assert victim.status_code == 400
    assert "mod_auth_openidc_session" not in victim.cookies


def test_an_answer_of_another_server_is_refused(world: World, surfer: Surfer) -> None:
    """Mix-up (RFC 9207): the module compares `iss`."""
    site = enter(world, surfer)
    surfer.session.cookies.clear(domain="localhost.local")
    asked = surfer.session.get(f"{site}/paie", allow_redirects=False, timeout=20).headers["Location"]
    answer = surfer.session.get(asked, allow_redirects=False, timeout=20).headers["Location"]
    mixed = re.sub("iss=.*", "iss=https%3A%2F%2Fother.example", answer)
    refused = surfer.session.get(mixed, allow_redirects=False, timeout=20)
    assert "mod_auth_openidc_session" not in refused.cookies
    assert not let_in(site, surfer)


@EACH
def test_tokens_are_renewed(world: World, surfer: Surfer, name: str) -> None:
    site = enter(world, surfer, name)
    before = received(surfer)["OIDC_access_token"]
    asked = {"refresh": f"{site}/paie", "access_token": before}
    surfer.page = surfer.session.get(f"{site}/oidc/retour", params=asked, timeout=20)
    assert surfer.page.url == f"{site}/paie"
    after = received(surfer)["OIDC_access_token"]
    assert after != before
    said = requests.get(f"{world.portal}/oauth/userinfo", headers={"Authorization": f"Bearer {after}"}, timeout=20)
    assert said.json()["email"] == "claire.nguyen@pantin.example"


@EACH
def test_a_removed_right_closes_the_door_at_once(world: World, surfer: Surfer, name: str) -> None:
    site = enter(world, surfer, name)
    assert let_in(site, surfer)
    world.remove_right(name)
    wait_until(lambda: not let_in(site, surfer))
    assert "Nadia Ferhat" in surfer.go(f"{site}/paie")
    assert surfer.page.url.startswith(world.portal)


def test_a_sign_out_at_the_portal_is_heard(world: World, surfer: Surfer) -> None:
    site = enter(world, surfer)
    world.sign_out_everywhere()
    wait_until(lambda: not let_in(site, surfer))
    assert "Se connecter" in surfer.go(f"{site}/paie")


@EACH
def test_signing_out_of_the_application_signs_out_of_the_portal(world: World, surfer: Surfer, name: str) -> None:
    site = enter(world, surfer, name)
    asked = {"logout": f"{site}/au-revoir"}
    surfer.page = surfer.session.get(f"{site}/oidc/retour", params=asked, timeout=20)
    assert f"Vous quittez {name.title()}" in surfer.page.text
    surfer.send({}, button="DÉCONNEXION")
    assert surfer.page.url == f"{site}/au-revoir"
    assert not let_in(site, surfer)
    assert "Se connecter" in surfer.go(f"{world.portal}/")
