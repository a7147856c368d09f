"""RFC 6749, section 3.1.2, and RFC 9700, section 2.1: the answer goes to a registered address, to the letter."""

import pytest
from django.test import Client as Browser

from convergences.protocols.oidc.models import AuthorizationCode
from tests.cast import Cast
from tests.oidc.relying import Relying, answered, define, entitle

pytestmark = pytest.mark.database

VARIANTS = [
    "https://bip.example/callback/",
    "https://bip.example/Callback",
    "https://BIP.example/callback",
    "HTTPS://bip.example/callback",
    "http://bip.example/callback",
    "https://bip.example:443/callback",
    "https://bip.example/callback?",
    "https://bip.example/callback?a=b",
    "https://bip.example/callback#",
    "https://bip.example/callback#fragment",
    "https://bip.example/call%62ack",
    "https://bip.example/%63allback",
    "https://bip.example/x/../callback",
    "https://bip.example//callback",
    "https://user@bip.example/callback",
    "https://bip.example@evil.example/callback",
    "https://bip.example.evil.example/callback",
    "https://evil.example/https://bip.example/callback",
    "https://bip.example\\@evil.example/callback",
    "https://bip.example/callback\n",
    " https://bip.example/callback",
    "https://bip.example/callback\x00",
    "https://bip.example/x/%2e%2e/callback",
    "https://bip.example/callback%2f..%2fevil",
    "https://bip.example/./callback",
    "https://bip.example/callback;x=y",
    "https://bip.example/callback%00",
    "https://bip.example/callback%23",
    "https://bip.example/call\tback",
    "https://bip.example./callback",
    "https://bip。example/callback",
    "https://ｂip.example/callback",
    "https://:@bip.example/callback",
    "https://bip.example:/callback",
    "https:/bip.example/callback",
    "https:bip.example/callback",
    "//bip.example/callback",
    "/callback",
    "javascript:alert(1)",
    "data:text/html,x",
    "bip.example/callback",
    "",
]
NOT_LOOPBACK = [
    "http://127.0.0.1:51004/CB",
    "http://127.0.0.1:510040/cb",
    "http://localhost:5/cb",
    "http://127.1:5/cb",
    "http://2130706433:5/cb",
    "http://0x7f.0.0.1:5/cb",
    "http://[::ffff:127.0.0.1]:5/cb",
    "http://127.0.0.1.evil.example:5/cb",
    "http://127.0.0.1:5@evil.example/cb",
    "http://evil.example@127.0.0.1:5/cb",
    "http://127.0.0.1:5/cb?x",
    "http://127.0.0.1:5/cb#x",
    "http://127.0.0.1:5/x/../cb",
    "http://127.0.0.1:/cb",
    "http://127.0.0.1:-5/cb",
    "http://127.0.0.1:٥/cb",
    "http://127.0.0.1:5 /cb",
    "https://127.0.0.1:5/cb",
    "HTTP://127.0.0.1:5/cb",
]


def assert_page(bip: Relying, browser: Browser, **changes: str | list[str] | None) -> None:
    """4.1.2.1: "MUST NOT automatically redirect the user-agent to the invalid redirection URI."""
    response = bip.authorize(browser, **changes)
    assert response.status_code == 400
    assert not response.has_header("Location")
    assert "Cette application ne peut pas s" in response.content.decode()
    assert not AuthorizationCode.objects.exists()


@pytest.mark.parametrize("uri", VARIANTS)
def test_what_looks_like_the_address_is_not_the_address(bip: Relying, claire: Browser, uri: str) -> None:
    assert_page(bip, claire, redirect_uri=uri)


def test_a_missing_or_doubled_address_is_refused(bip: Relying, claire: Browser) -> None:
    assert_page(bip, claire, redirect_uri=None)
    assert_page(bip, claire, redirect_uri=[bip.redirect_uri, bip.redirect_uri])
    assert_page(bip, claire, redirect_uri=[bip.redirect_uri, "https://evil.example/"])


@pytest.mark.parametrize("client_id", ["nobody", "", "BIP", "bip\x00", "x" * 500, None, ["bip", "bip"]])
def test_an_unknown_client_is_refused_on_a_page(
    bip: Relying, claire: Browser, client_id: str | list[str] | None
) -> None:
    assert_page(bip, claire, client_id=client_id)


def test_an_error_never_travels_to_an_address_that_is_not_registered(bip: Relying, claire: Browser) -> None:
    assert_page(bip, claire, redirect_uri="https://evil.example/", scope="", response_type="token", prompt="none")


def test_the_page_repeats_nothing_that_it_received(bip: Relying, claire: Browser) -> None:
    response = bip.authorize(claire, redirect_uri="https://evil.example/<script>", state="<script>alert(1)</script>")
    page = response.content.decode()
    assert "evil.example" not in page
    assert "<script>alert" not in page


def test_the_registered_query_is_kept_and_the_answer_added(cast: Cast, claire: Browser) -> None:
    """3.1.2: the query component "MUST be retained when adding additional query parameters"."""
    entitle(cast.claire, cast.bip)
    bip = Relying(define(cast.bip, redirect_uris=["https://bip.example/cb?a=b+c&a=%20"]))
    response = bip.authorize(claire, redirect_uri="https://bip.example/cb?a=b+c&a=%20")
    assert response["Location"].startswith("https://bip.example/cb?a=b+c&a=%20&code=")


def test_a_public_client_listens_on_any_loopback_port(cast: Cast, claire: Browser) -> None:
    """RFC 8252, 7.3: "The authorization server MUST allow any port to be specified at the time of the request for
    loopback IP redirect URIs"."""
    entitle(cast.claire, cast.bip)
    registered = ["http://127.0.0.1/cb", "http://[::1]:1/cb"]
    native = Relying(define(cast.bip, redirect_uris=registered, token_endpoint_auth_method="none", client_secret=None))
    for uri in ("http://127.0.0.1:51004/cb", "http://[::1]:51004/cb", "http://127.0.0.1/cb"):
        assert answered(native.authorize(claire, redirect_uri=uri))["code"]


@pytest.mark.parametrize("uri", NOT_LOOPBACK)
def test_what_looks_like_the_loopback_is_not(cast: Cast, claire: Browser, uri: str) -> None:
    entitle(cast.claire, cast.bip)
    registered = ["http://127.0.0.1/cb", "http://[::1]:1/cb"]
    native = Relying(define(cast.bip, redirect_uris=registered, token_endpoint_auth_method="none", client_secret=None))
    assert_page(native, claire, redirect_uri=uri)


def test_a_confidential_client_keeps_its_port(cast: Cast, claire: Browser) -> None:
    entitle(cast.claire, cast.bip)
    bip = Relying(define(cast.bip, redirect_uris=["http://127.0.0.1:8001/cb"]))
    assert_page(bip, claire, redirect_uri="http://127.0.0.1:8002/cb")
