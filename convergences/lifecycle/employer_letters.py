"""The mails that tell référents what becomes of their employer."""

from typing import Any

from convergences.directory.models import Membership, Organization
from convergences.directory.names import at, of, with_article
from convergences.directory.staff import contact_line
from convergences.foundations.mail import compose
from convergences.foundations.outbox import Mail


def closed(member: Membership) -> Mail:
    """Return what tells a référent that their employer is closed."""
    return _compose("employer_closed", member)


def reopened(member: Membership) -> Mail:
    """Return what tells a référent that their employer is open again."""
    return _compose("employer_reopened", member)


def absorbed(member: Membership, remaining: Organization) -> Mail:
    """Return what tells a référent that another employer takes their agents over; they are référent no more."""
    other = {"other": with_article(remaining.name), "of_other": of(remaining.name), "at_other": at(remaining.name)}
    return _compose("employer_absorbed", member, contact_of=remaining, **other)


def grown(member: Membership, gone: Organization, *, agents: int) -> Mail:
    """Return what tells a référent that the agents of another employer are theirs from now on."""
    return _compose("employer_grown", member, agents=agents, of_other=of(gone.name), other=with_article(gone.name))


def _compose(name: str, member: Membership, *, contact_of: Organization | None = None, **more: Any) -> Mail:
    organization = member.organization
    context = {
        "member": member,
        "employer": with_article(organization.name),
        "of_employer": of(organization.name),
        "at_employer": at(organization.name),
        "key": organization.key,
        "contact": contact_line(contact_of or organization),
        **more,
    }
    return compose(f"lifecycle.{name}", member.email, f"lifecycle/mail/{name}", context)
