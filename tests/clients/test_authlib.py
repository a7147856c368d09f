"""Authlib's client, by the module that the documentation shows."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session

from tests.clients.staging import SECRET
from tests.clients.world import World, sign_in, wait_until
from tests.oidc.surfing import Surfer

pytestmark = pytest.mark.usefixtures("authlib_running")


def enter(world: World, surfer: Surfer) -> dict[str, Any]:
    """Sign Claire in; return what the application keeps."""
    surfer.go(f"{world.authlib}/")
    sign_in(surfer)
    assert surfer.page.url == f"{world.authlib}/", surfer.page.text
    kept: dict[str, Any] = surfer.page.json()
    return kept


def let_in(world: World, surfer: Surfer) -> bool:
    """Tell whether the application still knows Claire, without asking the portal."""
    return surfer.session.get(f"{world.authlib}/", allow_redirects=False, timeout=20).status_code == 200


def userinfo(world: World, token: str) -> int:
    """Return what the portal answers to a token."""
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{world.portal}/oauth/userinfo", headers=headers, timeout=20).status_code


def test_an_agent_comes_in(world: World, surfer: Surfer) -> None:
    kept = enter(world, surfer)
    assert (kept["person"]["sub"], kept["person"]["roles"]) == (kept["sub"], ["reader"])
    assert kept["person"]["email"] == "claire.nguyen@pantin.example"


def test_tokens_are_renewed_and_still_read(world: World, surfer: Surfer) -> None:
    before = enter(world, surfer)["token"]
    surfer.go(f"{world.authlib}/renouveler")
    after = surfer.page.json()["token"]
    assert after["access_token"] != before["access_token"]
    assert after["refresh_token"] != before["refresh_token"]
    surfer.go(f"{world.authlib}/qui")
    assert surfer.page.json()["usual_name"] == "Nguyen"


def test_revoked_tokens_answer_no_more(world: World, surfer: Surfer) -> None:
    """RFC 7009: an application gives its tokens back; the family goes with the refresh token."""
    token = enter(world, surfer)["token"]
    assert userinfo(world, token["access_token"]) == 200
    with OAuth2Session("authlib", SECRET) as client:
        answer = client.revoke_token(f"{world.portal}/oauth/revoke", token["refresh_token"], "refresh_token")
    assert answer.status_code == 200
    assert userinfo(world, token["access_token"]) == 401


def test_introspection_says_no_as_soon_as_the_right_is_gone(world: World, surfer: Surfer) -> None:
    """RFC 7662: without waiting for a worker or for a token's end."""
    token = enter(world, surfer)["token"]["access_token"]
    with OAuth2Session("authlib", SECRET) as client:
        ask = f"{world.portal}/oauth/introspect"
        assert client.introspect_token(ask, token, "access_token").json()["active"] is True
        world.remove_right("authlib")
        assert client.introspect_token(ask, token, "access_token").json() == {"active": False}


def test_a_removed_right_is_told(world: World, surfer: Surfer) -> None:
    enter(world, surfer)
    world.remove_right("authlib")
    wait_until(lambda: not let_in(world, surfer))
    assert "Nadia Ferhat" in surfer.go(f"{world.authlib}/")


def test_a_sign_out_at_the_portal_is_heard(world: World, surfer: Surfer) -> None:
    enter(world, surfer)
    world.sign_out_everywhere()
    wait_until(lambda: not let_in(world, surfer))


def test_signing_out_leads_back_and_ends_the_session(world: World, surfer: Surfer) -> None:
    enter(world, surfer)
    assert "Vous quittez Authlib" in surfer.go(f"{world.authlib}/quitter")
    surfer.send({}, button="DÉCONNEXION")
    assert surfer.page.url == f"{world.authlib}/au-revoir"
    assert "Se connecter" in surfer.go(f"{world.authlib}/")


def test_what_is_no_logout_token_ends_nothing(world: World, surfer: Surfer) -> None:
    kept = enter(world, surfer)
    for token in ("a.b.c", kept["id_token"]):
        form = {"logout_token": token}
        assert requests.post(f"{world.authlib}/deconnexion-par-le-portail", form, timeout=20).status_code == 400
    assert let_in(world, surfer)


@pytest.mark.parametrize(("state", "issuer"), [("another", None), (None, "https://other.example"), (None, "")])
def test_an_answer_of_another_is_refused(world: World, surfer: Surfer, state: str | None, issuer: str | None) -> None:
    """Login CSRF, and mix-up (RFC 9207): neither another's `state` nor another's `iss`."""
    sent = surfer.session.get(f"{world.authlib}/connexion", allow_redirects=False, timeout=20).headers["Location"]
    asked = parse_qs(urlsplit(sent).query)["state"][0]
    issuer = world.portal if issuer is None else issuer
    surfer.go(f"{world.authlib}/retour?{urlencode({'code': 'x', 'state': state or asked, 'iss': issuer})}")
    assert surfer.page.json()["error"] == "mismatching_state"


def test_a_refusal_comes_back_with_its_word(world: World, surfer: Surfer) -> None:
    surfer.go(f"{world.authlib}/connexion?prompt=none")
    assert surfer.page.json()["error"] == "login_required"
