"""An application's own description: read strictly, from a file or an address (Metadata, sections 2.3 and 2.4.4)."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.foundations import clock, outbound
from convergences.foundations.outbound import Answer, Forbidden, Unreachable
from convergences.protocols.saml import asking, metadata_in, names, queries
from convergences.protocols.saml.errors import InvalidProvider
from convergences.protocols.saml.models import ServiceProvider
from convergences.protocols.saml.services import refreshing, registration
from tests.cast import Cast
from tests.saml.serving import CONSUMER, ENTITY, LOGOUT, Keys, certified, define, keys, metadata

pytestmark = pytest.mark.database
URL = "https://site.example/metadata"
WHOLE = f'<md:EntitiesDescriptor xmlns:md="{names.METADATA}">{{}}</md:EntitiesDescriptor>'


def elliptic() -> Keys:
    key = ec.generate_private_key(ec.SECP256R1())
    return Keys("", certified(key, "elliptic").public_bytes(serialization.Encoding.PEM).decode())


REFUSED: dict[str, Any] = {
    "nothing": lambda: " ",
    "no XML": lambda: "hello",
    "a DOCTYPE": lambda: f"<!DOCTYPE a>{metadata()}",
    "an entity": lambda: f'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>{metadata(entity="&e;")}',
    "no application": lambda: metadata().replace("SPSSODescriptor", "IDPSSODescriptor"),
    "two applications": lambda: WHOLE.format(metadata() + metadata(entity="https://other.example/")),
    "no name": lambda: metadata(entity=""),
    "a long name": lambda: metadata(entity="a" * 1025),
    "SAML 1.1": lambda: metadata().replace("SAML:2.0:protocol", "SAML:1.1:protocol"),
    "no way back": lambda: metadata().replace("HTTP-POST", "HTTP-Artifact"),
    "a way back in clear": lambda: metadata(consumer="http://site.example/acs"),
    "a script": lambda: metadata(consumer="javascript:alert(1)"),
    "a way back with a user": lambda: metadata(consumer="https://a@site.example/acs"),
    "a logout in clear": lambda: metadata(logouts=[names.REDIRECT]).replace(LOGOUT, "http://site.example/slo"),
    "a short key": lambda: metadata(keys=keys("short", size=1024)),
    "no certificate": lambda: metadata().replace(keys().bare, "AAAA"),
    "encryption by an elliptic key": lambda: metadata(encrypt=True, keys=elliptic()),
    "what is over": lambda: metadata(about='validUntil="2020-01-01T00:00:00Z"'),
    "an odd date": lambda: metadata(about='validUntil="tomorrow"'),
    "an odd number": lambda: metadata().replace('index="1"', 'index="one"'),
    "too much": lambda: metadata(more=f"<md:Extensions>{'x' * 1_100_000}</md:Extensions>"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_document_is_refused_with_its_reason(cast: Cast, name: str) -> None:
    with pytest.raises(InvalidProvider) as refusal:
        define(cast.cotisations, REFUSED[name]())
    assert refusal.value.field == "metadata"
    assert not ServiceProvider.objects.exists()


def test_what_is_read_is_what_is_written(cast: Cast) -> None:
    document = f"<!-- by a tool -->{WHOLE.format(metadata(encrypt=True, logouts=[names.SOAP], signs='1'))}"
    described = define(cast.cotisations, document).described
    assert described["entity_id"] == ENTITY
    assert [one["location"] for one in described["consumers"]] == [CONSUMER]
    assert [one["binding"] for one in described["logouts"]] == [names.SOAP]
    assert described["signing"] == described["encryption"] == [keys().certificate]
    assert described["signs_requests"] is True


@pytest.mark.parametrize(
    ("first", "second", "chosen"),
    [("", "", 0), ("", 'isDefault="1"', 1), ('isDefault="false"', "", 1), ('isDefault="0"', 'isDefault="false"', 0)],
)
def test_the_default_address_is_the_norm_s(first: str, second: str, chosen: int) -> None:
    """Metadata, 2.2.3: the one marked, else the first that is not marked as none, else the first."""
    other = f'<md:AssertionConsumerService Binding="{names.POST}" Location="{CONSUMER}/2" index="2" {second}/>'
    document = metadata(more=other).replace('isDefault="true"', first)
    location = asking.default_consumer(metadata_in.read(document.encode())).location
    assert location == [CONSUMER, f"{CONSUMER}/2"][chosen]


def test_the_same_description_again_changes_nothing(cast: Cast) -> None:
    given = {"metadata": metadata(encrypt=True, logouts=[names.SOAP]), "idp_initiated": True}
    assert registration.define(cast.cotisations, given, actor=SYSTEM).created
    again = registration.define(cast.cotisations, queries.metadata_of(ServiceProvider.objects.get()), actor=SYSTEM)
    assert (again.created, again.changed) == (False, ())


def test_two_applications_do_not_share_a_name(cast: Cast) -> None:
    define(cast.cotisations)
    with pytest.raises(InvalidProvider):
        define(cast.bip)


@pytest.mark.parametrize("field", ["name_id_format", "attributes", "signed_requests", "relay_state", "unknown"])
def test_a_setting_that_means_nothing_is_refused(cast: Cast, field: str) -> None:
    with pytest.raises(InvalidProvider) as refusal:
        define(cast.cotisations, **{field: {"name_id_format": "dn", "relay_state": "\n"}.get(field, {"a": "b"})})
    assert refusal.value.field == field


class Web:
    """What the address answers, and how often it was asked."""

    def __init__(self) -> None:
        self.answer: Answer | Exception = Answer(200, "text/xml", metadata().encode())
        self.asked = 0

    def get(self, url: str, *, accept: str, largest: int) -> Answer:
        assert (url, largest) == (URL, 1024 * 1024)
        assert "samlmetadata" in accept
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    web = Web()
    monkeypatch.setattr(outbound, "get", web.get)
    return web


def at_its_address(cast: Cast) -> ServiceProvider:
    return define(cast.cotisations, {"url": URL})  # type: ignore[arg-type]


def later(hours: float = 6.1) -> time_machine.travel:
    return time_machine.travel(clock.now() + dt.timedelta(hours=hours))


def test_what_changes_at_its_address_is_read_again(cast: Cast, web: Web) -> None:
    at_its_address(cast)
    web.answer = Answer(200, "text/xml", metadata(consumer="https://site.example/new").encode())
    assert refreshing.refresh_due() == 0
    assert web.asked == 1
    with later():
        assert refreshing.refresh_due() == 1
        assert refreshing.refresh_due() == 0
    assert ServiceProvider.objects.get().described["consumers"][0]["location"] == "https://site.example/new"
    assert AuditEvent.objects.filter(action="saml.metadata_read").count() == 1


BAD: dict[str, Answer | Exception] = {
    "dead": Unreachable("nobody answers"),
    "inside our networks": Forbidden("this network is not open"),
    "404": Answer(404, "text/html", b""),
    "a page": Answer(200, "text/html", b"<html><p>hello"),
    "a DOCTYPE": Answer(200, "text/xml", b"<!DOCTYPE a>" + metadata().encode()),
    "another application": Answer(200, "text/xml", metadata(entity="https://evil.example/").encode()),
    "not UTF-8": Answer(200, "text/xml", metadata().encode("utf-16")),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_leaves_what_is_known_and_says_so(cast: Cast, web: Web, name: str) -> None:
    known = at_its_address(cast)
    web.answer = BAD[name]
    with later():
        assert refreshing.refresh_due() == 0
    provider = ServiceProvider.objects.get()
    assert (provider.metadata, provider.entity_id) == (known.metadata, ENTITY)
    assert provider.read_error
    web.answer = Answer(200, "text/xml", metadata().encode())
    with later(13):
        refreshing.refresh_due()
    assert not ServiceProvider.objects.get().read_error


def test_what_expires_soon_is_read_more_often(cast: Cast, web: Web) -> None:
    until = clock.now() + dt.timedelta(hours=5)
    web.answer = Answer(200, "text/xml", metadata(about=f'validUntil="{until:%Y-%m-%dT%H:%M:%SZ}"').encode())
    at_its_address(cast)
    web.answer = Answer(200, "text/xml", metadata().encode())
    with later(1.1):
        assert refreshing.refresh_due() == 1
    assert ServiceProvider.objects.get().expires_at is None
