"""What these tests do again and again: write a right, a session, a visit; ask the decision."""

import datetime as dt
from typing import Any

from convergences.admission import services as admission
from convergences.admission.decisions import Decision, Enter, Refuse, SessionAssurance, StepUp
from convergences.admission.models import Visit
from convergences.audit.services import SYSTEM
from convergences.authentication.models import Session
from convergences.catalog.models import Application
from convergences.directory.models import Agent, Membership
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from tests.cast import LONG_AGO

PASSWORD_ONLY = SessionAssurance(factors=("pwd",), authenticated_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))


def entitle(membership: Membership, application: Application, *roles: str, **fields: Any) -> Entitlement:
    """Write a right, since long ago and without end unless told otherwise."""
    base: dict[str, Any] = {"starts_on": LONG_AGO, "granted_at": clock.now(), "roles": list(roles or ("reader",))}
    return Entitlement.objects.create(
        membership=membership, organization=membership.organization, application=application, **{**base, **fields}
    )


def ask(
    membership: Membership,
    application: Application,
    *,
    assurance: SessionAssurance = PASSWORD_ONLY,
    now: dt.datetime | None = None,
) -> Enter | Refuse | StepUp:
    """Ask the one decision for this membership's agent and employer."""
    instant = now or clock.now()
    return admission.decide(membership.agent, application, membership.organization, now=instant, assurance=assurance)


def refused(decision: Decision) -> Refuse:
    """The decision, which must be a refusal."""
    assert isinstance(decision, Refuse), decision
    return decision


def reason(membership: Membership, application: Application, **how: Any) -> str:
    """The reason of the refusal."""
    return refused(ask(membership, application, **how)).reason.value


def sentence(membership: Membership, application: Application, **how: Any) -> str:
    """The sentence of the refusal, with plain spaces."""
    return refused(ask(membership, application, **how)).sentence.replace("\u00a0", " ")


def session_of(agent: Agent, *, second_factor: bool = False, **fields: Any) -> Session:
    """Write a session, alive unless told otherwise."""
    now = clock.now()
    base: dict[str, Any] = {
        "token_digest": f"{agent.pk}-{Session.objects.count()}",
        "factors": ["pwd"],
        "authenticated_at": now,
        "second_factor_at": now if second_factor else None,
        "created_at": now,
        "last_seen_at": now,
        "idle_at": now + dt.timedelta(hours=1),
        "expires_at": now + dt.timedelta(hours=10),
    }
    return Session.objects.create(agent=agent, **{**base, **fields})


def visit(membership: Membership, application: Application, *, protocol: str = "oidc", **session: Any) -> Visit:
    """Enter the application in a new session."""
    opened = session_of(membership.agent, **session)
    return admission.enter(opened, application, membership, protocol=protocol, actor=SYSTEM)
