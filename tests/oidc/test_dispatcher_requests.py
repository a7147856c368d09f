"""Whatever the request looks like, the dispatcher and Django answer the same; what is unusual is left to Django."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client as Browser
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from convergences.foundations import keys
from convergences.project.dispatching import dress
from convergences.project.dispatching.dispatcher import Dispatcher, routes
from tests.cast import Cast
from tests.oidc.dispatched import Request, is_lean, same
from tests.oidc.holding import Holder
from tests.oidc.relying import Relying, define, encoded, entitle
from tests.oidc.test_token_client_credentials import MACHINE

pytestmark = pytest.mark.usefixtures("kept_connection")

KEPT = "/.well-known/openid-configuration"
PATHS = ("/oauth/userinfo", "/oauth/introspect", "/oauth/jwks", KEPT, "/.well-known/oauth-authorization-server")
PAIR = base64.b64encode(b"bip:wrong").decode()


@pytest.fixture(autouse=True)
def no_header_of_another_test() -> Iterator[None]:
    """What every answer bears is written once for the settings of a process, which a test changes."""
    dress.forget()
    yield
    dress.forget()


@pytest.mark.parametrize("path", PATHS)
def test_each_method(bip: Relying, path: str) -> None:
    for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "TRACE", "get", "X"):
        same(Request(path, method))
        same(Request(path, method, headers={"Accept": "text/html"}))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "testserver:99999999"},
        {"Host": "testserver:8443"},
        {"Host": "TestServer."},
        {"Host": ""},
        {"Host": "testserver/../x"},
        {"Origin": "https://bip.example"},
        {"Origin": "null"},
        {"Cookie": "session=x"},
        {"Cookie": "a=b"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4", "X-Forwarded-Host": "evil.example"},
        {"Transfer-Encoding": "chunked"},
        {"Accept": "text/html"},
    ],
)
def test_each_header_that_changes_something(bip: Relying, path: str, headers: dict[str, str]) -> None:
    for method in ("GET", "POST"):
        same(Request(path, method, headers=headers))


@pytest.mark.parametrize("trusted", [[], ["127.0.0.1"], ["unix"], ["10.0.0.0/8"]])
@pytest.mark.parametrize("said", ["https", "http", "https, http", "HTTPS", ""])
def test_behind_a_proxy(settings: Settings, db: None, trusted: list[str], said: str) -> None:
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update={"trusted_proxies": trusted})
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if trusted else None
    settings.SECURE_HSTS_SECONDS = 3600
    keys.ensure()
    request = Request(KEPT, headers={"X-Forwarded-Proto": said, "X-Forwarded-For": "192.0.2.7, 10.0.0.4"})
    fresh = Dispatcher(WSGIHandler(), routes())  # Django's middlewares read the settings once
    hardened = "strict-transport-security" in dict(same(request, fresh).headers)
    assert hardened is (trusted == ["127.0.0.1"] and said in {"https", "https, http"})


def test_maintenance_answers_what_django_answers(settings: Settings, db: None) -> None:
    maintained = settings.CONFIGURATION.model_copy(update={"maintenance_until": "2099-11-22T12:30"})
    settings.CONFIGURATION = maintained
    assert {same(Request(path)).code for path in PATHS} == {503}


@pytest.mark.parametrize(
    "server",
    [
        {"PATH_INFO": "/oauth/jwks/"},
        {"PATH_INFO": "/oauth//jwks"},
        {"PATH_INFO": "/OAUTH/jwks"},
        {"PATH_INFO": "/oauth/jwks\x00"},
        {"SCRIPT_NAME": "/elsewhere"},
        {"HTTP_HOST": None},
        {"CONTENT_LENGTH": "-1"},
        {"CONTENT_LENGTH": "7000000"},
        {"CONTENT_LENGTH": "16385"},
        {"CONTENT_LENGTH": "٣"},
        {"CONTENT_LENGTH": ""},
        {"wsgi.url_scheme": "https"},
        {"QUERY_STRING": "access_token=x"},
    ],
)
def test_what_a_server_may_say(bip: Relying, server: dict[str, Any]) -> None:
    same(Request("/oauth/jwks", server=server))


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "bearer {}",
        "BEARER {}",
        "Bearer  {}",
        "Bearer {} ",
        "Bearer\t{}",
        "DPoP {}",
        "Basic {}",
        "Bearer unknown",
        "Bearer a.b.c",
        "Bearer é",
        "Bearer {} {}",
        "Bearer {}=",
        "Bearer " + "x" * 513,
        "Token {}",
    ],
)
def test_each_way_to_show_a_token(bip: Relying, claire: Browser, authorization: str) -> None:
    shown = authorization.replace("{}", bip.tokens(claire)["access_token"])
    same(Request("/oauth/userinfo", headers={"Authorization": shown}))
    same(Request("/oauth/userinfo", headers={"Authorization": shown, "DPoP": "x"}))
    same(Request("/oauth/userinfo", "POST", headers={"Authorization": shown}))
    same(Request("/oauth/userinfo", "POST", b"access_token=" + shown.encode(), headers={"Authorization": shown}))


BASICS = (
    "",
    "Basic",
    "Basic " + PAIR,
    "basic {}",
    "BASIC {}",
    "Basic {}x",
    "Basic é",
    "Bearer {}",
    "Basic Og==",
    "Basic {} ",
)


@pytest.mark.parametrize(
    "body",
    [
        "token={t}",
        "",
        "token=",
        "token={t}&token=b",
        "token=%00",
        "token=%FF",
        "token={t}&token_type_hint=refresh_token",
        "token={t}&client_id=bip",
        "token={t}&client_id=other",
        "token={t}&client_secret=x",
        "token={t}&client_assertion=x",
        "x" * 20000,
        "token={t};a=b",
        "&&token={t}&",
        "token={t}&extra=1",
        "token=é",
        "TOKEN={t}",
        "token+={t}",
    ],
)
def test_each_way_to_introspect(bip: Relying, claire: Browser, body: str) -> None:
    content = body.replace("{t}", bip.tokens(claire)["refresh_token"]).encode()
    for each in BASICS:
        shown = each.replace("{}", bip.basic().partition(" ")[2])
        same(Request("/oauth/introspect", "POST", content, headers={"Authorization": shown} if shown else {}))


@pytest.mark.parametrize(
    "kind",
    [
        "application/json",
        "multipart/form-data",
        "application/x-www-form-urlencoded; charset=utf-8",
        "",
        None,
        "application/x-www-form-urlencoded; charset=latin-1",
        "APPLICATION/X-WWW-FORM-URLENCODED",
        "text/plain",
    ],
)
def test_each_type_of_form(bip: Relying, claire: Browser, kind: str | None) -> None:
    body = encoded({"token": bip.tokens(claire)["access_token"]}).encode()
    request = Request("/oauth/introspect", "POST", body, headers={"Authorization": bip.basic()})
    same(Request(request.path, "POST", body, headers=request.headers, server={"CONTENT_TYPE": kind}))


def test_the_token_of_a_machine_and_of_a_key(cast: Cast, claire: Browser) -> None:
    machine = Relying(define(cast.bip, **MACHINE))
    entitle(cast.claire, cast.cotisations)
    holder = Holder(Relying(define(cast.cotisations, client_id="bip2")))
    held = Relying(holder.client.client)
    tokens = [machine.token(grant_type="client_credentials").json()["access_token"]]  # type: ignore[attr-defined]
    tokens.append(held.tokens(claire)["access_token"])
    for token in tokens:
        assert is_lean(Request("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"}))
        same(Request("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"}))
        for client in (machine, held):
            body = encoded({"token": token}).encode()
            same(Request("/oauth/introspect", "POST", body, headers={"Authorization": client.basic()}))


def test_keys_are_followed_as_they_turn(db: None) -> None:
    keys.ensure()
    before = same(Request("/oauth/jwks")).body
    keys.rotate("ES256", withdraw=True)
    after = same(Request("/oauth/jwks")).body
    assert before != after
    assert is_lean(Request("/oauth/jwks"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(PATHS[:2]),
    method=st.sampled_from(["GET", "POST"]),
    authorization=st.one_of(
        st.text(st.characters(max_codepoint=255), max_size=40), st.sampled_from(["Bearer x", PAIR])
    ),
    body=st.one_of(st.binary(max_size=60), st.text("token=&%2;+ab", max_size=40).map(str.encode)),
)
def test_anything_at_all(bip: Relying, path: str, method: str, authorization: str, body: bytes) -> None:
    same(Request(path, method, body, headers={"Authorization": authorization}))
    same(Request(path, method, body, headers={"Authorization": bip.basic()}))
