"""Creating an agent, changing who they are and where they work, opening and noting their visits."""

import datetime as dt
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from convergences.audit.services import Actor
from convergences.directory import rules
from convergences.directory.actions import Action
from convergences.directory.details import AgentDetails
from convergences.directory.errors import AlreadyMember, DatesInDisorder, EmailOutsideDomains
from convergences.directory.models import Agent, AgentState, Membership, Organization
from convergences.directory.services import accounts, addresses, guards, identity, locks
from convergences.directory.services.journal import tell
from convergences.foundations import clock


@transaction.atomic
def create(
    details: AgentDetails, *, organization: Organization, actor: Actor, outside_domains_confirmed: bool = False
) -> Membership:
    """Create an agent of the organization and return the membership.

    An address unknown so far makes an invited account. The address of an account that exists for another employer
    makes an attachment which the agent will accept or decline; the answer is the same.

    Raises `InvalidField`, `EmailOutsideDomains` (to be confirmed), `AlreadyMember`, `RecentlyDeleted`, `NotManaged`.
    """
    organization = locks.hold_organization(organization.pk)  # it may be absorbed by another at this very instant
    guards.check_manages(actor, organization)
    clean = details.cleaned()
    if clean.ends_on and clean.ends_on < clock.today():
        raise DatesInDisorder("La date de fin est déjà passée.", field="ends_on")
    if not (outside_domains_confirmed or rules.email_is_expected(clean.email, organization)):
        raise EmailOutsideDomains(clean.email, organization)
    membership = Membership(
        organization=organization,
        job_title=clean.job_title,
        department=clean.department,
        starts_on=clean.starts_on or clock.today(),
        ends_on=clean.ends_on,
        created_at=clock.now(),
        created_by=actor.label[:200],
    )
    _check_dates(membership)
    holder = addresses.holder_for(clean, organization)
    addresses.hang(membership, holder, clean)
    _insert(membership)
    membership.agent = accounts.follow(holder.agent.pk)
    tell(Action.AGENT_CREATED, membership, actor=actor)
    return membership


def _insert(membership: Membership) -> None:
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError:
        known = Membership.objects.select_related("agent", "organization").get(
            agent=membership.agent, organization=membership.organization, closed_at__isnull=True
        )
        raise AlreadyMember(known) from None


def _check_dates(membership: Membership) -> None:
    if membership.ends_on and membership.ends_on < membership.starts_on:
        raise DatesInDisorder("La date de fin précède la date de début.", field="ends_on")


@dataclass(frozen=True, slots=True)
class Changes:
    """What `modify` did: the membership as it is now, the fields that changed, the former address if it changed.

    `moved`: the invitation now leads to another account, which has received none.
    """

    membership: Membership
    fields: tuple[str, ...]
    former_email: str = ""
    moved: bool = False


@transaction.atomic
def modify(
    membership: Membership, details: AgentDetails, *, actor: Actor, outside_domains_confirmed: bool = False
) -> Changes:
    """Change an agent's sheet as their employer may, and tell what changed. No date typed: `starts_on` stays.

    Department, job and dates always; name, address and telephone while the agent works for no other employer.

    Raises `InvalidField`, `EmailOutsideDomains`, `AlreadyMember`, `RecentlyDeleted`, `EmailUnavailable`,
    `SharedIdentity`, `LastReferent`, `OwnAccount`, `NotManaged`, `MembershipOver`.
    """
    held = locks.hold_open_membership(membership)
    guards.check_modifies(actor, held)
    clean = details.cleaned()
    before = identity.seen(held)
    former_agent = held.agent_id
    identity.change(held, clean, actor=actor, outside_domains_confirmed=outside_domains_confirmed)
    changed = [name for name, value in identity.seen(held).items() if value != before[name]]
    changed += _move(held, clean, actor=actor)
    if not changed:
        return Changes(held, ())
    accounts.relabel(held)
    held.save()
    held.agent = accounts.follow(held.agent_id)
    former_email = before["email"] if "email" in changed else ""
    if former_email:
        tell(Action.EMAIL_CHANGED, held, actor=actor, former=former_email, new=held.email)
    tell(Action.AGENT_MODIFIED, held, actor=actor, fields=changed)
    return Changes(held, tuple(changed), former_email, moved=held.agent_id != former_agent)


def _move(membership: Membership, clean: AgentDetails, *, actor: Actor) -> list[str]:
    """Set where the agent works, from when, until when; return the fields that changed."""
    wanted = {
        "job_title": clean.job_title,
        "department": clean.department,
        "starts_on": clean.starts_on or membership.starts_on,
        "ends_on": clean.ends_on,
    }
    changed = [name for name, value in wanted.items() if value != getattr(membership, name)]
    for name in changed:
        setattr(membership, name, wanted[name])
    _check_dates(membership)
    if {"starts_on", "ends_on"} & set(changed):
        _check_referent_dates(membership, actor)
    return changed


def _check_referent_dates(membership: Membership, actor: Actor) -> None:
    today = clock.today()
    if membership.starts_on > today or (membership.ends_on and membership.ends_on < today):
        guards.check_keeps_a_referent(actor, membership)
    elif membership.ends_on:
        guards.check_keeps_a_referent(actor, membership, beyond=membership.ends_on)


@transaction.atomic
def correct(agent: Agent, details: AgentDetails, *, actor: Actor) -> tuple[str, ...]:
    """Change who an agent is, as the centre alone may when several employers share them; return the fields changed.

    Raises `InvalidField`, `EmailTaken`, `ForTheCentre` (neither an operator nor a correspondant).
    """
    return identity.correct(agent, details, actor=actor)


@transaction.atomic
def activate(agent: Agent, *, actor: Actor) -> Agent:
    """Open an invited account, whose mailbox has just been proved by a first visit; return it."""
    held = locks.hold_agent(agent.pk)
    if held.state != AgentState.INVITED:
        return held
    held.state = AgentState.ACTIVE
    held.activated_at = held.activated_at or clock.now()
    held.invited_until = None
    held.save(update_fields=["state", "activated_at", "invited_until"])
    accepted = Membership.objects.filter(agent=held, closed_at__isnull=True, confirmed_at__isnull=False)
    for membership in accepted.select_related("agent"):
        tell(Action.AGENT_ACTIVATED, membership, actor=actor)
    return held


def prove_address(agent: Agent) -> None:
    """Note that the agent has just shown that they read the mailbox of their present address."""
    if agent.address_changed_at is not None:
        agent.address_changed_at = None
        agent.save(update_fields=["address_changed_at"])


def note_sign_in(agent: Agent, at: dt.datetime) -> None:
    """Keep when the agent last signed in (the journal is authentication's)."""
    Agent.objects.filter(pk=agent.pk).update(last_sign_in_at=at)
    agent.last_sign_in_at = at
