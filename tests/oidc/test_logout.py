"""OpenID Connect RP-Initiated Logout 1.0: the agent confirms, the session ends, and they go back where they may."""

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from convergences.authentication.models import Session
from tests.cast import Cast
from tests.oidc.relying import AFTER_LOGOUT, Relying

pytestmark = pytest.mark.database


def ask(browser: Browser, **asked: Any) -> HttpResponse:
    response: HttpResponse = browser.get("/oauth/logout", asked)
    return response


def confirm(browser: Browser, page: HttpResponse) -> HttpResponse:
    found = re.search(r'name="ticket" value="([^"]*)"', page.content.decode())
    assert found, page.content.decode()
    response: HttpResponse = browser.post("/deconnexion/confirmer", {"ticket": found[1]})
    return response


def assert_leads_to(response: HttpResponse, address: str) -> None:
    assert response.status_code == 200
    assert f'url={address.replace("&", "&amp;")}"' in response.content.decode()


def assert_leads_nowhere_else(response: HttpResponse) -> None:
    assert (response.status_code, response["Location"]) == (302, "/deconnecte")


def test_the_agent_confirms_and_goes_back_with_the_state(bip: Relying, claire: Browser) -> None:
    """3: "the OP MUST include the state value if the RP's initial Logout Request included" one."""
    hint = bip.tokens(claire)["id_token"]
    page = ask(claire, id_token_hint=hint, post_logout_redirect_uri=AFTER_LOGOUT, state="s&x")
    assert "Vous quittez BIP" in page.content.decode()
    assert Session.objects.get().ended_at is None
    assert_leads_to(confirm(claire, page), f"{AFTER_LOGOUT}?state=s%26x")
    assert Session.objects.get().end_reason == "signed_out"


def test_the_tokens_die_with_the_session(bip: Relying, claire: Browser) -> None:
    given = bip.tokens(claire)
    confirm(claire, ask(claire, client_id="bip"))
    assert bip.userinfo(given["access_token"]).status_code == 401
    assert bip.refresh(given["refresh_token"]).status_code == 400


def test_the_client_named_by_its_identifier_is_enough(bip: Relying, claire: Browser) -> None:
    page = ask(claire, client_id="bip", post_logout_redirect_uri=AFTER_LOGOUT)
    assert_leads_to(confirm(claire, page), AFTER_LOGOUT)


@pytest.mark.parametrize(
    "asked",
    [
        {"client_id": "bip", "post_logout_redirect_uri": "https://evil.example/"},
        {"client_id": "bip", "post_logout_redirect_uri": AFTER_LOGOUT + "/"},
        {"client_id": "bip", "post_logout_redirect_uri": AFTER_LOGOUT + "?x"},
        {"client_id": "bip", "post_logout_redirect_uri": [AFTER_LOGOUT, "https://evil.example/"]},
        {"client_id": "bip", "post_logout_redirect_uri": "javascript:alert(1)"},
        {"client_id": "bip", "post_logout_redirect_uri": "https://bip.example/callback"},
        {"client_id": "nobody", "post_logout_redirect_uri": AFTER_LOGOUT},
        {"post_logout_redirect_uri": AFTER_LOGOUT},
        {"id_token_hint": "forged.to.ken", "post_logout_redirect_uri": AFTER_LOGOUT},
        {"id_token_hint": "forged.to.ken", "client_id": "bip", "post_logout_redirect_uri": AFTER_LOGOUT},
    ],
)
def test_no_other_address_is_ever_led_to(bip: Relying, claire: Browser, asked: dict[str, Any]) -> None:
    """3: "The OP MUST NOT perform post-logout redirection if the … value supplied does not exactly match"."""
    assert_leads_nowhere_else(confirm(claire, ask(claire, **asked)))
    assert_leads_nowhere_else(ask(claire, **asked))


def test_the_hint_of_another_client_contradicts_its_identifier(bip: Relying, rival: Relying, claire: Browser) -> None:
    """2: "the OP MUST verify that the Client Identifier matches the one used when issuing the ID Token."""
    hint = bip.tokens(claire)["id_token"]
    page = ask(claire, id_token_hint=hint, client_id=rival.client.client_id, post_logout_redirect_uri=AFTER_LOGOUT)
    assert_leads_nowhere_else(confirm(claire, page))


def test_a_forged_ticket_leads_nowhere(bip: Relying, claire: Browser) -> None:
    response = claire.post("/deconnexion/confirmer", {"ticket": "https://evil.example/"})
    assert_leads_nowhere_else(response)


def test_no_other_site_signs_anybody_out(bip: Relying, cast: Cast) -> None:
    """6: "OPs should obtain explicit confirmation from the End-User before acting upon them."""
    from tests.cast import signed_in

    claire = signed_in(cast.claire.agent, enforce_csrf_checks=True)
    assert claire.post("/deconnexion/confirmer", {"ticket": ""}).status_code == 403
    assert Session.objects.get().ended_at is None


def test_a_form_of_the_application_comes_back_by_get(bip: Relying, claire: Browser) -> None:
    """2: "OpenID Providers MUST support the use of the HTTP GET and POST methods"."""
    response = claire.post("/oauth/logout", {"client_id": "bip", "state": "s"})
    assert response.status_code == 303
    assert "Vous quittez BIP" in claire.get(response["Location"]).content.decode()
    assert Session.objects.get().ended_at is None


def test_who_is_already_signed_out_goes_straight_back(bip: Relying) -> None:
    response = ask(Browser(), client_id="bip", post_logout_redirect_uri=AFTER_LOGOUT, state="s")
    assert (response.status_code, response["Location"]) == (302, f"{AFTER_LOGOUT}?state=s")
    assert_leads_nowhere_else(ask(Browser()))
