"""Proxying: an application that is allowed to calls others in the agent's name (sections 2.5.4 and 2.7)."""

import secrets
from http import HTTPStatus
from urllib.parse import urlencode

from convergences.admission import services as admission
from convergences.admission.decisions import Enter
from convergences.audit.services import Actor
from convergences.authentication.browsers import Browser, acting
from convergences.foundations import clock, outbound
from convergences.foundations.sealing import digest
from convergences.protocols.cas import addresses, queries
from convergences.protocols.cas.errors import InvalidProxyCallback, InvalidTicket, UnauthorizedServiceProxy
from convergences.protocols.cas.models import ProxyGrant, RegisteredService
from convergences.protocols.cas.services import tickets
from convergences.protocols.cas.services.tickets import Entered

MOST_PROXIES = 5


def grant(entered: Entered, callback: str) -> str:
    """Hand a proxy-granting ticket to an application's callback; return the name by which it was handed (PGTIOU).

    Raises `UnauthorizedServiceProxy` when the application may not be a proxy, `InvalidProxyCallback` when the address
    is not one that it registered, or does not answer 200.
    """
    service, proxies = entered.service, entered.ticket.proxies
    if not service.proxy or len(proxies) >= MOST_PROXIES:
        raise UnauthorizedServiceProxy("This service may not be a proxy")
    if not addresses.covers(service.proxy_callbacks or service.services, callback):
        raise InvalidProxyCallback("The callback is not one of this service's")
    clear, iou = f"PGT-{secrets.token_hex(32)}", f"PGTIOU-{secrets.token_hex(32)}"
    # Written first: the application may use it before its answer has come back.
    written = ProxyGrant.objects.create(
        digest=digest(clear), visit_id=entered.ticket.visit_id, proxies=[callback, *proxies], given_at=clock.now()
    )
    if not _hand(callback, {"pgtIou": iou, "pgtId": clear}):
        written.delete()
        raise InvalidProxyCallback("The callback did not answer")
    return iou


def _hand(callback: str, handed: dict[str, str]) -> bool:
    try:
        answer = outbound.get(f"{callback}{'&' if '?' in callback else '?'}{urlencode(handed)}")
    except outbound.OutboundError:
        return False
    return answer.status == HTTPStatus.OK


def ticket_for(clear: str, target: str, *, browser: Browser) -> str:
    """Return a proxy ticket for another application, if the agent may enter that one too; raises `CasRefusal`."""
    found = queries.proxy_grant(clear)
    if found is None or not isinstance(admission.decide_for_visit(found.visit, now=clock.now()), Enter):
        raise InvalidTicket("The proxy-granting ticket is not recognized")
    own, other = queries.service_of(found.visit.application_id), queries.service_at(target)
    if own is None or not own.proxy or other is None:
        raise UnauthorizedServiceProxy("This service may not ask for a ticket for that one")
    return _enter(found, other, target, acting(found.visit.session.agent, browser))


def _enter(found: ProxyGrant, other: RegisteredService, target: str, actor: Actor) -> str:
    session, organization = found.visit.session, found.visit.membership.organization
    # For the employer of the first visit: the agent chose it there, and is not here to be asked again.
    decision = admission.decide_for_session(session, other.application, organization=organization)
    if not isinstance(decision, Enter):
        raise UnauthorizedServiceProxy("The agent may not enter that service")
    asked = tickets.Asked(target, proxies=tuple(found.proxies))
    return tickets.enter(session, other.application, decision.membership, asked, actor=actor)
