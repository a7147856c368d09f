"""Tickets: given when an agent enters, good once, for seconds, for the address that asked."""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.db import connection, transaction

from convergences.admission import services as admission
from convergences.admission.decisions import Enter
from convergences.admission.models import Visit
from convergences.audit.services import SYSTEM, About, Actor, record
from convergences.authentication.models import Session
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Membership
from convergences.foundations import clock
from convergences.foundations.sealing import digest, seal
from convergences.foundations.sql import rows, statements
from convergences.foundations.sql.one_text import one_text, values
from convergences.foundations.sql.prepared import Portion
from convergences.protocols.cas import lifetimes, queries
from convergences.protocols.cas.actions import Action
from convergences.protocols.cas.errors import InvalidTicket, InvalidTicketSpec, TicketOfAnotherService
from convergences.protocols.cas.models import RegisteredService, Ticket

SEALED_FOR = "cas-ticket"
_TICKET = Portion(Ticket, "id", "visit", "service", "proxies", "from_new_login", "expires_at")
# Found and spent at once: of two at the same instant, one is given the row.
_SPEND = f"""
    UPDATE cas_ticket SET used_at = %s, sealed = %s WHERE digest = %s AND used_at IS NULL
    RETURNING {one_text(_TICKET.each_column("cas_ticket"))}
"""  # noqa: S608 - made of the model's own names


@dataclass(frozen=True, slots=True)
class Asked:
    """For which address a ticket is, through which proxies, and whether the agent signed in for this very request."""

    service: str
    from_new_login: bool = False
    proxies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Presented:
    """A ticket brought by an application: the address it says it is for, and what it insists on."""

    ticket: str
    service: str
    renew: bool = False
    proxied: bool = False


@dataclass(frozen=True, slots=True)
class Entered:
    """Whom a ticket stands for, how they signed in, and for which application as CAS knows it."""

    ticket: Ticket
    decision: Enter
    session: Session
    service: RegisteredService


def enter(session: Session, application: Application, membership: Membership, asked: Asked, *, actor: Actor) -> str:
    """Write the visit and a ticket for it; return the ticket in clear, for the only time. Both or neither."""
    clear = f"{'PT' if asked.proxies else 'ST'}-{secrets.token_hex(32)}"
    with transaction.atomic():
        visit = admission.enter(session, application, membership, protocol=Protocol.CAS, actor=actor)
        now = clock.now()
        ticket = Ticket(
            digest=digest(clear),
            visit=visit,
            service=asked.service,
            proxies=list(asked.proxies),
            from_new_login=asked.from_new_login,
            given_at=now,
            expires_at=now + lifetimes.TICKET,
        )
        rows.insert(ticket)
    return clear


def validate(presented: Presented) -> Entered:
    """Spend a ticket, and return whom it stands for now; raises `CasRefusal`.

    Whatever is wrong, the ticket is spent (specification, section 2.5.2): a guess has one try.
    """
    now = clock.now()
    found = _spend(presented.ticket, now) if queries.is_plausible(presented.ticket) else None
    if found is None or now >= found.expires_at:
        raise InvalidTicket("The ticket is not recognized")
    if found.proxies and not presented.proxied:
        raise InvalidTicketSpec("A proxy ticket is validated at /cas/proxyValidate")
    if found.service != presented.service:
        raise TicketOfAnotherService("The ticket was given for another service")
    if presented.renew and not found.from_new_login:
        raise InvalidTicket("The ticket was not given after a new sign-in")
    behind = queries.behind(found.visit_id, now=now)
    decision = admission.decide_under(behind.under, now=now) if behind is not None else None
    if behind is None or not isinstance(decision, Enter):
        raise InvalidTicket("The agent may not enter any more")
    return Entered(found, decision, behind.session, behind.service)


def _spend(clear: str, now: dt.datetime) -> Ticket | None:
    """Return a ticket that was not spent, and now is; None for any other. One that comes again is journaled, once."""
    instant = connection.ops.adapt_datetimefield_value(now)
    found = statements.ask(_SPEND, [instant, seal(clear, use=SEALED_FOR), digest(clear)])
    if found:
        return _TICKET.made(values(found[0][0]))
    _record_replay(clear, now)
    return None


def _record_replay(clear: str, now: dt.datetime) -> None:
    # Whoever has an old ticket may insist: they fill no journal.
    if not Ticket.objects.filter(digest=digest(clear), replayed_at=None).update(replayed_at=now):
        return
    spent = queries.ticket(clear)
    if spent is None:
        return
    visit: Visit = spent.visit
    about = About(
        subject_id=visit.membership.agent_id,
        subject_label=visit.membership.full_name,
        organization_id=visit.membership.organization_id,
        application=visit.application.slug,
    )
    with transaction.atomic():
        record(Action.TICKET_REPLAYED, actor=SYSTEM, about=about)
