"""Attacks on the pages that the protocol shows, whichever they are: frames, markup, other sites, planted sessions."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client as Browser

from convergences.authentication.services import sessions
from convergences.catalog.models import Application
from convergences.protocols.oidc.models import Client
from tests.cast import PASSWORD, Cast, set_password, signed_in
from tests.oidc.relying import AFTER_LOGOUT, Relying

pytestmark = pytest.mark.database

MARKUP = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>"
EVIL = "https://evil.example/"


def _consent(bip: Relying, browser: Browser) -> HttpResponse:
    Client.objects.update(consent_required=True)
    return bip.authorize(browser)


def _closed(bip: Relying, browser: Browser) -> HttpResponse:
    Application.objects.update(status="closed")
    return bip.authorize(browser)


def _going_on(bip: Relying, browser: Browser) -> HttpResponse:
    page: Any = browser.get("/oauth/logout", {"client_id": "bip", "post_logout_redirect_uri": AFTER_LOGOUT})
    ticket = re.search(r'name="ticket" value="([^"]*)"', page.content.decode())
    assert ticket
    response: HttpResponse = browser.post("/oauth/logout/confirm", {"ticket": ticket[1]})
    return response


def _get(path: str) -> Callable[[Relying, Browser], HttpResponse]:
    def asked(_bip: Relying, browser: Browser) -> HttpResponse:
        response: HttpResponse = browser.get(path)
        return response

    return asked


PAGES: dict[str, Callable[[Relying, Browser], HttpResponse]] = {
    "consent": _consent,
    "a form that posts itself": lambda bip, browser: bip.authorize(browser, response_mode="form_post"),
    "sign out": _get("/oauth/logout?client_id=bip"),
    "a page that goes on": _going_on,
    "an unknown client": _get("/oauth/authorize?client_id=nobody"),
    "another address": lambda bip, browser: bip.authorize(browser, redirect_uri=EVIL),
    "a refusal": _closed,
}


@pytest.mark.parametrize("name", PAGES)
def test_no_site_may_frame_it_nor_script_run_in_it(bip: Relying, claire: Browser, name: str) -> None:
    """RFC 9700, 4.16: "Authorization servers MUST prevent clickjacking attacks."""
    response = PAGES[name](bip, claire)
    page, policy = response.content.decode(), response["Content-Security-Policy"]
    assert response["Content-Type"].startswith("text/html")
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self'" in policy.split("; ")
    assert "unsafe" not in policy
    assert response["Cache-Control"] == "no-store"
    assert response["Referrer-Policy"] in {"same-origin", "no-referrer"}  # RFC 9700, 4.2.4: no code leaves by it
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|javascript:", page)


REFLECTED = [
    "state", "nonce", "login_hint", "client_id", "redirect_uri", "scope", "prompt", "max_age", "response_type",
    "response_mode", "claims", "acr_values", "ui_locales", "id_token_hint", "request", "request_uri", "registration",
    "code_challenge", "code_challenge_method", "resource", "dpop_jkt", "asked", "left", "unheard_of",
]  # fmt: skip


def assert_inert(response: HttpResponse) -> None:
    """Whatever was received shows as text, or not at all."""
    page = response.content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "\n" not in response.get("Location", "")


@pytest.mark.parametrize("name", REFLECTED)
def test_no_parameter_becomes_markup_on_any_page(bip: Relying, claire: Browser, name: str) -> None:
    """Refused or shown to a stranger, to who agrees, to who may not enter, or posted back."""
    changes = {name: MARKUP}
    assert_inert(bip.authorize(claire, **changes))
    assert_inert(bip.authorize(claire, **{"response_mode": "form_post", **changes}))
    door: Any = bip.authorize(Browser(), **changes)
    assert_inert(Browser().get(door["Location"]) if door.has_header("Location") else door)
    Client.objects.update(consent_required=True)
    assert_inert(bip.authorize(claire, **changes))
    Application.objects.update(status="closed")
    assert_inert(bip.authorize(claire, **changes))


@pytest.mark.parametrize("name", ["client_id", "post_logout_redirect_uri", "state", "id_token_hint", "ui_locales"])
def test_no_parameter_of_a_sign_out_becomes_markup(bip: Relying, claire: Browser, name: str) -> None:
    asked = {"client_id": "bip", "post_logout_redirect_uri": AFTER_LOGOUT, name: MARKUP}
    assert_inert(claire.get("/oauth/logout", asked))
    assert_inert(_with_state(claire, asked))
    assert_inert(Browser().get("/oauth/logout", asked))


def _with_state(browser: Browser, asked: dict[str, str]) -> HttpResponse:
    page: Any = browser.get("/oauth/logout", asked)
    ticket = re.search(r'name="ticket" value="([^"]*)"', page.content.decode())
    response: HttpResponse = browser.post("/oauth/logout/confirm", {"ticket": ticket[1] if ticket else MARKUP})
    return response


@pytest.mark.parametrize("path", ["token", "introspect", "revoke", "par", "userinfo", "register"])
def test_the_answers_of_machine_endpoints_are_never_read_as_pages(bip: Relying, path: str) -> None:
    """An error text in JSON, opened in a browser, stays JSON: its type is said, and not to be guessed."""
    fields = ("grant_type", "code", "token", "scope", "client_id", "request_uri")
    form = urlencode(dict.fromkeys(fields, MARKUP))
    headers = {"Authorization": bip.basic()}
    kind = "application/x-www-form-urlencoded"
    response = Browser().post(f"/oauth/{path}", form, content_type=kind, headers=headers)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert not response.content or response["Content-Type"].startswith("application/json")
    assert b"<script>" not in response.content


LEADING = [
    "/connexion", "/session-terminee", "/premiere-visite", "/reinitialisation", "/deconnexion", "/deconnecte",
    "/ouvrir/bip/employeur", "/annuaire/quitter",
]  # fmt: skip
ELSEWHERE = [EVIL, "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert('evil.example')"]


@pytest.mark.parametrize("path", LEADING)
@pytest.mark.parametrize("address", ELSEWHERE)
def test_no_page_leads_to_the_address_that_it_was_given(cast: Cast, claire: Browser, path: str, address: str) -> None:
    """RFC 9700, 4.11: open redirectors. Signed in or not, read or sent."""
    for browser in (Browser(), claire):
        for response in (browser.get(path, {"next": address}), browser.post(path, {"next": address})):
            assert "evil.example" not in response.get("Location", "").split("?")[0]
            page = unescape(response.content.decode())
            assert not re.search(r'(?:href|action|url|content)="?[^">]*evil\.example', page)


def test_a_session_planted_before_the_sign_in_gives_no_code_of_its_victim(bip: Relying, cast: Cast) -> None:
    """Session fixation: the attacker's own session, laid in Claire's browser, is over once she has signed in."""
    set_password(cast.claire.agent)
    planted = signed_in(cast.nadia.agent).cookies[settings.SESSION_COOKIE_NAME].value
    browser = Browser()
    browser.cookies[settings.SESSION_COOKIE_NAME] = planted
    door = bip.authorize(browser, prompt="login")["Location"]
    words = {"identifier": cast.claire.agent.email, "password": PASSWORD}
    page = browser.post(door, words).content.decode()
    back = re.search(r'href="(/oauth/authorize[^"]*)"', page)
    assert back
    code = re.search(r"code=([^&]+)", browser.get(unescape(back[1]))["Location"])
    assert code
    given: Any = bip.exchange(code[1])
    told: Any = bip.userinfo(given.json()["access_token"])
    assert told.json()["sub"] == cast.claire.agent.subject
    assert browser.cookies[settings.SESSION_COOKIE_NAME].value != planted
    assert sessions.find(planted) is None


def test_a_mixed_up_client_learns_who_answered(bip: Relying, rival: Relying, claire: Browser) -> None:
    """RFC 9700, 4.4: a code that came for one client is worth nothing to another, and `iss` says whose it is."""
    code = bip.code(claire)
    assert rival.exchange(code, redirect_uri=bip.redirect_uri).status_code == 400
    assert bip.exchange(code, redirect_uri=rival.redirect_uri).status_code == 400
    assert bip.exchange(code).status_code == 200
    metadata: Any = claire.get("/.well-known/openid-configuration")
    assert metadata.json()["authorization_response_iss_parameter_supported"] is True
