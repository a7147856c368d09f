"""Signatures within: only the whole message, by a key of the application's metadata, proves anything (Core, 5)."""

import datetime as dt

import pytest
import time_machine
from lxml import etree

from convergences.foundations import clock
from convergences.protocols.saml import names
from tests.cast import Cast
from tests.saml import signing
from tests.saml.forging import posted, refused, traces
from tests.saml.serving import ENTITY, Peer, answer_in, define, keys, metadata, request, signed

HMAC = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
RSA_SHA1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
SHA1 = "http://www.w3.org/2000/09/xmldsig#sha1"
XPATH = "http://www.w3.org/TR/1999/REC-xpath-19991116"
XSLT = "http://www.w3.org/TR/1999/REC-xslt-19991116"
BASE64 = "http://www.w3.org/2000/09/xmldsig#base64"
OBJECT = '<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#">more</ds:Object></ds:Signature>'
KEY_VALUE = "<ds:KeyInfo><ds:KeyName>../../etc/passwd</ds:KeyName><ds:RetrievalMethod URI='http://127.0.0.1:9/'/>"


@pytest.fixture(params=[False, True], ids=["it may sign", "it must sign"])
def either(site: Peer, cast: Cast, request: pytest.FixtureRequest) -> Peer:
    """A bad signature is refused, even from an application that need not sign."""
    define(cast.cotisations, signed_requests=request.param)
    return site


def altered(old: str, new: str) -> str:
    """Return a signed request, altered after it was signed."""
    document = signed(request())
    assert old in document
    return document.replace(old, new)


FORGED = {
    "altered address": lambda: altered('Version="2.0"', 'Version="2.0" AssertionConsumerServiceIndex="1"'),
    "altered issuer": lambda: altered(f">{ENTITY}<", ">https://other.example/<"),
    "altered digest": lambda: altered("<ds:DigestValue>", "<ds:DigestValue>AA"),
    "altered value": lambda: altered("<ds:SignatureValue>", "<ds:SignatureValue>AA"),
    "a foreign key": lambda: signed(request(), by=keys("evil")),
    "no value": lambda: signing.without_value(signed(request())),
    "another's key shown": lambda: signed(request(), by=keys("evil")).replace(keys("evil").bare, keys().bare),
    "two signatures": lambda: signed(signed(request())),
    "a signature of a part": lambda: signing.of_a_part(request(more=signing.PART)),
    "of nothing in particular": lambda: signing.signed_with(request(), uri=""),
    "of another document": lambda: signing.signed_with(request(), uri="http://127.0.0.1:9/"),
    "SHA-1 by RSA": lambda: signing.by_hand(request(), method=RSA_SHA1),
    "SHA-1 of the content": lambda: signing.by_hand(request(), digest=SHA1),
    "HMAC with the public certificate": lambda: signing.by_hand(request(), method=HMAC),
    "XPath": lambda: signing.by_hand(request(), transforms=[signing.ENVELOPED, XPATH, signing.EXCLUSIVE]),
    "XSLT": lambda: signing.by_hand(request(), transforms=[signing.ENVELOPED, XSLT]),
    "base64": lambda: signing.by_hand(request(), transforms=[signing.ENVELOPED, BASE64]),
    "no transform": lambda: signing.by_hand(request(), transforms=[]),
    "an object": lambda: altered("</ds:Signature>", OBJECT),
    "keys from elsewhere": lambda: signed(request(), by=keys("evil")).replace("<ds:KeyInfo>", KEY_VALUE),
    "no signature, a hollow one": lambda: request(more=f'<ds:Signature xmlns:ds="{names.SIGNATURE}"/>'),
    "not for us": lambda: signed(request(to="https://other.example/sso")),
    "for nobody": lambda: signed(request().replace('Destination="http://testserver/saml/sso"', "")),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_signature_that_does_not_hold_is_refused(either: Peer, name: str) -> None:
    before = traces()
    assert refused(posted(FORGED[name]()))
    assert traces() == before


def test_what_is_written_by_hand_honestly_is_followed(either: Peer) -> None:
    """What makes the test above able to fail: the same writing, without the attack."""
    assert answer_in(either.post(signing.by_hand(request()))).statuses == [names.SUCCESS]
    assert answer_in(either.post(signed(request()))).statuses == [names.SUCCESS]
    only_enveloped = signing.by_hand(request(), transforms=[signing.ENVELOPED])
    assert answer_in(either.post(only_enveloped)).statuses == [names.SUCCESS]


def test_of_an_application_that_signs_an_unsigned_one_is_refused(site: Peer, cast: Cast) -> None:
    for changes in ({"signed_requests": True}, {"document": metadata(signs="true")}):
        define(cast.cotisations, **changes)
        before = traces()
        assert refused(site.send())
        assert refused(posted(request()))
        assert traces() == before


def test_an_application_without_a_certificate_cannot_sign(site: Peer, cast: Cast) -> None:
    document = etree.fromstring(metadata().encode())
    for one in document.iter(names.metadata("KeyDescriptor")):
        one.set("use", "encryption")
    define(cast.cotisations, etree.tostring(document).decode())
    assert refused(posted(signed(request())))


def test_the_signature_of_another_application_is_not_its(site: Peer, cast: Cast) -> None:
    other = metadata(entity="https://other.example/", consumer="https://other.example/acs", keys=keys("other"))
    define(cast.bip, other)
    before = traces()
    assert refused(posted(signed(request(), by=keys("other"))))
    assert refused(posted(signed(request(issuer="https://other.example/"))))
    assert traces() == before


def test_the_dates_of_a_certificate_are_not_asked(site: Peer, cast: Cast) -> None:
    """Metadata Interoperability Profile, 2.6.1: metadata makes a key trusted; an expired certificate is warned of."""
    define(cast.cotisations, signed_requests=True)
    later = clock.now() + dt.timedelta(days=1000)
    with time_machine.travel(later):
        assert Peer().post(signed(request())).status_code == 303
        assert Peer().send(by=keys()).status_code == 303


def test_both_keys_of_a_rollover_are_accepted(site: Peer, cast: Cast) -> None:
    both = metadata().replace(
        "<md:AssertionConsumerService", f"{signing.descriptor(keys('next'))}<md:AssertionConsumerService"
    )
    define(cast.cotisations, both, signed_requests=True)
    for each in (keys(), keys("next")):
        assert answer_in(site.post(signed(request(), by=each))).statuses == [names.SUCCESS]
        assert answer_in(site.send(by=each)).statuses == [names.SUCCESS]
    assert refused(posted(signed(request(), by=keys("evil"))))
