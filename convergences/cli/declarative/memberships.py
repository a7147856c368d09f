"""Attachments of an agent, and the rights that each gives."""

from collections.abc import Callable
from typing import Any

from convergences.cli.declarative.entries import EntitlementEntry, MembershipEntry
from convergences.cli.declarative.run import Item, Run
from convergences.directory.details import AgentDetails
from convergences.directory.models import Agent, Membership, Organization, Profile
from convergences.directory.services import agents
from convergences.directory.services import memberships as verbs
from convergences.entitlements import services as rights
from convergences.entitlements.models import Entitlement
from convergences.entitlements.terms import Terms

REASON = "déclaré dans un fichier"
FIELDS = ("job_title", "department", "starts_on", "ends_on")
Details = Callable[..., AgentDetails]


def bring(run: Run, item: Item[MembershipEntry], *, details: Details, agent: Agent | None) -> Membership:
    """Create or modify one attachment, then its rights, and return it.

    `details` completes who the agent is with where they work.
    """
    organization = run.organization(item.entry.organization, "organization")
    present = _open(agent, organization)
    held = _open_rights(present) if present else {}
    if present is None:
        where = {name: item.merged({})[name] for name in FIELDS}
        membership = agents.create(
            details(**where), organization=organization, actor=run.actor, outside_domains_confirmed=True
        )
        run.plan.created("membership", f"{_name(membership)} ({item.entry.profile})")
    else:
        membership = _modify(run, item, present, details)
    if membership.confirmed_at is None:
        membership = verbs.confirm(membership, actor=run.actor)
    membership = _bring_profile(run, item.entry, membership, new=present is None)
    for index, entry in enumerate(item.entry.entitlements):
        inside = item.inside(entry, "entitlements", index)
        with run.applying(inside):
            _bring_right(run, inside, membership, held)
    return _bring_suspension(run, item.entry, membership)


def values(membership: Membership) -> dict[str, Any]:
    """Return what a file says of where an agent works."""
    return {name: getattr(membership, name) for name in FIELDS}


def _open(agent: Agent | None, organization: Organization) -> Membership | None:
    opened = Membership.objects.filter(agent=agent, organization=organization, closed_at__isnull=True)
    return opened.select_related("agent", "organization").first() if agent else None


def _open_rights(membership: Membership) -> dict[int, Entitlement]:
    opened = Entitlement.objects.filter(membership=membership, closed_at__isnull=True)
    return {right.application_id: right for right in opened.select_related("membership", "application")}


def _name(membership: Membership) -> str:
    return f"{membership.agent.email} à {membership.organization.key}"


def _modify(run: Run, item: Item[MembershipEntry], membership: Membership, details: Details) -> Membership:
    before = values(membership)
    wanted = item.merged(before)
    changes = agents.modify(
        membership,
        details(**{name: wanted[name] for name in FIELDS}),
        actor=run.actor,
        outside_domains_confirmed=True,
    )
    run.plan.changed("membership", _name(membership), before, values(changes.membership))
    return changes.membership


def _bring_profile(run: Run, entry: MembershipEntry, membership: Membership, *, new: bool) -> Membership:
    if "profile" not in entry.model_fields_set or entry.profile == membership.profile:
        return membership
    verb = verbs.promote if entry.profile == Profile.REFERENT else verbs.demote
    before = membership.profile
    membership = verb(membership, warrant=REASON, actor=run.actor)
    if not new:
        run.plan.changed("membership", _name(membership), {"profile": before}, {"profile": entry.profile})
    return membership


def _bring_right(run: Run, item: Item[EntitlementEntry], membership: Membership, held: dict[int, Entitlement]) -> None:
    application = run.application(item.entry.application, "application")
    present = held.get(application.pk)
    before = right_values(present) if present else {}
    wanted = item.merged(before)
    terms = Terms(roles=tuple(wanted["roles"]), ends_on=wanted["ends_on"], reason=REASON)
    name = f"{_name(membership)} sur {application.slug}"
    if present is None:
        rights.grant(membership, application, terms=terms, giver=None, actor=run.actor)
        run.plan.created("entitlement", name)
    elif (sorted(terms.roles), terms.ends_on) != (sorted(present.roles), present.ends_on):
        changed = rights.change(present, terms=terms, giver=None, actor=run.actor)
        run.plan.changed("entitlement", name, before, right_values(changed))


def right_values(right: Entitlement) -> dict[str, Any]:
    """Return what a file says of a right."""
    return {"roles": right.roles, "ends_on": right.ends_on}


def _bring_suspension(run: Run, entry: MembershipEntry, membership: Membership) -> Membership:
    before = membership.suspended_at is not None
    if "suspended" not in entry.model_fields_set or entry.suspended == before:
        return membership
    run.plan.changed("membership", _name(membership), {"suspended": before}, {"suspended": entry.suspended})
    if entry.suspended:
        return verbs.suspend(membership, reason=REASON, actor=run.actor)
    return verbs.reactivate(membership, actor=run.actor)
