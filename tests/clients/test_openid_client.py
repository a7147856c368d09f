"""npm's openid-client, by the module that the documentation shows; each way of speaking is an application."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.clients.world import World, sign_in, wait_until
from tests.oidc.surfing import Surfer

pytestmark = pytest.mark.usefixtures("node_running")
EACH = pytest.mark.parametrize("name", ["simple", "pushed", "bound", "signed", "posted"])


def enter(world: World, surfer: Surfer, name: str) -> dict[str, Any]:
    """Sign Claire in to an application; return what it keeps."""
    surfer.go(f"{world.node}/{name}/")
    sign_in(surfer)
    if name == "posted":
        surfer.send({}, button="Continuer")
    assert surfer.page.url == f"{world.node}/{name}/", surfer.page.text
    kept: dict[str, Any] = surfer.page.json()
    return kept


def let_in(world: World, surfer: Surfer, name: str) -> bool:
    """Tell whether the application still knows Claire, without asking the portal."""
    return surfer.session.get(f"{world.node}/{name}/", allow_redirects=False, timeout=20).status_code == 200


def sent_to_portal(world: World, name: str) -> dict[str, list[str]]:
    """Return what the application says to the portal through the browser."""
    answer = requests.get(f"{world.node}/{name}/connexion", allow_redirects=False, timeout=20)
    return parse_qs(urlsplit(answer.headers["Location"]).query)


@EACH
def test_an_agent_comes_in(world: World, surfer: Surfer, name: str) -> None:
    kept = enter(world, surfer, name)
    assert kept["person"]["email"] == "claire.nguyen@pantin.example"
    assert kept["person"]["organization"]["name"] == "Ville de Pantin"
    assert (kept["person"]["roles"], kept["person"]["sub"]) == (["reader"], kept["sub"])


@EACH
def test_tokens_are_renewed_and_still_read(world: World, surfer: Surfer, name: str) -> None:
    before = enter(world, surfer, name)
    surfer.go(f"{world.node}/{name}/renouveler")
    after = surfer.page.json()
    assert after["accessToken"] != before["accessToken"]
    assert after["refreshToken"] != before["refreshToken"]
    surfer.go(f"{world.node}/{name}/qui")
    assert surfer.page.json()["sub"] == before["sub"]


@pytest.mark.parametrize("name", ["simple", "pushed", "signed"])  # ES256, RS256, EdDSA
def test_a_removed_right_is_told(world: World, surfer: Surfer, name: str) -> None:
    enter(world, surfer, name)
    world.remove_right(name)
    wait_until(lambda: not let_in(world, surfer, name))
    assert "Nadia Ferhat" in surfer.go(f"{world.node}/{name}/")


@EACH
def test_signing_out_leads_back_and_ends_the_session(world: World, surfer: Surfer, name: str) -> None:
    enter(world, surfer, name)
    assert f"Vous quittez {name.title()}" in surfer.go(f"{world.node}/{name}/quitter")
    surfer.send({}, button="DÉCONNEXION")
    assert surfer.page.url == f"{world.node}/{name}/au-revoir"
    assert "Se connecter" in surfer.go(f"{world.node}/{name}/")


def test_a_sign_out_at_the_portal_is_heard(world: World, surfer: Surfer) -> None:
    enter(world, surfer, "simple")
    world.sign_out_everywhere()
    wait_until(lambda: not let_in(world, surfer, "simple"))


def test_what_is_no_logout_token_ends_nothing(world: World, surfer: Surfer) -> None:
    kept = enter(world, surfer, "simple")
    address = f"{world.node}/simple/deconnexion-par-le-portail"
    for token in ("a.b.c", kept["idToken"]):
        assert requests.post(address, {"logout_token": token}, timeout=20).status_code == 400
    assert let_in(world, surfer, "simple")


def test_a_pushed_request_says_nothing_through_the_browser(world: World) -> None:
    """RFC 9126: the browser brings a reference only; without it, the portal refuses this application."""
    sent = sent_to_portal(world, "pushed")
    assert sorted(sent) == ["client_id", "request_uri"]
    plain = {**sent_to_portal(world, "simple"), "client_id": "pushed", "redirect_uri": f"{world.node}/pushed/retour"}
    answer = requests.get(f"{world.portal}/oauth/authorize", plain, allow_redirects=False, timeout=20)
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["error"] == ["invalid_request"]


def test_a_bound_token_is_worth_nothing_without_the_key(world: World, surfer: Surfer) -> None:
    """RFC 9449: the token that leaks is of no use; the client itself has gone through the server's nonce."""
    token = enter(world, surfer, "bound")["accessToken"]
    for kind in ("Bearer", "DPoP"):
        answer = requests.get(
            f"{world.portal}/oauth/userinfo", headers={"Authorization": f"{kind} {token}"}, timeout=20
        )
        assert answer.status_code == 401


def test_an_application_that_signs_has_no_secret(world: World, surfer: Surfer) -> None:
    """Core 9, private_key_jwt: no secret opens the token endpoint."""
    enter(world, surfer, "signed")
    form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": "signed", "client_secret": "x" * 32}
    answer = requests.post(f"{world.portal}/oauth/token", form, timeout=20)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_the_answer_comes_by_a_form(world: World, surfer: Surfer) -> None:
    """Form Post Response Mode: neither code nor state in an address."""
    assert enter(world, surfer, "posted")["answeredBy"] == "POST"
    assert not [page for page in surfer.page.history if "code=" in page.url]


def test_a_refusal_comes_back_with_its_word(world: World, surfer: Surfer) -> None:
    surfer.go(f"{world.node}/simple/connexion?prompt=none")
    assert surfer.page.json()["error"] == "login_required"
    enter(world, surfer, "simple")
    world.remove_right("simple")
    surfer.go(f"{world.node}/simple/connexion?prompt=none")
    assert surfer.page.json()["error"] == "access_denied"
