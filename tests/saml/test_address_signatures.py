"""Signatures beside the message: what is signed is the very text of the address (Bindings, 3.4.4.1)."""

import base64
import re
from collections.abc import Callable
from urllib.parse import quote_plus, unquote_plus

import pytest

from convergences.protocols.saml import names
from tests.cast import Cast
from tests.saml.forging import refused, traces
from tests.saml.serving import RSA_SHA256, Peer, address, answer_in, beside, define, keys, request, signed

RSA_SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
HMAC = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
Alter = Callable[[str], str]


@pytest.fixture(params=[False, True], ids=["it may sign", "it must sign"])
def either(site: Peer, cast: Cast, request: pytest.FixtureRequest) -> Peer:
    """A bad signature is refused, even from an application that need not sign."""
    define(cast.cotisations, signed_requests=request.param)
    return site


def honest() -> str:
    return address(request(), relay_state="/deep?page=2&x=é", by=keys())


def value(query: str, name: str) -> str:
    return query.partition(f"{name}=")[2].partition("&")[0]


def swapped(name: str, text: str) -> Alter:
    return lambda query: query.replace(f"{name}={value(query, name)}", f"{name}={text}")


def without(name: str) -> Alter:
    return lambda query: "&".join(one for one in query.split("&") if not one.startswith(f"{name}="))


def in_small_letters(query: str) -> str:
    return re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), query)


def bare_signs(query: str) -> str:
    return query.replace("%2F", "/").replace("%3A", ":")


ALTERED: dict[str, Alter] = {
    "RelayState swapped": swapped("RelayState", "%2Felsewhere"),
    "RelayState removed": without("RelayState"),
    "RelayState empty": swapped("RelayState", ""),
    "request swapped": lambda query: query.replace(
        value(query, "SAMLRequest"), value(address(request()), "SAMLRequest")
    ),
    "SigAlg removed": without("SigAlg"),
    "SigAlg empty": swapped("SigAlg", ""),
    "SHA-1": swapped("SigAlg", quote_plus(RSA_SHA1)),
    "HMAC": swapped("SigAlg", quote_plus(HMAC)),
    "no algorithm": swapped("SigAlg", "none"),
    "stronger, in name": lambda query: query.replace("rsa-sha256", "rsa-sha512"),
    "Signature removed": without("Signature"),
    "Signature empty": swapped("Signature", ""),
    "Signature of zeros": swapped("Signature", quote_plus(base64.b64encode(bytes(256)).decode())),
    "Signature not in base64": swapped("Signature", "%21%21"),
    "request doubled": lambda query: f"{query}&SAMLRequest={value(query, 'SAMLRequest')}",
    "request doubled before": lambda query: f"{address(request())}&{query}",
    "RelayState doubled": lambda query: f"{query}&RelayState=%2F",
    "Signature doubled": lambda query: f"{query}&Signature={value(query, 'Signature')}",
    "an answer beside": lambda query: f"{query}&SAMLResponse={value(query, 'SAMLRequest')}",
    "escapes in small letters": in_small_letters,
    "signs that need no escape": bare_signs,
    "another encoding": lambda query: f"{query}&SAMLEncoding=urn%3Aevil",
    "parameters in small letters": lambda query: query.replace("SAMLRequest=", "samlrequest="),
    "parameters in escapes": lambda query: query.replace("SAMLRequest=", "SAML%52equest="),
    "not UTF-8": swapped("RelayState", "%ff"),
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_address_altered_after_it_was_signed_is_refused(either: Peer, name: str) -> None:
    query = honest()
    altered = ALTERED[name](query)
    assert altered != query
    before = traces()
    assert refused(either.browser.get(f"/saml/sso?{altered}"))
    assert traces() == before


def test_the_honest_one_is_followed_with_its_parameters_in_any_order(either: Peer) -> None:
    answer = answer_in(either.follow(either.browser.get(f"/saml/sso?{honest()}")))
    assert (answer.statuses, answer.relay_state) == ([names.SUCCESS], "/deep?page=2&x=é")
    turned = "&".join([*reversed(honest().split("&")), "utm_source=mail", "flag"])
    assert answer_in(either.follow(either.browser.get(f"/saml/sso?{turned}"))).statuses == [names.SUCCESS]


def test_an_application_that_escapes_otherwise_is_heard(either: Peer) -> None:
    """3.4.4.1: "…the relying party … MUST use the original URL-encoded values": ADFS writes `%2f`."""
    query = in_small_letters(address(request(), relay_state="/deep")) + "&SigAlg=" + quote_plus(RSA_SHA256).lower()
    signed_otherwise = beside(query, keys())
    assert answer_in(either.follow(either.browser.get(f"/saml/sso?{signed_otherwise}"))).statuses == [names.SUCCESS]


def test_a_foreign_key_is_refused(either: Peer) -> None:
    assert refused(either.send(by=keys("evil")))


def test_a_signature_within_is_not_read_in_an_address(either: Peer) -> None:
    """3.4.4.1: the signature of the message "MUST be removed"; nothing then shows that the address was not altered."""
    assert refused(either.send(signed(request())))


def test_stripping_the_signature_of_an_application_that_signs_is_refused(site: Peer, cast: Cast) -> None:
    define(cast.cotisations, signed_requests=True)
    stripped = without("Signature")(without("SigAlg")(honest()))
    assert refused(site.browser.get(f"/saml/sso?{stripped}"))
    assert unquote_plus(value(stripped, "RelayState")) == "/deep?page=2&x=é"
