"""`/oauth/authorize` before Django, and `/oauth/token` without middlewares, answer as behind all of them."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings
from django.test import Client as Browser

from convergences.authentication.models import Session
from convergences.foundations import clock
from convergences.project.wsgi import application
from convergences.protocols.oidc.models import AuthorizationCode, Client
from tests.cast import Cast
from tests.oidc.dispatched import FORM, Request, Sent, is_lean, sent
from tests.oidc.relying import CALLBACK, VERIFIER, Relying, encoded

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("kept_connection")]

SENT_ON: tuple[dict[str, Any], ...] = (
    {},
    {"prompt": "none"},
    {"prompt": "consent"},
    {"login_hint": "x@pantin.example"},
)
DRAWN = (  # by lot, at each answer
    re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"'),
    re.compile(rb'(name="code" value=")[^"]+'),
    re.compile(rb"code=[\w-]{43}"),
    re.compile(rb"csrf=\w+; expires=[^;]+"),
    re.compile(rb'"access_token": "[^"]+"|"refresh_token": "[^"]+"|"id_token": "[^"]+"'),
)


def without_what_is_drawn(answer: Sent) -> tuple[Any, ...]:
    def cleaned(text: bytes) -> bytes:
        for pattern in DRAWN:
            text = pattern.sub(b"DRAWN", text)
        return text

    headers = [(name, cleaned(value.encode())) for name, value in answer.headers]
    body = cleaned(answer.body)
    return answer.status, [(name, value) for name, value in headers if name != "content-length"], body


def alike(request: Request) -> Sent:
    """Return the answer of the dispatcher, once it was found to be Django's."""
    with time_machine.travel(clock.now(), tick=False):
        usual, lean = sent(application.django, request), sent(application, request)
    assert without_what_is_drawn(lean) == without_what_is_drawn(usual), (lean, usual)
    return lean


def coming(client: Relying, browser: Browser | None, **changes: Any) -> Request:
    """Return an authorization request as a browser sends it."""
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()} if browser else {}
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    query = urlencode(client.request(**changes), doseq=True)
    return Request("/oauth/authorize", query=query, headers={"Cookie": header} if header else {})


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"response_mode": "form_post"},
        {"prompt": "login"},
        {"prompt": "none"},
        {"prompt": "consent"},
        {"max_age": "0"},
        {"scope": "profile"},
        {"state": ["a", "b"]},
        {"client_id": "unknown"},
        {"redirect_uri": "https://evil.example/"},
        {"acr_values": "eidas3"},
        {"acr_values": "eidas2"},
        {"claims": '{"id_token": {"acr": {"essential": true, "value": "eidas2"}}}'},
        {"login_hint": "x@pantin.example"},
        {"request_uri": "urn:ietf:params:oauth:request_uri:x"},
        {"state": "é" * 500},
        {"claims": '{"id_token": {"acr": {"essential": true, "value": "eidas3"}}}'},
        {"nonce": "x" * 4000},
        {"asked": "x", "left": "access_denied"},
    ],
)
def test_each_request_of_a_browser(bip: Relying, claire: Browser, changes: dict[str, Any]) -> None:
    for browser in (claire, None):
        request = coming(bip, browser, **changes)
        assert is_lean(request) is (browser is not None and changes in SENT_ON)
        alike(request)


def test_the_pages_that_it_shows(bip: Relying, cast: Cast, claire: Browser, rival: Relying) -> None:
    refused = alike(coming(rival, claire))
    assert refused.code == 403
    Client.objects.update(consent_required=True)
    consent = alike(coming(bip, claire))
    assert b"csrfmiddlewaretoken" in consent.body
    Client.objects.update(consent_required=False)
    posted = dict(alike(coming(bip, claire, response_mode="form_post")).headers)
    assert "form-action https://bip.example 'self'" in posted["content-security-policy"]
    assert posted["x-frame-options"] == "DENY"


def test_a_session_that_is_over(bip: Relying, claire: Browser) -> None:
    Session.objects.update(idle_at=clock.now())
    ended = alike(coming(bip, claire))
    assert any(name == "set-cookie" and settings.SESSION_COOKIE_NAME in value for name, value in ended.headers)


def test_the_session_is_touched(bip: Relying, claire: Browser) -> None:
    before = Session.objects.get().idle_at
    with time_machine.travel(clock.now().timestamp() + 120, tick=False):
        sent(application, coming(bip, claire))
    assert Session.objects.get().idle_at > before


def test_a_form_from_a_client_and_other_methods_are_djangos(bip: Relying, claire: Browser) -> None:
    for method in ("POST", "HEAD", "OPTIONS"):
        request = coming(bip, claire)
        assert not is_lean(Request(request.path, method, query=request.query, headers=request.headers))


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"grant_type": "authorization_code", "code": "unknown", "redirect_uri": CALLBACK, "code_verifier": VERIFIER},
        {"grant_type": "password"},
        {"grant_type": "refresh_token"},
        {"grant_type": "refresh_token", "refresh_token": "x"},
        {"grant_type": ["refresh_token", "refresh_token"]},
        {"grant_type": "client_credentials"},
        {f"name{number}": "x" for number in range(600)},
    ],
)
def test_each_form_at_the_token_endpoint(bip: Relying, form: dict[str, Any]) -> None:
    for headers in ({"Authorization": bip.basic()}, {"Authorization": "Basic x"}, {}):
        alike(Request("/oauth/token", "POST", encoded(form).encode(), headers=headers))
    alike(Request("/oauth/token", "POST", b"{}", server={"CONTENT_TYPE": "application/json"}))


def test_an_entry_and_a_renewal_through_the_dispatcher(bip: Relying, claire: Browser) -> None:
    came = sent(application, coming(bip, claire))
    code = dict(came.headers)["location"].partition("code=")[2].partition("&")[0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    given = asked_by(bip, form)
    again = asked_by(bip, {"grant_type": "refresh_token", "refresh_token": given["refresh_token"]})
    assert again["refresh_token"] != given["refresh_token"]
    replayed = sent(
        application, Request("/oauth/token", "POST", encoded(form).encode(), headers={"Authorization": bip.basic()})
    )
    assert replayed.code == 400
    assert AuthorizationCode.objects.get().grant.revoked_at is not None  # type: ignore[union-attr]


def asked_by(client: Relying, form: dict[str, str]) -> dict[str, Any]:
    request = Request("/oauth/token", "POST", encoded(form).encode(), headers={"Authorization": client.basic()})
    assert request.environ()["CONTENT_TYPE"] == FORM
    assert is_lean(Request("/oauth/token", "POST", b"grant_type=x"))
    answer = sent(application, request)
    assert answer.code == 200, answer.body
    given: dict[str, Any] = json.loads(answer.body)
    return given
