"""Debian's Apache with mod_auth_openidc, by the configuration that the documentation shows."""

from typing import Any

import pytest
import requests

from tests.clients.world import World, sign_in, wait_until
from tests.oidc.surfing import Surfer

pytestmark = pytest.mark.usefixtures("apache_running")


@pytest.fixture
def claire(world: World, surfer: Surfer) -> Surfer:
    """Claire in the intranet."""
    surfer.go(f"{world.apache}/paie?mois=11")
    assert surfer.page.url.startswith(f"{world.portal}/connexion")
    sign_in(surfer)
    return surfer


def received(surfer: Surfer) -> dict[str, Any]:
    """Return the headers that the application behind Apache has received."""
    assert surfer.page.status_code == 200, surfer.page.text
    headers: dict[str, Any] = surfer.page.json()["headers"]
    return headers


def let_in(world: World, surfer: Surfer) -> bool:
    """Tell whether Apache still opens a page without asking the portal."""
    answer = surfer.session.get(f"{world.apache}/encore", allow_redirects=False, timeout=20)
    return answer.status_code == 200


def test_who_signs_in_is_at_the_page_asked_for(claire: Surfer, world: World) -> None:
    assert claire.page.url == f"{world.apache}/paie?mois=11"
    claims = received(claire)
    assert claims["OIDC_CLAIM_email"] == "claire.nguyen@pantin.example"
    assert (claims["OIDC_CLAIM_usual_name"], claims["OIDC_CLAIM_roles"]) == ("Nguyen", "reader")
    assert "Ville de Pantin" in claims["OIDC_CLAIM_organization"]
    assert (claims["OIDC_CLAIM_acr"], claims["OIDC_CLAIM_iss"]) == ("eidas1", world.portal)


def test_claims_that_a_browser_invents_do_not_pass(claire: Surfer, world: World) -> None:
    claire.session.headers.update({"OIDC_CLAIM_roles": "manager", "OIDC-CLAIM-email": "maire@pantin.example"})
    claire.go(f"{world.apache}/paie")
    assert received(claire)["OIDC_CLAIM_roles"] == "reader"
    assert "maire@pantin.example" not in claire.page.text


def test_a_part_of_the_site_is_for_one_role(claire: Surfer, world: World) -> None:
    claire.go(f"{world.apache}/gestion")
    assert claire.page.status_code == 403


def test_a_code_of_somebody_else_is_refused(claire: Surfer, world: World) -> None:
    """Login CSRF: an answer of the portal brought to a browser that asked for nothing."""
    asked = requests.get(f"{world.apache}/paie", allow_redirects=False, timeout=20).headers["Location"]
    answer = claire.session.get(asked, allow_redirects=False, timeout=20).headers["Location"]
    assert answer.startswith(f"{world.apache}/oidc/retour?code=")
    victim = requests.get(answer, allow_redirects=False, timeout=20)
    assert victim.status_code == 400
    assert "mod_auth_openidc_session" not in victim.cookies


def test_tokens_are_renewed(claire: Surfer, world: World) -> None:
    before = received(claire)["OIDC_access_token"]
    asked = {"refresh": f"{world.apache}/paie", "access_token": before}
    claire.page = claire.session.get(f"{world.apache}/oidc/retour", params=asked, timeout=20)
    assert claire.page.url == f"{world.apache}/paie"
    after = received(claire)["OIDC_access_token"]
    assert after != before
    said = requests.get(f"{world.portal}/oauth/userinfo", headers={"Authorization": f"Bearer {after}"}, timeout=20)
    assert said.json()["email"] == "claire.nguyen@pantin.example"


def test_a_removed_right_closes_the_door_at_once(claire: Surfer, world: World) -> None:
    assert let_in(world, claire)
    world.remove_right("intranet")
    wait_until(lambda: not let_in(world, claire))
    assert "Nadia Ferhat" in claire.go(f"{world.apache}/paie")
    assert claire.page.url.startswith(world.portal)


def test_a_sign_out_at_the_portal_is_heard(claire: Surfer, world: World) -> None:
    world.sign_out_everywhere()
    wait_until(lambda: not let_in(world, claire))
    assert "Se connecter" in claire.go(f"{world.apache}/paie")


def test_signing_out_of_the_application_signs_out_of_the_portal(claire: Surfer, world: World) -> None:
    asked = {"logout": f"{world.apache}/au-revoir"}
    claire.page = claire.session.get(f"{world.apache}/oidc/retour", params=asked, timeout=20)
    assert "Vous quittez Intranet" in claire.page.text
    claire.send({}, button="DÉCONNEXION")
    assert claire.page.url == f"{world.apache}/au-revoir"
    assert not let_in(world, claire)
    assert "Se connecter" in claire.go(f"{world.portal}/")
