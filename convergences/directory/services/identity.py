"""Who an agent is: what an employer may change of it, and what the centre alone may."""

from typing import Any

from convergences.audit.services import About, Actor, record
from convergences.directory import rules, staff
from convergences.directory.actions import Action
from convergences.directory.details import AgentDetails
from convergences.directory.errors import EmailOutsideDomains, EmailTaken, EmailUnavailable, SharedIdentity
from convergences.directory.models import Agent, Membership, Role
from convergences.directory.services import accounts, addresses, guards, locks

FIELDS = ("civility", "given_name", "family_name", "email", "phone")


def seen(membership: Membership) -> dict[str, str]:
    """Return who the member is, as the employer sees it."""
    return {name: getattr(membership, name) for name in FIELDS}


def change(membership: Membership, clean: AgentDetails, *, actor: Actor, outside_domains_confirmed: bool) -> None:
    """Set on the membership, or on its agent, who the employer says the member is. The caller saves the membership."""
    if all(getattr(clean, name) == value for name, value in seen(membership).items()):
        return
    if clean.email != membership.email:
        _check_address(membership, clean, actor=actor, confirmed=outside_domains_confirmed)
    if membership.confirmed_at is None:
        _change_shown(membership, clean)
    elif rules.is_shared(membership) and not guards.acts_for_the_centre(actor, Role.CORRESPONDENT):
        raise SharedIdentity(staff.contact_named(membership.organization))
    else:
        _change_agent(membership, clean)


def _check_address(membership: Membership, clean: AgentDetails, *, actor: Actor, confirmed: bool) -> None:
    expected = rules.email_is_expected(clean.email, membership.organization)
    if not _in_use(membership):
        if not (confirmed or expected):
            raise EmailOutsideDomains(clean.email, membership.organization)
        return
    # Leading a used account to a mailbox outside the employer is a way to take it over; and answering « taken » or
    # « free » about any address would tell who has an account elsewhere.
    own = rules.email_in_domains(clean.email, membership.organization)
    if not own and not guards.acts_for_the_centre(actor, Role.CORRESPONDENT):
        raise EmailUnavailable(staff.contact_named(membership.organization))


def _in_use(membership: Membership) -> bool:
    return membership.confirmed_at is not None and membership.agent.activated_at is not None


def _change_shown(membership: Membership, clean: AgentDetails) -> None:
    former = membership.agent
    if clean.email == membership.shown_email:
        addresses.hang(membership, addresses.Holder(former, fresh=False), clean)
        return
    _lead_elsewhere(membership, clean)


def _change_agent(membership: Membership, clean: AgentDetails) -> None:
    agent = locks.hold_agent(membership.agent_id)
    membership.agent = agent
    if clean.email != agent.email:
        taken = addresses.find(clean.email)
        if taken is not None:
            addresses.check_unknown_here(taken, membership.organization)
        if taken is not None and not _in_use(membership):
            _lead_elsewhere(membership, clean)
            return
        if taken is not None or not addresses.give(agent, clean.email):
            raise EmailUnavailable(staff.contact_named(membership.organization))
    _write(agent, clean)
    accounts.relabel_all(agent)


def _lead_elsewhere(membership: Membership, clean: AgentDetails) -> None:
    """Lead an invitation that nobody has answered to another address: to the account of that address, or a new one."""
    former = membership.agent
    addresses.hang(membership, addresses.holder_for(clean, membership.organization), clean)
    membership.save()
    left = accounts.follow(former.pk)
    if left.activated_at is None and not left.memberships.exists():
        accounts.release(left)


def _write(agent: Agent, clean: AgentDetails) -> None:
    agent.civility = clean.civility
    agent.given_name = clean.given_name
    agent.family_name = clean.family_name
    agent.phone = clean.phone
    agent.save(update_fields=["civility", "given_name", "family_name", "phone"])


def correct(agent: Agent, details: AgentDetails, *, actor: Actor) -> tuple[str, ...]:
    """Change who an agent is, for all their employers; see `services.agents.correct`."""
    guards.check_centre(actor, Role.CORRESPONDENT)
    clean = details.cleaned()
    held = locks.hold_agent(agent.pk)
    before: dict[str, Any] = {name: getattr(held, name) for name in FIELDS}
    changed = tuple(name for name in FIELDS if getattr(clean, name) != before[name])
    if not changed:
        return ()
    if "email" in changed and (addresses.find(clean.email) is not None or not addresses.give(held, clean.email)):
        raise EmailTaken
    _write(held, clean)
    accounts.relabel_all(held)
    _tell_employers(held, actor=actor, fields=changed, former=before["email"] or "")
    return changed


def _tell_employers(agent: Agent, *, actor: Actor, fields: tuple[str, ...], former: str) -> None:
    employers = Membership.objects.filter(agent=agent, closed_at__isnull=True, confirmed_at__isnull=False)
    told: list[int | None] = [*employers.values_list("organization_id", flat=True)]
    for organization_id in told or [None]:
        about = About(subject_id=agent.pk, subject_label=agent.full_name, organization_id=organization_id)
        if "email" in fields:
            record(Action.EMAIL_CHANGED, actor=actor, about=about, former=former, new=agent.email)
        record(Action.AGENT_MODIFIED, actor=actor, about=about, fields=list(fields))
