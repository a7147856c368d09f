"""RFC 9101, section 5.2, and OpenID Connect Core, section 6.2: a signed request that the application keeps."""

import base64
import datetime as dt
import hashlib
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from convergences.foundations import clock
from convergences.foundations.outbound import Answer, Forbidden, Unreachable
from convergences.protocols.oidc import queries
from convergences.protocols.oidc.errors import InvalidClientMetadata
from convergences.protocols.oidc.models import AuthorizationCode, Client
from convergences.protocols.oidc.services import published
from tests.foundations.test_outbound import Listener, open_networks
from tests.oidc.publishing import Web, replace_the_web
from tests.oidc.relying import Relying, answered, define
from tests.oidc.signing import public, signed
from tests.oidc.test_authorization_pushed import bring, push
from tests.oidc.test_authorization_request_object import KEY, OTHER, content

pytestmark = pytest.mark.database
PLACE = "https://bip.example/requests/one?x=1"


def fragment(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    return replace_the_web(monkeypatch)


def keeping(bip: Relying, *places: str, **changes: Any) -> Relying:
    """Let BIP keep its requests at these places."""
    keys = {"keys": [public(KEY, kid="one")]}
    bip.client = define(bip.client.application, jwks=keys, request_uris=list(places), **changes)
    return bip


def request_of(bip: Relying, **changes: Any) -> str:
    return signed(KEY, content(bip, **changes), kid="one")


def refused(response: HttpResponse) -> bool:
    assert not AuthorizationCode.objects.exists()
    return response.status_code == 400 and not response.has_header("Location")


def test_what_is_kept_at_a_registered_place_is_the_request(bip: Relying, claire: Browser, web: Web) -> None:
    keeping(bip, PLACE)
    web.pages[PLACE] = request_of(bip, state="inside")
    answer = answered(bring(claire, PLACE, state="beside", scope="openid phone", redirect_uri="https://evil.example"))
    assert answer["state"] == "inside"
    assert bip.exchange(answer["code"]).status_code == 200
    assert web.read == [PLACE]


@pytest.mark.parametrize(
    "place",
    [
        "https://bip.example/requests/one",
        "https://bip.example/requests/one?x=1&y=2",
        "https://bip.example/requests/one/../one?x=1",
        "https://BIP.example/requests/one?x=1",
        "https://bip.example:443/requests/one?x=1",
        "https://bip.example/requests/one?x=1#",
        "https://me@bip.example/requests/one?x=1",
        "https://evil.example/",
        "https://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "urn:anything",
    ],
)
def test_no_other_place_is_ever_read(bip: Relying, claire: Browser, web: Web, place: str) -> None:
    """SSRF: "request_uris … pre-registered", compared to the letter."""
    keeping(bip, PLACE)
    web.pages[place] = request_of(bip)
    assert refused(bring(claire, place))
    assert web.read == []


def test_an_application_that_registered_no_place_has_none(bip: Relying, claire: Browser, web: Web) -> None:
    """Core, 6.2: request_uri_not_supported."""
    web.pages[PLACE] = request_of(bip)
    response = bring(claire, PLACE)
    assert refused(response)
    assert "pushed" in response.content.decode() or "request_uri" in response.content.decode()
    assert web.read == []


def test_the_place_of_another_application_is_not_read(bip: Relying, rival: Relying, claire: Browser, web: Web) -> None:
    keeping(bip, PLACE)
    web.pages[PLACE] = request_of(bip)
    assert refused(bring(claire, PLACE, client_id=rival.client.client_id))
    assert web.read == []


def test_a_fragment_is_the_hash_of_what_is_kept(bip: Relying, claire: Browser, web: Web) -> None:
    """Core, 6.2: "the base64url-encoded SHA-256 hash of the referenced resource contents"."""
    text = request_of(bip)
    place = f"{PLACE}#{fragment(text)}"
    keeping(bip, place)
    web.pages[PLACE] = request_of(bip, state="changed meanwhile")
    assert refused(bring(claire, place))
    web.pages[PLACE] = text
    assert refused(bring(claire, PLACE))
    assert answered(bring(claire, place))["code"]


def test_a_request_may_bring_the_hash_of_a_place_registered_without(bip: Relying, claire: Browser, web: Web) -> None:
    keeping(bip, PLACE)
    text = web.pages[PLACE] = request_of(bip)
    assert refused(bring(claire, f"{PLACE}#{fragment('else')}"))
    assert answered(bring(claire, f"{PLACE}#{fragment(text)}"))["code"]


def test_what_is_kept_is_signed_by_the_application_for_us_now(bip: Relying, claire: Browser, web: Web) -> None:
    """RFC 9101, 6.2 and 10.2: whoever writes at that place cannot ask in the application's name."""
    keeping(bip, PLACE)
    forged = [
        signed(OTHER, content(bip), kid="one"),
        "eyJhbGciOiJub25lIn0." + request_of(bip).split(".")[1] + ".",
        request_of(bip, exp=1),
        request_of(bip, client_id="rival"),
        request_of(bip, request_uri=PLACE),
        "<html>",
        "x" * 60_000,
        "\udcff",
        "",
    ]
    for text in forged:
        web.pages[PLACE] = Answer(200, "application/jwt", text.encode(errors="surrogateescape"))
        assert refused(bring(claire, PLACE))


FAILING = [Unreachable("down"), Forbidden("inside"), Answer(302, "text/html", b""), Answer(404, "text/html", b"x")]


@pytest.mark.parametrize("failure", FAILING, ids=range(len(FAILING)))
def test_a_place_that_does_not_answer_is_left_alone_for_a_while(
    bip: Relying, claire: Browser, web: Web, failure: Any
) -> None:
    """Anybody may bring a browser here: a slow application must not hold our processes one after the other."""
    keeping(bip, PLACE)
    start = clock.now()
    for seconds, asked in ((0, 1), (1, 1), (29, 1), (31, 2)):
        web.pages[PLACE] = failure
        with time_machine.travel(start + dt.timedelta(seconds=seconds), tick=False):
            response = bring(claire, PLACE)
        assert refused(response)
        assert len(web.read) == asked


def test_a_place_that_answers_late_serves_once_in_a_while(
    bip: Relying, claire: Browser, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping(bip, PLACE)
    web.pages[PLACE] = request_of(bip)
    monkeypatch.setattr(published, "SLOW", 0.0)
    assert answered(bring(claire, PLACE))["code"]
    assert bring(claire, PLACE).status_code == 400
    with time_machine.travel(clock.now() + dt.timedelta(seconds=31)):
        assert answered(bring(claire, PLACE))["code"]
    assert len(web.read) == 2


def test_it_is_neither_mixed_nor_pushed(bip: Relying, claire: Browser, web: Web) -> None:
    keeping(bip, PLACE)
    text = web.pages[PLACE] = request_of(bip)
    assert refused(bring(claire, PLACE, request=text))
    assert push(bip, request_uri=PLACE).status_code == 400
    assert refused(claire.get("/oauth/authorize", {"client_id": "bip", "request_uri": [PLACE, PLACE]}))
    assert web.read == []


def test_who_must_push_may_not_keep(bip: Relying, claire: Browser, web: Web) -> None:
    """RFC 9126, 6."""
    keeping(bip, PLACE, require_pushed_authorization_requests=True)
    web.pages[PLACE] = request_of(bip)
    response = bring(claire, PLACE)
    assert "code=" not in response.headers.get("Location", "")
    assert not AuthorizationCode.objects.exists()


@pytest.mark.parametrize(
    "places",
    [
        ["https://127.0.0.1/request"],
        ["https://10.0.0.1/request"],
        ["http://169.254.169.254/"],
        ["https://me@bip.example/"],
        ["https://*.bip.example/"],
        ["https://bip.example/#not-a-hash"],
        [f"https://bip.example/#{'a' * 43}#"],
        ["ftp://bip.example/"],
        [PLACE, PLACE],
        [7],
        PLACE,
        [f"https://bip.example/{n}" for n in range(21)],
    ],
)
def test_a_place_that_could_not_hold_is_refused_by_name(bip: Relying, places: Any) -> None:
    with pytest.raises(InvalidClientMetadata) as refusal:
        define(bip.client.application, jwks={"keys": [public(KEY)]}, request_uris=places)
    assert refusal.value.field == "request_uris"
    assert Client.objects.get().request_uris == []


def test_places_want_keys(bip: Relying) -> None:
    with pytest.raises(InvalidClientMetadata) as refusal:
        define(bip.client.application, request_uris=[PLACE])
    assert refusal.value.field == "jwks"


def test_places_are_exported(bip: Relying, web: Web) -> None:
    assert queries.metadata_of(keeping(bip, PLACE).client)["request_uris"] == [PLACE]


def test_the_real_thing_within_a_network_of_the_operator(bip: Relying, claire: Browser, settings: Settings) -> None:
    open_networks(settings, "127.0.0.0/8")
    body = request_of(bip).encode()
    listener = Listener(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    try:
        place = f"http://127.0.0.1:{listener.port}/request"
        keeping(bip, f"{place}#{fragment(body.decode())}")
        assert answered(bring(claire, f"{place}#{fragment(body.decode())}"))["code"]
    finally:
        listener.close()
    assert listener.heard[-1].startswith(b"GET /request HTTP/1.1")
