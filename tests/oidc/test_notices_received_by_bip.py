"""Back-Channel Logout 1.0, 2.6: what BIP takes for a logout token, and what it does not."""

import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from convergences_demo.bip.__main__ import BIP
from convergences_demo.house import back_channel, configuration, portal
from django.contrib.sessions.backends.cache import SessionStore
from django.core.cache import cache
from django.test import RequestFactory
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from pytest_django.fixtures import Settings

ISSUER = "https://portal.example"
SID = "a-session"
KEY = ECKey.generate_key("P-256")


@pytest.fixture(autouse=True)
def bip(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[None]:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "bip"}}
    configuration.use(configuration.read(BIP, ["--issuer", ISSUER, "--client-id", "bip", "--client-secret", "x"]))
    monkeypatch.setattr(portal, "keys", lambda: {"keys": [{**KEY.as_dict(private=False), "kid": "k"}]})
    yield
    cache.clear()


@pytest.fixture
def session() -> str:
    store = SessionStore()
    store["claims"] = {"sub": "x"}
    store.save()
    key = str(store.session_key)
    back_channel.remember(SID, key)
    return key


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    honest = {
        "iss": ISSUER,
        "aud": "bip",
        "iat": now,
        "exp": now + 120,
        "jti": str(uuid.uuid4()),
        "sub": "x",
        "sid": SID,
        "events": {back_channel.EVENT: {}},
    }
    return {name: value for name, value in {**honest, **changes}.items() if value is not None}


def signed(told: dict[str, Any], key: Any = KEY, **header: str) -> str:
    return jwt.encode({"alg": "ES256", "kid": "k", "typ": "logout+jwt", **header}, told, key)


def post(token: str) -> int:
    return back_channel.told(RequestFactory().post("/", {"logout_token": token})).status_code


def lives(session: str) -> bool:
    return SessionStore().exists(session)


def test_the_session_that_is_named_ends(session: str) -> None:
    assert post(signed(claims())) == 200
    assert not lives(session)
    assert post(signed(claims())) == 200, "told again: there is nothing left to end"


def test_a_token_shown_twice_is_refused(session: str) -> None:
    token = signed(claims(sid="another"))
    assert (post(token), post(token)) == (200, 400)
    assert lives(session)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "rival"},
        {"aud": ["bip", "rival"]},
        {"exp": 1},
        {"exp": None},
        {"iat": 2**33, "exp": 2**33 + 1},
        {"exp": 2**33},
        {"nonce": "n"},
        {"events": None},
        {"events": {}},
        {"events": {back_channel.EVENT: None}},
        {"events": {"http://schemas.openid.net/event/other": {}}},
        {"sid": None},
        {"sid": 7},
        {"jti": None},
    ],
)
def test_what_does_not_say_all_of_it_ends_nothing(session: str, changes: dict[str, Any]) -> None:
    assert post(signed(claims(**changes))) == 400
    assert lives(session)


def test_an_id_token_in_its_place_ends_nothing(session: str) -> None:
    assert post(signed(claims(), typ="JWT")) == 400
    assert lives(session)


def test_nobody_else_signs(session: str) -> None:
    assert post(signed(claims(), ECKey.generate_key("P-256"))) == 400
    shared = OctKey.import_key(b"x" * 32)
    assert post(jwt.encode({"alg": "HS256", "typ": "logout+jwt"}, claims(), shared)) == 400
    head, body, _ = signed(claims()).split(".")
    assert post(f"{head}.{body}.") == 400
    assert lives(session)
