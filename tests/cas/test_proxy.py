"""Proxy tickets: specification, sections 2.5.4, 2.6 and 2.7."""

import datetime as dt
import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client as Browser

from convergences.entitlements.models import Entitlement
from convergences.foundations import clock, outbound
from convergences.foundations.outbound import Answer, Unreachable
from convergences.protocols.cas.models import ProxyGrant, Ticket
from convergences.protocols.cas.services import proxies
from tests.cas.serving import CALLBACK, CAS, Peer, define, xml
from tests.cast import Cast
from tests.home.rights import give

pytestmark = pytest.mark.database
TARGET = "https://bip.example/api"


class Callbacks:
    """What the application's callback hears, and answers."""

    def __init__(self) -> None:
        self.heard: list[dict[str, str]] = []
        self.status = 200
        self.down = False

    def get(self, url: str, *, accept: str = "*/*") -> Answer:
        if self.down:
            raise Unreachable("down")
        self.heard.append({name: values[0] for name, values in parse_qs(urlsplit(url).query).items()})
        return Answer(self.status, "text/plain", b"")


@pytest.fixture
def callbacks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callbacks]:
    heard = Callbacks()
    monkeypatch.setattr(outbound, "get", heard.get)
    return heard


@pytest.fixture
def proxying(cast: Cast) -> Peer:
    """Net-Cotisations, which may call BIP; Claire may open both."""
    give(cast.claire, cast.cotisations)
    give(cast.claire, cast.bip)
    define(cast.cotisations, proxy=True)
    define(cast.bip, services=["https://bip.example/*"])
    return Peer()


def granted(peer: Peer, browser: Browser, callbacks: Callbacks) -> str:
    """Return a proxy-granting ticket."""
    answer = peer.validated(peer.ticket(browser), pgtUrl=CALLBACK)["authenticationSuccess"]
    assert answer["proxyGrantingTicket"] == callbacks.heard[-1]["pgtIou"]
    return callbacks.heard[-1]["pgtId"]


def proxied(peer: Peer, pgt: str, target: str = TARGET) -> dict[str, dict[str, str]]:
    """Return what the server answers to a request for a proxy ticket."""
    answer = peer.ask("proxy", pgt=pgt, targetService=target, format="JSON")
    content: dict[str, dict[str, str]] = json.loads(answer.content)["serviceResponse"]
    return content


def test_a_proxy_calls_another_in_the_agent_s_name(proxying: Peer, claire: Browser, callbacks: Callbacks) -> None:
    ticket = proxied(proxying, granted(proxying, claire, callbacks))["proxySuccess"]["proxyTicket"]
    assert ticket.startswith("PT-")
    other = Peer(TARGET)
    success = xml(other.ask("p3/proxyValidate", ticket=ticket, service=TARGET)).find(f"{CAS}authenticationSuccess")
    assert success is not None
    assert success.findtext(f"{CAS}user") == "claire.nguyen@pantin.example"
    assert [proxy.text for proxy in success.findall(f"{CAS}proxies/{CAS}proxy")] == [CALLBACK]


def test_a_proxy_ticket_is_no_service_ticket(proxying: Peer, claire: Browser, callbacks: Callbacks) -> None:
    """2.5.3, INVALID_TICKET_SPEC: an application that knows no proxy is not fooled by one."""
    ticket = proxied(proxying, granted(proxying, claire, callbacks))["proxySuccess"]["proxyTicket"]
    assert Peer(TARGET).refusal(ticket, "serviceValidate") == "INVALID_TICKET_SPEC"


def test_an_application_that_is_no_proxy_gets_no_grant(
    cotisations: Peer, claire: Browser, callbacks: Callbacks
) -> None:
    assert cotisations.refusal(cotisations.ticket(claire), pgtUrl=CALLBACK) == "UNAUTHORIZED_SERVICE_PROXY"
    assert not callbacks.heard


@pytest.mark.parametrize("callback", ["https://evil.example/", "http://169.254.169.254/", "https://bip.example/x"])
def test_a_callback_that_is_not_its_own_is_never_called(
    proxying: Peer, claire: Browser, callbacks: Callbacks, callback: str
) -> None:
    assert proxying.refusal(proxying.ticket(claire), pgtUrl=callback) == "INVALID_PROXY_CALLBACK"
    assert not callbacks.heard


def test_a_callback_that_fails_leaves_no_grant(proxying: Peer, claire: Browser, callbacks: Callbacks) -> None:
    callbacks.status = 404
    assert proxying.refusal(proxying.ticket(claire), pgtUrl=CALLBACK) == "INVALID_PROXY_CALLBACK"
    callbacks.down = True
    assert proxying.refusal(proxying.ticket(claire), pgtUrl=CALLBACK) == "INVALID_PROXY_CALLBACK"
    assert not ProxyGrant.objects.exists()


def test_a_right_on_the_other_application_is_asked_for(proxying: Peer, claire: Browser, callbacks: Callbacks) -> None:
    pgt = granted(proxying, claire, callbacks)
    Entitlement.objects.filter(application__slug="bip").delete()
    assert proxied(proxying, pgt)["proxyFailure"]["code"] == "UNAUTHORIZED_SERVICE_PROXY"


def test_a_grant_dies_with_the_right_of_the_proxy(proxying: Peer, claire: Browser, callbacks: Callbacks) -> None:
    pgt = granted(proxying, claire, callbacks)
    Entitlement.objects.filter(application__slug="net-cotisations").delete()
    assert proxied(proxying, pgt)["proxyFailure"]["code"] == "INVALID_TICKET"


def test_a_grant_dies_with_the_session(proxying: Peer, claire: Browser, callbacks: Callbacks) -> None:
    pgt = granted(proxying, claire, callbacks)
    with time_machine.travel(clock.now() + dt.timedelta(hours=2)):
        assert proxied(proxying, pgt)["proxyFailure"]["code"] == "INVALID_TICKET"


@pytest.mark.parametrize("target", ["https://evil.example/", "https://bip.example.evil/api", ""])
def test_no_ticket_for_an_address_that_is_nobody_s(
    proxying: Peer, claire: Browser, callbacks: Callbacks, target: str
) -> None:
    assert "proxyFailure" in proxied(proxying, granted(proxying, claire, callbacks), target)


def test_an_invented_grant_is_refused(proxying: Peer) -> None:
    assert proxied(proxying, "PGT-0")["proxyFailure"]["code"] == "INVALID_TICKET"
    assert proxied(proxying, "")["proxyFailure"]["code"] == "INVALID_REQUEST"


def test_a_chain_of_proxies_has_an_end(proxying: Peer, claire: Browser, callbacks: Callbacks) -> None:
    """Each link is told the next, and each answer names them all."""
    ticket = proxying.ticket(claire)
    chain = [f"https://proxy.example/{number}" for number in range(proxies.MOST_PROXIES)]
    Ticket.objects.update(proxies=chain)
    assert proxying.refusal(ticket, "p3/proxyValidate", pgtUrl=CALLBACK) == "UNAUTHORIZED_SERVICE_PROXY"
    assert not callbacks.heard
    another = proxying.ticket(claire)
    Ticket.objects.filter(used_at__isnull=True).update(proxies=chain[1:])
    assert "authenticationSuccess" in proxying.validated(another, "p3/proxyValidate", pgtUrl=CALLBACK)
