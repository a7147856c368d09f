"""RFC 7591, section 2, `jwks_uri`: keys that the application publishes; read seldom, never inside, never for ever."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

import pytest
import time_machine
from django.test import Client as Browser
from joserfc.jwk import ECKey
from pytest_django.fixtures import Settings

from convergences.audit.services import SYSTEM
from convergences.foundations import clock
from convergences.foundations.outbound import Answer, Forbidden, Unreachable
from convergences.protocols.oidc import queries
from convergences.protocols.oidc.errors import InvalidClientMetadata
from convergences.protocols.oidc.models import Client, RemoteDocument
from convergences.protocols.oidc.services import cleaning, clients
from tests.cast import Cast
from tests.foundations.test_outbound import Listener, open_networks
from tests.oidc.publishing import Web, replace_the_web
from tests.oidc.relying import Relying, answered, define, entitle
from tests.oidc.signing import assertion_claims, public, signed
from tests.oidc.test_authorization_request_object import ask, content
from tests.oidc.test_private_key_jwt import shown

pytestmark = pytest.mark.database
KEYS = "https://bip.example/keys"
Travel = Callable[[int], AbstractContextManager[Any]]


@lru_cache
def key(name: str) -> ECKey:
    return ECKey.generate_key("P-256")


def published(*names: str) -> dict[str, Any]:
    return {"keys": [public(key(name), kid=name) for name in names]}


def by_reference(cast: Cast, **changes: Any) -> Relying:
    wanted = {"token_endpoint_auth_method": "private_key_jwt", "client_secret": None, "jwks_uri": KEYS, **changes}
    return Relying(define(cast.bip, **wanted))


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    return replace_the_web(monkeypatch)


@pytest.fixture
def signer(cast: Cast, web: Web) -> Relying:
    """BIP, which publishes the key « one »."""
    web.pages[KEYS] = published("one")
    bip = by_reference(cast)
    web.read.clear()
    return bip


@pytest.fixture
def at() -> Iterator[Travel]:
    """Stop the clocks, and travel so many seconds after that."""
    start = clock.now()

    def travel(seconds: int) -> AbstractContextManager[Any]:
        return time_machine.travel(start + dt.timedelta(seconds=seconds), tick=False)

    with travel(0):
        yield travel


def accepted(name: str, **header: Any) -> bool:
    return shown(signed(key(name), assertion_claims(), **{"kid": name, **header})).status_code == 200


def test_the_published_key_proves_who_it_is(signer: Relying, web: Web) -> None:
    assert accepted("one")
    assert accepted("one")
    assert not accepted("two", kid="one")
    assert web.read == [KEYS]


def test_an_unknown_name_has_them_read_again_once_a_minute_at_most(signer: Relying, web: Web, at: Travel) -> None:
    """A flood of made-up names must not become a flood at the application."""
    assert accepted("one")
    for seconds in (1, 20, 59):
        with at(seconds):
            assert not any(accepted(name) for name in ("made", "up", "two"))
    assert web.read == [KEYS]
    web.pages[KEYS] = published("two", "one")
    with at(61):
        assert accepted("two")
        assert accepted("one")
    assert len(web.read) == 2


def test_a_known_name_with_a_wrong_signature_asks_nothing(signer: Relying, web: Web, at: Travel) -> None:
    assert accepted("one")
    with at(120):
        assert not accepted("two", kid="one")
        assert shown("a.b.c").status_code == 401
    assert web.read == [KEYS]


def test_a_withdrawn_key_stops_within_ten_minutes(signer: Relying, web: Web, at: Travel) -> None:
    assert accepted("one")
    web.pages[KEYS] = published("two")
    with at(601):
        assert not accepted("one")
        assert accepted("two")


def test_nothing_published_is_no_key(signer: Relying, web: Web, at: Travel) -> None:
    """An application that empties its set takes every key back."""
    assert accepted("one")
    web.pages[KEYS] = {"keys": []}
    with at(601):
        assert not accepted("one")


FAILING: list[Any] = [
    Unreachable("down"),
    Forbidden("now inside"),
    Answer(500, "text/html", b"down"),
    Answer(302, "text/html", b""),
    "<html>",
    "[" * 50_000,
    {"keys": {}},
    [],
    {"keys": [{"kty": "EC"}] * 31},
]


@pytest.mark.parametrize("failure", FAILING, ids=range(len(FAILING)))
def test_what_was_read_is_kept_a_day_while_the_application_is_down(
    signer: Relying, web: Web, at: Travel, failure: Any
) -> None:
    assert accepted("one")
    web.pages[KEYS] = failure
    for seconds, expected in ((700, True), (86_399, True), (86_401, False)):
        with at(seconds):
            assert accepted("one") is expected
    web.pages[KEYS] = published("one")
    with at(86_500):
        assert accepted("one")


def test_a_server_that_is_down_is_asked_once_a_minute_at_most(signer: Relying, web: Web, at: Travel) -> None:
    web.pages[KEYS] = Unreachable("down")
    for seconds in (0, 10, 59, 61, 100):
        with at(seconds):
            assert not accepted("one")
    assert len(web.read) == 2


def test_only_fit_public_keys_are_kept(signer: Relying, web: Web) -> None:
    others = [
        key("private").as_dict(private=True, kid="private"),
        {"kty": "oct", "k": "c2VjcmV0", "kid": "oct"},
        public(key("sealing"), kid="sealing", use="enc"),
        public(ECKey.generate_key("P-384"), kid="long"),
        "not a key",
        public(key("one"), kid="one", x5c=["MIIB"], jku="https://evil.example/"),
    ]
    web.pages[KEYS] = {"keys": others}
    assert accepted("one")
    assert not accepted("private")
    assert not accepted("sealing")
    assert RemoteDocument.objects.get().content == {"keys": [public(key("one"), kid="one")]}


def test_a_signed_request_is_opened_by_a_published_key(signer: Relying, cast: Cast, claire: Browser) -> None:
    """RFC 9101, 6.2."""
    entitle(cast.claire, cast.bip)
    request = content(signer)
    assert "code" in answered(ask(claire, signed(key("one"), request, kid="one")))
    assert ask(claire, signed(key("two"), request, kid="one")).status_code == 400


def test_the_keys_of_another_do_not_serve(signer: Relying, web: Web, cast: Cast) -> None:
    theirs = "https://rival.example/keys"
    web.pages[theirs] = published("theirs")
    rival = define(cast.cotisations, token_endpoint_auth_method="private_key_jwt", client_secret=None, jwks_uri=theirs)
    assert not accepted("theirs")
    assert shown(signed(key("theirs"), assertion_claims(rival.client_id), kid="theirs")).status_code == 200


def test_nothing_is_asked_of_the_web_again_for_the_same_description(signer: Relying, web: Web, cast: Cast) -> None:
    web.pages[KEYS] = Forbidden("now inside")
    described = queries.metadata_of(Client.objects.get())
    assert described["jwks_uri"] == KEYS
    assert clients.define(cast.bip, described, actor=SYSTEM).changed == ()
    assert web.read == []


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/keys",
        "https://localhost/keys",
        "https://[::1]/keys",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.1/keys",
        "http://127.0.0.1/keys",
        "http://10.0.0.1/keys",
        "ftp://bip.example/keys",
        "https://me@bip.example/keys",
        "https://bip.example/keys#x",
        "file:///etc/passwd",
        "/keys",
        7,
    ],
)
def test_an_address_that_leads_inside_is_refused_by_name(cast: Cast, address: Any) -> None:
    """SSRF: by the real client."""
    with pytest.raises(InvalidClientMetadata) as refusal:
        by_reference(cast, jwks_uri=address)
    assert refusal.value.field == "jwks_uri"
    assert not Client.objects.exists()


@pytest.mark.parametrize("page", ["<html>", {"keys": []}, {"keys": [{"kty": "oct"}]}, Answer(302, "text/html", b"")])
def test_an_address_that_publishes_no_key_is_refused_by_name(cast: Cast, web: Web, page: Any) -> None:
    web.pages[KEYS] = page
    with pytest.raises(InvalidClientMetadata) as refusal:
        by_reference(cast)
    assert refusal.value.field == "jwks_uri"


@pytest.mark.parametrize("page", [Unreachable("not there yet"), Answer(502, "text/html", b"")])
def test_an_application_that_is_not_there_yet_may_be_described(cast: Cast, web: Web, page: Any) -> None:
    web.pages[KEYS] = page
    assert by_reference(cast).client.jwks_uri == KEYS


def test_keys_are_given_by_value_or_by_reference(cast: Cast, web: Web) -> None:
    """RFC 7591, 2: "The "jwks_uri" and "jwks" parameters MUST NOT both be present"."""
    with pytest.raises(InvalidClientMetadata) as refusal:
        by_reference(cast, jwks=published("one"))
    assert refusal.value.field == "jwks_uri"
    by_reference(cast, token_endpoint_auth_method="client_secret_basic", client_secret="a" * 24, jwks_uri=None)
    assert by_reference(cast, request_object_signing_alg="ES256").client.jwks == {}


def test_inside_a_network_that_the_operator_opened_plain_http_is_read(cast: Cast, settings: Settings) -> None:
    open_networks(settings, "127.0.0.0/8")
    body = json.dumps(published("one")).encode()
    listener = Listener(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    try:
        by_reference(cast, jwks_uri=f"http://127.0.0.1:{listener.port}/keys")
        assert accepted("one")
    finally:
        listener.close()
    assert listener.heard[0].startswith(b"GET /keys HTTP/1.1")


def test_what_nobody_reads_any_more_is_forgotten(signer: Relying) -> None:
    assert accepted("one")
    cleaning.forget_expired(clock.now() + dt.timedelta(days=29))
    assert RemoteDocument.objects.exists()
    cleaning.forget_expired(clock.now() + dt.timedelta(days=31))
    assert not RemoteDocument.objects.exists()
