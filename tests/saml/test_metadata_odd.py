"""Documents that are odd rather than wrong: what an engineer is told, and that nothing breaks over one."""

import base64
import datetime as dt
import re
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from convergences.foundations import outbound
from convergences.foundations.outbound import Answer, Forbidden, Unreachable
from convergences.protocols.saml import metadata_in
from convergences.protocols.saml.errors import InvalidProvider
from convergences.protocols.saml.models import ServiceProvider
from convergences.protocols.saml.panel import learnt
from convergences.protocols.saml.services import registration
from tests.cast import Cast
from tests.saml.serving import Keys, certified, define, keys, metadata
from tests.saml.test_metadata_in import WHOLE

pytestmark = pytest.mark.database
FOR_EVER = 'validUntil="9999-12-31T23:59:59Z"'


def curve(kind: ec.EllipticCurve) -> Keys:
    certificate = certified(ec.generate_private_key(kind), "curve")
    return Keys("", certificate.public_bytes(serialization.Encoding.PEM).decode())


def version_nine() -> Keys:
    """A certificate of a version that does not exist."""
    der = base64.b64decode(keys().bare)
    assert der.count(b"\xa0\x03\x02\x01\x02") == 1
    return Keys("", base64.b64encode(der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x09")).decode())


SAID: dict[str, tuple[Callable[[], str], str]] = {
    "cut": (lambda: metadata()[:-30], "il n’est pas du XML, ou il est coupé"),
    "a page that says 404": (lambda: "<!doctype html><html><p>404</html>", "c’est une page web"),
    "a page of XHTML": (lambda: "<html xmlns='http://www.w3.org/1999/xhtml'><br></html>", "c’est une page web"),
    "a portal's": (lambda: metadata().replace("SPSSO", "IDPSSO"), "c’est la description d’un portail"),
    "a DOCTYPE": (lambda: f"<!DOCTYPE a>{metadata()}", "il contient un DOCTYPE"),
    "over": (
        lambda: metadata(about='validUntil="2024-03-01T12:00:00Z"'),
        "n’est plus valable depuis le 1er\N{NO-BREAK SPACE}mars\N{NO-BREAK SPACE}2024",
    ),
    "over around it": (
        lambda: WHOLE.replace("xmlns", 'validUntil="2024-03-01T12:00:00Z" xmlns', 1).format(metadata(about=FOR_EVER)),
        "n’est plus valable depuis le 1er\N{NO-BREAK SPACE}mars\N{NO-BREAK SPACE}2024",
    ),
    "a square": (lambda: metadata().replace('index="1"', 'index="²"'), "n’est pas un nombre"),
    "digits of elsewhere": (lambda: metadata().replace('index="1"', 'index="٣"'), "n’est pas un nombre"),
    "a number without end": (lambda: metadata().replace('index="1"', f'index="{"9" * 5000}"'), "n’est pas un nombre"),
    "a short curve": (lambda: metadata(keys=curve(ec.SECP192R1())), "elliptique d’un certificat est trop courte"),
    "version nine": (lambda: metadata(keys=version_nine()), "un certificat ne peut pas être lu"),
    "many certificates": (
        lambda: re.sub(r"(<md:KeyDescriptor.*</md:KeyDescriptor>)", r"\1" * 21, metadata()),
        "trop de certificats",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_an_engineer_reads_what_is_wrong_in_their_language(cast: Cast, name: str) -> None:
    document, sentence = SAID[name]
    with pytest.raises(InvalidProvider) as refusal:
        define(cast.cotisations, document())
    assert sentence in refusal.value.sentence
    assert " the " not in refusal.value.sentence
    assert not ServiceProvider.objects.exists()


def test_for_ever_is_a_date_like_another(cast: Cast) -> None:
    """RFC 5280, section 4.1.2.5: what has no end is written 9999-12-31, which in Paris is the year 10000."""
    provider = define(cast.cotisations, metadata(about=FOR_EVER))
    assert provider.expires_at == metadata_in.FAR
    facts = {fact.label: fact.value for fact in learnt.about(provider).facts}
    assert facts["Valable jusqu’au"] == "1er\N{NO-BREAK SPACE}décembre\N{NO-BREAK SPACE}9999"


def test_a_certificate_for_ever_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless:
        not_valid_after_utc = dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)

        def fingerprint(self, _algorithm: object) -> bytes:
            return b"\x01"

    monkeypatch.setattr(learnt, "certificate", lambda _pem: Endless())
    assert learnt.said_of("") == "Jusqu’au 1er\N{NO-BREAK SPACE}décembre\N{NO-BREAK SPACE}9999\nSHA-256 01"


def test_the_end_of_what_surrounds_an_application_is_its_own(cast: Cast) -> None:
    """Metadata, section 2.3: nobody outlives the list that names them."""
    around = WHOLE.replace("xmlns", 'validUntil="2030-01-01T00:00:00Z" xmlns', 1)
    provider = define(cast.cotisations, around.format(metadata(about='validUntil="2031-01-01T00:00:00Z"')))
    assert provider.expires_at == dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


ANSWERS: dict[str, tuple[Answer | Exception, str]] = {
    "inside": (Forbidden("10.0.0.1: not an address of the Internet"), "un réseau que l’exploitant a ouvert"),
    "dead": (Unreachable("site.example: TimeoutError"), "vérifiez le nom de la machine et le port"),
    "moved": (Answer(302, "text/html", b""), "renvoie ailleurs (302)"),
    "gone": (Answer(404, "text/html", b""), "l’adresse a répondu 404"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_address_that_gives_nothing_says_why_in_words(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    answer, sentence = ANSWERS[name]

    def get(_url: str, **_how: object) -> Answer:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(outbound, "get", get)
    with pytest.raises(InvalidProvider) as refusal:
        registration.fetched("https://site.example/metadata")
    assert sentence in refusal.value.sentence
    assert "example" not in refusal.value.sentence


@pytest.mark.parametrize("written", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59"])
def test_no_instant_is_too_far_to_be_said(written: str) -> None:
    moment = metadata_in.parsed_instant(written)
    assert moment.tzinfo is not None
    assert moment <= metadata_in.FAR
