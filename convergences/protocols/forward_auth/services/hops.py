"""From the portal to the application's own address: a code that the browser carries, changed once for a cookie."""

import secrets
from dataclasses import dataclass

from django.db import transaction

from convergences.admission import services as admission
from convergences.admission.models import Visit
from convergences.audit.services import SYSTEM, About, Actor, record
from convergences.authentication.models import Session
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Membership
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.protocols.forward_auth import lifetimes
from convergences.protocols.forward_auth.actions import Action
from convergences.protocols.forward_auth.models import HopCode, Pass

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Way:
    """Where a hop leads: which registration, which host, and the browser that set out (`HopCode.state`)."""

    gate_id: int
    host: str
    state: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What a browser brings to a host: the code, what it has held since it set out, the cookie that it already has."""

    code: str
    host: str
    way: str
    token: str = ""


def issue(session: Session, application: Application, membership: Membership, way: Way, *, actor: Actor) -> str:
    """Write the visit and a code that leads to it; return the code in clear, for the only time. Both or neither."""
    clear = secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        visit = admission.enter(session, application, membership, protocol=Protocol.GATE, actor=actor)
        now = clock.now()
        HopCode.objects.create(
            digest=digest(clear),
            visit=visit,
            gate_id=way.gate_id,
            host=way.host,
            state=way.state,
            given_at=now,
            expires_at=now + lifetimes.HOP,
        )
    return clear


def redeem(brought: Brought) -> str | None:
    """Spend a code; return the content of the host's cookie, or None when the code is not good here.

    One statement decides: brought twice at once, one wins. A browser that did not set out for it spends it all the
    same: somebody may have been sent to the portal with the state of a thief, who would find the code in a log.
    """
    with transaction.atomic():
        code = HopCode.objects.filter(digest=digest(brought.code), host=brought.host)
        now = clock.now()
        is_first = code.filter(used_at__isnull=True, expires_at__gt=now).update(used_at=now)
        if is_first and brought.way and code.filter(state=digest(brought.way)).exists():
            return _pass(code.select_related("visit").get(), brought.token)
        if is_first or code.filter(used_at__isnull=False, replayed_at=None).update(replayed_at=now):
            spent = code.select_related("visit__membership", "visit__application").get()
            _record(spent.visit, Action.HOP_STRAYED if is_first else Action.HOP_REPLAYED)
    return None


def _pass(code: HopCode, held: str) -> str:
    # The cookie serves every application of its host, as long as it is the same session's: another's is not joined.
    joined = Pass.objects.filter(digest=digest(held), host=code.host, visit__session=code.visit.session_id)
    token = held if held and joined.exists() else secrets.token_urlsafe(SECRET_BYTES)
    Pass.objects.update_or_create(
        digest=digest(token),
        gate_id=code.gate_id,
        defaults={"visit": code.visit, "host": code.host, "given_at": clock.now()},
    )
    return token


def _record(visit: Visit, word: Action) -> None:
    about = About(
        subject_id=visit.membership.agent_id,
        subject_label=visit.membership.full_name,
        organization_id=visit.membership.organization_id,
        application=visit.application.slug,
    )
    record(word, actor=SYSTEM, about=about)
