"""Whoever holds the address of an application's description: what they may change alone, and what waits for us."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine

from convergences.audit.models import AuditEvent
from convergences.foundations import clock, outbound
from convergences.foundations.outbound import Answer
from convergences.foundations.text import french
from convergences.protocols.saml import metadata_in, names
from convergences.protocols.saml.models import ServiceProvider
from convergences.protocols.saml.panel import learnt
from convergences.protocols.saml.services import refreshing
from tests.cast import Cast
from tests.saml.serving import CONSUMER, LOGOUT, define, keys, metadata

pytestmark = pytest.mark.database
URL = "https://site.example/metadata"
KNOWN = {"encrypt": True, "signs": "true", "logouts": [names.SOAP]}


def document(**changes: object) -> str:
    return metadata(**{**KNOWN, **changes})


def without(use: str) -> str:
    text = document()
    start = text.index(f'<md:KeyDescriptor use="{use}"')
    end = text.index("</md:KeyDescriptor>", start) + len("</md:KeyDescriptor>")
    return text[:start] + text[end:]


@pytest.fixture
def read_again(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> Callable[[str], ServiceProvider]:
    """Registers the application by its address, then reads another document there."""
    served = [document()]
    monkeypatch.setattr(outbound, "get", lambda _url, **_how: Answer(200, "text/xml", served[0].encode()))
    define(cast.cotisations, {"url": URL})  # type: ignore[arg-type]

    def again(text: str) -> ServiceProvider:
        served[0] = text
        with time_machine.travel(clock.now() + dt.timedelta(hours=7)):
            refreshing.refresh_due()
        return ServiceProvider.objects.get()

    return again


WEAKER: dict[str, tuple[Callable[[], str], str]] = {
    "answers elsewhere": (lambda: document(consumer="https://evil.example/acs"), "https://evil.example"),
    "answers on another port": (
        lambda: document(consumer="https://site.example:8443/acs"),
        "https://site.example:8443",
    ),
    "an address more": (
        lambda: document(
            more=f'<md:AssertionConsumerService Binding="{names.POST}" Location="https://evil.example/" index="2"/>'
        ),
        "https://evil.example",
    ),
    "told elsewhere": (lambda: document().replace(LOGOUT, "https://evil.example/slo"), "https://evil.example"),
    "answered elsewhere": (
        lambda: document().replace(
            f'Location="{LOGOUT}"', f'Location="{LOGOUT}" ResponseLocation="https://evil.example/"'
        ),
        "https://evil.example",
    ),
    "no longer signed": (lambda: document(signs="false"), "ne signe plus"),
    "no key to check by": (lambda: without("signing"), "clé de signature"),
    "no longer encrypted": (lambda: without("encryption"), "clé de chiffrement"),
}


@pytest.mark.parametrize("name", WEAKER)
def test_what_makes_it_weaker_or_moves_it_waits_for_an_engineer(
    read_again: Callable[[str], ServiceProvider], name: str
) -> None:
    text, said = WEAKER[name]
    known = ServiceProvider.objects.get()
    provider = read_again(text())
    assert (provider.described, provider.metadata) == (known.described, known.metadata)
    assert said in provider.read_error
    assert french(provider.read_error) in learnt.about(provider).warnings[0]
    assert not AuditEvent.objects.filter(action="saml.metadata_read").exists()


def test_an_engineer_who_agrees_registers_it(read_again: Callable[[str], ServiceProvider], cast: Cast) -> None:
    read_again(document(consumer="https://new.example/acs"))
    define(cast.cotisations, {"url": URL})  # type: ignore[arg-type]
    provider = ServiceProvider.objects.get()
    assert provider.described["consumers"][0]["location"] == "https://new.example/acs"
    assert not provider.read_error


def test_keys_are_renewed_without_anybody_and_the_journal_says_what_changed(
    read_again: Callable[[str], ServiceProvider],
) -> None:
    provider = read_again(document(keys=keys("renewed"), consumer=f"{CONSUMER}/2"))
    assert provider.described["signing"] == [keys("renewed").certificate]
    event = AuditEvent.objects.get(action="saml.metadata_read")
    assert event.details["fields"] == ["consumers", "encryption", "signing"]


@pytest.mark.parametrize("answer", [200, 500])
def test_an_engineer_who_changes_it_while_it_is_read_is_not_undone(
    read_again: Callable[[str], ServiceProvider], monkeypatch: pytest.MonkeyPatch, cast: Cast, answer: int
) -> None:
    """The key at the address has leaked; the engineer pastes another description while the worker waits for it."""

    def slowly(_url: str, **_how: object) -> Answer:
        define(cast.cotisations, document(keys=keys("renewed")))
        return Answer(answer, "text/xml", document(consumer=f"{CONSUMER}/2").encode())

    monkeypatch.setattr(outbound, "get", slowly)
    with time_machine.travel(clock.now() + dt.timedelta(hours=7)):
        assert refreshing.refresh_due() == 0
    provider = ServiceProvider.objects.get()
    assert provider.described["signing"] == [keys("renewed").certificate]
    assert (provider.metadata_url, provider.read_error) == ("", "")
    assert not AuditEvent.objects.filter(action="saml.metadata_read").exists()


def test_one_that_breaks_the_reader_keeps_nobody_else_waiting(
    read_again: Callable[[str], ServiceProvider], monkeypatch: pytest.MonkeyPatch, cast: Cast
) -> None:
    define(cast.bip, metadata(entity="https://a.example/"))
    ServiceProvider.objects.filter(application=cast.bip).update(metadata_url="https://a.example/metadata")

    def broken(_content: bytes) -> None:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(metadata_in, "read", broken)
    with time_machine.travel(clock.now() + dt.timedelta(hours=7)):
        assert refreshing.refresh_due() == 0
    assert all(ServiceProvider.objects.values_list("read_error", flat=True))
