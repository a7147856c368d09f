"""The way back of an agent who has lost every second factor: who may start it, its delay, its notices, its end.

Who answers for the agent starts it, and learns no secret: it opens nothing by itself, and nothing before a delay during
which the agent and the other référents are told, and may stop it. The agent finishes it (`recovering`).

A recovery stands as long as its ground does: the same mailbox, the same password, an employer who still answers for the
agent, somebody who could still start it today. What has changed is judged when it is used, and needs no one to notice.
"""

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from convergences.audit.queries import entries_about
from convergences.audit.services import SYSTEM, About, Actor, record
from convergences.authentication import limits, queries, recovery_letters
from convergences.authentication.actions import Action
from convergences.authentication.errors import TooManyAttempts
from convergences.authentication.identifiers import identifier_digest
from convergences.authentication.models import ChangeKind, Password, Recovery
from convergences.authentication.recovery_errors import (
    HelpedByOperators,
    HelpedByTheCentre,
    NoRecovery,
    NothingToRecover,
    PasswordFirst,
    RecoveryTooOften,
    RecoveryUnderWay,
)
from convergences.authentication.recovery_letters import Told
from convergences.authentication.services import attempts, changes, keeping, recovery_ends
from convergences.directory import queries as directory
from convergences.directory import rules, staff
from convergences.directory.actions import Action as DirectoryAction
from convergences.directory.errors import WrongState
from convergences.directory.models import Agent, Membership, Role
from convergences.directory.services import guards, locks
from convergences.foundations import clock, outbox
from convergences.foundations.errors import Refusal

LASTS = dt.timedelta(days=7)  # once it is open
ADDRESS_SETTLES = dt.timedelta(days=7)
_TENDED_AT_ONCE = 100


def start(membership: Membership, *, actor: Actor) -> Recovery:
    """Start a recovery for a member, told at once to the agent and to the other référents.

    Call it outside a transaction: what it counts must stay counted. Raises what `check_may_start` raises,
    `RecoveryUnderWay`, `RecoveryTooOften`, `MembershipOver`.
    """
    check_may_start(membership, actor=actor)
    try:
        attempts.take(limits.Source(limits.RECOVERIES, str(membership.agent_id)))
    except TooManyAttempts:
        raise RecoveryTooOften from None
    return _start(membership, actor)


@transaction.atomic
def _start(membership: Membership, actor: Actor) -> Recovery:
    held = locks.hold_open_membership(membership)
    agent = held.agent = locks.hold_agent(held.agent_id)
    check_may_start(held, actor=actor)
    if under_way(agent) is not None:
        raise RecoveryUnderWay
    recovery_ends.cancel(agent, why="replaced", actor=SYSTEM)
    now = clock.now()
    opens_at = now + dt.timedelta(hours=settings.CONFIGURATION.recovery_delay_hours)
    recovery = Recovery.objects.create(
        agent=agent,
        started_by_id=actor.agent_id,
        organization=held.organization,
        address_digest=identifier_digest(agent.email or ""),
        created_at=now,
        opens_at=opens_at,
        expires_at=opens_at + LASTS,
        told_open_at=now if opens_at <= now else None,
    )
    record(Action.RECOVERY_STARTED, actor=actor, about=about(recovery), opens_at=opens_at.isoformat())
    _tell(recovery, ChangeKind.RECOVERY_STARTED)
    return recovery


@transaction.atomic
def cancel(membership: Membership, *, actor: Actor) -> None:
    """Cancel the recovery of a member, and tell the agent. Raises `NoRecovery`, `NotManaged`, `OwnAccount`."""
    guards.check_modifies(actor, membership)
    agent = locks.hold_agent(membership.agent_id)
    recovery = under_way(agent)
    if recovery is None or recovery.organization_id != membership.organization_id:
        raise NoRecovery
    recovery_ends.cancel(agent, why="by_referent", actor=actor)
    outbox.post(recovery_letters.cancelled(told_of(recovery)))


def check_may_start(membership: Membership, *, actor: Actor) -> None:
    """Raise what stands against this actor's starting a recovery for this member.

    A référent helps the agents of their organization; a correspondant helps référents too, agents of several employers,
    and those whose mailbox was changed lately; operators help who holds a role at the centre. Nobody helps themself.

    Raises `NotManaged`, `OwnAccount`, `WrongState`, `NothingToRecover`, `PasswordFirst`, `HelpedByOperators`,
    `HelpedByTheCentre`.
    """
    guards.check_modifies(actor, membership)
    if directory.state_of(membership) != "active":
        raise WrongState("Ce compte n'est pas actif : réactivez-le d'abord.")
    agent = membership.agent
    if not queries.is_protected(agent.pk):
        raise NothingToRecover
    if queries.must_choose_a_password(agent):
        raise PasswordFirst
    if actor.agent_id is not None and staff.staff_roles_of(agent):
        raise HelpedByOperators
    if not guards.acts_for_the_centre(actor, Role.CORRESPONDENT) and _is_for_the_centre(membership):
        correspondent = staff.contact_of(membership.organization)
        answering = correspondent.answering if correspondent else None
        known = f"{answering.full_name} ({answering.email})" if answering else settings.CONFIGURATION.support_email
        raise HelpedByTheCentre(known)


def _is_for_the_centre(membership: Membership) -> bool:
    if membership.is_referent or keeping.must_keep_one(membership.agent):
        return True
    # Whoever may lead an account to a mailbox of their own, then be its way back, would be its master.
    lately = entries_about(membership.agent_id).filter(
        action=DirectoryAction.EMAIL_CHANGED.value, at__gt=clock.now() - ADDRESS_SETTLES
    )
    return rules.is_shared(membership) or not membership.agent.address_is_proved or lately.exists()


def under_way(agent: Agent) -> Recovery | None:
    """Return the agent's recovery, opened yet or not, if it still stands; None otherwise."""
    living = _living().filter(agent=agent, expires_at__gt=clock.now())
    recovery = living.select_related("agent", "organization", "started_by").first()
    return recovery if recovery is not None and stands(recovery) else None


def open_now(agent: Agent) -> Recovery:
    """Return the agent's recovery when it may be finished at this moment; raises `NoRecovery`."""
    recovery = under_way(agent)
    if recovery is None or recovery.opens_at > clock.now():
        raise NoRecovery
    return recovery


def stands(recovery: Recovery) -> bool:
    """Say whether the ground of a recovery is what it was when it was started.

    A password chosen since, or another address, may be those of who holds the mailbox alone.
    """
    agent, membership = recovery.agent, member_of(recovery)
    if membership is None or identifier_digest(agent.email or "") != recovery.address_digest:
        return False
    if Password.objects.filter(agent=agent, changed_at__gt=recovery.created_at).exists():
        return False
    starter = recovery.started_by
    try:
        check_may_start(membership, actor=Actor(starter.pk, starter.full_name) if starter else SYSTEM)
    except Refusal:
        return False
    return True


def member_of(recovery: Recovery) -> Membership | None:
    """Return the agent's attachment to the employer who started it, if it counts today."""
    held = Membership.objects.filter(directory.current(clock.today()), agent=recovery.agent_id)
    rows = held.filter(organization=recovery.organization_id)
    return rows.select_related("agent", "organization").first()


def tend() -> int:
    """Tell who must know that a recovery is now possible; end what is over. For the worker: returns how many."""
    now = clock.now()
    due = _living().filter(Q(expires_at__lte=now) | Q(told_open_at__isnull=True, opens_at__lte=now))
    found = list(due.order_by("pk").values_list("pk", "agent_id")[:_TENDED_AT_ONCE])
    return sum(_tended(pk, agent_id) for pk, agent_id in found)


@transaction.atomic
def _tended(pk: int, agent_id: int) -> bool:
    agent = locks.hold_agent(agent_id)
    recovery = under_way(agent)
    if recovery is None:
        return recovery_ends.cancel(agent, why="over", actor=SYSTEM)
    if not Recovery.objects.filter(pk=pk, told_open_at=None).update(told_open_at=clock.now()):
        return False  # another worker was quicker
    record(Action.RECOVERY_OPENED, actor=SYSTEM, about=about(recovery))
    _tell(recovery, ChangeKind.RECOVERY_OPENED)
    return True


def tell_others(recovery: Recovery, kind: ChangeKind) -> None:
    """Write to the référents who neither asked for it nor are helped by it, or to the correspondant."""
    for mail in recovery_letters.others(kind, told_of(recovery), _others(recovery)):
        outbox.post(mail)


def _tell(recovery: Recovery, kind: ChangeKind) -> None:
    told = told_of(recovery)
    actor = Actor(recovery.started_by_id, told.asker)
    _change, token = changes.noted(recovery.agent, kind, actor=actor)
    outbox.post(recovery_letters.agent(kind, told, token))
    tell_others(recovery, kind)


def told_of(recovery: Recovery) -> Told:
    """Return a recovery as the mails say it."""
    membership = member_of(recovery)
    blocked = not queries.has_second_factor(recovery.agent_id)
    return Told(recovery, _asker(recovery), str(membership.uid) if membership else "", blocked)


def _asker(recovery: Recovery) -> str:
    """Return who started it, as the agent and the référents read it: an operator is the centre to them."""
    return recovery.started_by.full_name if recovery.started_by else settings.CONFIGURATION.center_name


def _others(recovery: Recovery) -> list[Agent]:
    known = {recovery.agent_id, recovery.started_by_id}
    referents = [member.agent for member in directory.referents_of(recovery.organization_id)]
    others = [agent for agent in referents if agent.pk not in known]
    return others or [agent for agent in staff.told_of(recovery.organization) if agent.pk not in known]


def _living() -> QuerySet[Recovery]:
    return Recovery.objects.filter(finished_at__isnull=True, cancelled_at__isnull=True)


def about(recovery: Recovery) -> About:
    """Return what the journal says a recovery is about: the agent, in the organization whose référents read it."""
    agent = recovery.agent
    return About(subject_id=agent.pk, subject_label=agent.full_name, organization_id=recovery.organization_id)
