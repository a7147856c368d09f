"""Suspending, closing, restoring an attachment; accepting or declining it; naming a référent.

Every verb acts on the membership of one employer; the account follows (`services.accounts.follow`).
"""

import dataclasses
import datetime as dt

from django.db import transaction

from convergences.audit.services import Actor
from convergences.directory import queries, rules
from convergences.directory.actions import Action
from convergences.directory.details import clean_text
from convergences.directory.errors import (
    AddressNotProved,
    NotWarranted,
    NotYours,
    TooLateToRestore,
    TooSoon,
    WrongState,
)
from convergences.directory.models import AgentState, Membership, Profile, Role
from convergences.directory.services import accounts, guards, locks
from convergences.directory.services.journal import tell
from convergences.foundations import clock

BETWEEN_INVITATIONS = dt.timedelta(minutes=10)


@transaction.atomic
def suspend(membership: Membership, *, reason: str, actor: Actor) -> Membership:
    """Withdraw an employer's accesses from a member, keeping rights and history; return the membership.

    Raises `WrongState` (suspended already), `LastReferent`, `OwnAccount`, `NotManaged`, `MembershipOver`.
    """
    held = locks.hold_open_membership(membership)
    guards.check_removes(actor, held)
    if held.suspended_at is not None:
        raise WrongState("Ce compte est déjà suspendu.")
    held.suspended_at = clock.now()
    held.suspension_reason = clean_text(reason, "Le motif", "reason")
    held.save(update_fields=["suspended_at", "suspension_reason"])
    tell(Action.MEMBER_SUSPENDED, held, actor=actor, reason=held.suspension_reason)
    held.agent = accounts.follow(held.agent_id)
    return held


@transaction.atomic
def reactivate(membership: Membership, *, actor: Actor) -> Membership:
    """Give a suspended member their accesses back; return the membership.

    Raises `WrongState` (not suspended), `OwnAccount`, `NotManaged`, `MembershipOver`.
    """
    held = locks.hold_open_membership(membership)
    guards.check_modifies(actor, held)
    if held.suspended_at is None:
        raise WrongState("Ce compte n'est pas suspendu.")
    held.suspended_at = None
    held.suspension_reason = ""
    held.save(update_fields=["suspended_at", "suspension_reason"])
    tell(Action.MEMBER_REACTIVATED, held, actor=actor)
    held.agent = accounts.follow(held.agent_id)
    return held


@transaction.atomic
def close(membership: Membership, *, actor: Actor) -> Membership:
    """End an attachment, which may be restored during 30 days; return it. A référent's designation ends with it.

    Raises `LastReferent`, `OwnAccount`, `NotManaged`, `MembershipOver`.
    """
    held = locks.hold_open_membership(membership)
    guards.check_removes(actor, held)
    profile = held.profile
    _close(held, by=actor.label)
    tell(Action.MEMBER_CLOSED, held, actor=actor, profile=profile)
    held.agent = accounts.follow(held.agent_id)
    return held


def _close(membership: Membership, *, by: str) -> None:
    membership.closed_at = clock.now()
    membership.closed_by = by[:200]
    membership.profile, membership.referent_until = Profile.USER, None
    membership.save(update_fields=["closed_at", "closed_by", "profile", "referent_until"])


@transaction.atomic
def restore(membership: Membership, *, actor: Actor) -> Membership:
    """Open again an attachment closed less than 30 days ago, as an Utilisateur's; return it.

    Raises `WrongState` (not closed), `TooLateToRestore`, `NotManaged`.
    """
    held = locks.hold_membership(membership)
    guards.check_manages(actor, held.organization)
    if held.closed_at is None:
        raise WrongState("Ce compte n'est pas supprimé.")
    agent = locks.hold_agent(held.agent_id)
    returned = Membership.objects.filter(
        agent=agent, organization_id=held.organization_id, closed_at__isnull=True
    ).exists()
    if returned or agent.state == AgentState.ERASED or not rules.may_restore(held, clock.now()):
        raise TooLateToRestore
    held.closed_at = None
    held.closed_by = ""
    held.agent = agent
    accounts.relabel(held)
    held.save()
    tell(Action.MEMBER_RESTORED, held, actor=actor)
    held.agent = accounts.follow(held.agent_id)
    return held


@transaction.atomic
def confirm(membership: Membership, *, actor: Actor) -> Membership:
    """Accept an attachment: from then on the employer sees who the agent is. Return the membership.

    The agent accepts for themself, signed in; an operator may vouch for them. Raises `NotYours`, `WrongState`,
    `AddressNotProved`, `MembershipOver`.
    """
    held = locks.hold_open_membership(membership)
    if actor.agent_id is not None:
        _check_answers(held, actor)
    if held.confirmed_at is not None:
        raise WrongState("Ce rattachement est déjà accepté.")
    if actor.agent_id is not None and not held.agent.address_is_proved:
        raise AddressNotProved
    held.confirmed_at = clock.now()
    accounts.relabel(held)
    held.save()
    tell(Action.ATTACHMENT_CONFIRMED, held, actor=actor)
    held.agent = accounts.follow(held.agent_id)
    return held


@transaction.atomic
def decline(membership: Membership, *, actor: Actor) -> Membership:
    """Refuse an attachment, and close it. Return it. Raises `NotYours`, `WrongState` (accepted already)."""
    held = locks.hold_open_membership(membership)
    _check_answers(held, actor)
    if held.confirmed_at is not None:
        raise WrongState("Ce rattachement est déjà accepté.")
    _close(held, by=held.full_name)
    tell(Action.ATTACHMENT_DECLINED, held, actor=veiled(actor, held))
    held.agent = accounts.follow(held.agent_id)
    return held


def veiled(actor: Actor, membership: Membership) -> Actor:
    """Return the agent who declines as the employer's journal may name them.

    The employer learns of the refusal, not the true name, address and browser of somebody who is none of theirs.
    """
    return dataclasses.replace(actor, label=membership.full_name, address="", browser="")


def _check_answers(membership: Membership, actor: Actor) -> None:
    guards.check_self(actor, membership.agent_id)
    if membership.agent.state != AgentState.ACTIVE:
        raise NotYours


@transaction.atomic
def invite(membership: Membership, *, actor: Actor, again: bool = False) -> Membership:
    """Open the first visit for 14 days, and note that an invitation leaves, `again` or not; return the membership.

    Raises `WrongState` (the agent has come already, or is suspended), `TooSoon`, `NotManaged`, `MembershipOver`.
    """
    held = locks.hold_open_membership(membership)
    guards.check_manages(actor, held.organization)
    if queries.state_of(held) != "invited":
        raise WrongState(
            "Ce compte n'attend pas d'invitation : l'agent s'est déjà connecté, ou son compte est suspendu."
        )
    if again and held.invited_at is not None and clock.now() - held.invited_at < BETWEEN_INVITATIONS:
        raise TooSoon
    held.invited_at = clock.now()
    held.save(update_fields=["invited_at"])
    agent = locks.hold_agent(held.agent_id)
    if agent.state == AgentState.INVITED:
        agent.invited_until = clock.today() + dt.timedelta(days=rules.INVITATION_DAYS)
        agent.save(update_fields=["invited_until"])
    held.agent = agent
    if again:
        tell(Action.INVITATION_SENT, held, actor=actor)
    return held


@transaction.atomic
def promote(membership: Membership, *, warrant: str, actor: Actor) -> Membership:
    """Make a member référent, on the warrant of an operator or a designation (DOMAIN, rule 4); return the membership.

    `warrant` says in a few words by what act; it stays in the journal. Raises `NotWarranted`, `MembershipOver`.
    """
    return _set_profile(membership, Profile.REFERENT, warrant=warrant, actor=actor)


@transaction.atomic
def demote(membership: Membership, *, warrant: str, actor: Actor) -> Membership:
    """End a référent's designation; return the membership. Raises `NotWarranted`, `MembershipOver`."""
    return _set_profile(membership, Profile.USER, warrant=warrant, actor=actor)


def _set_profile(membership: Membership, profile: Profile, *, warrant: str, actor: Actor) -> Membership:
    if not warrant.strip() or not guards.acts_for_the_centre(actor, Role.CORRESPONDENT):
        raise NotWarranted
    held = locks.hold_open_membership(membership)
    if held.profile == profile and held.referent_until is None:
        return held
    if not (held.is_referent and profile == Profile.REFERENT):  # else only the foreseen end is lifted
        held.referent_since = clock.now() if profile == Profile.REFERENT else None
    held.profile, held.referent_until = profile, None
    held.save(update_fields=["profile", "referent_since", "referent_until"])
    word = Action.REFERENT_NAMED if profile == Profile.REFERENT else Action.REFERENT_ENDED
    tell(word, held, actor=actor, warrant=warrant.strip()[:200])
    return held
