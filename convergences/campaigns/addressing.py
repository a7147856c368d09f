"""From an employer in a campaign to what its letter says."""

from collections.abc import Collection

from django.conf import settings

from convergences.campaigns.details import paragraphs
from convergences.campaigns.letters import Sender, Sheet
from convergences.campaigns.models import Campaign, Invitation
from convergences.directory.models import Organization
from convergences.directory.staff import Contact, contacts


def sender() -> Sender:
    """Return the centre as its letters name it."""
    said = settings.CONFIGURATION
    address = tuple(line.strip() for line in said.center_address.split(",") if line.strip())
    town = [word for word in address[-1].split() if not word.isdigit() and word.casefold() != "cedex"]
    return Sender(
        name=said.center_name,
        address=address,
        email=said.support_email,
        dpo_email=said.dpo_email,
        place=" ".join(town),
    )


def applications_of(campaign: Campaign) -> tuple[str, ...]:
    """Return the names of the applications that a campaign's letters name."""
    return tuple(campaign.applications.order_by("name").values_list("name", flat=True))


def sheet(invitation: Invitation, code: str, applications: tuple[str, ...]) -> Sheet:
    """Return the letter of an employer."""
    [made] = sheets([(invitation, code)], applications)
    return made


def sheets(drawn: Collection[tuple[Invitation, str]], applications: tuple[str, ...]) -> list[Sheet]:
    """Return the letters of these employers, each with its code; reads campaigns and employers, loaded before.

    Each names who follows the employer today, or replaces them: one query for all.
    """
    followed = {invitation.organization.correspondent_id for invitation, _code in drawn}
    known = contacts([pk for pk in followed if pk is not None])
    return [
        _sheet(invitation, code, applications, known.get(invitation.organization.correspondent_id or 0))
        for invitation, code in drawn
    ]


def _sheet(invitation: Invitation, code: str, applications: tuple[str, ...], contact: Contact | None) -> Sheet:
    organization, campaign = invitation.organization, invitation.campaign
    return Sheet(
        organization=organization.name,
        siret=organization.siret,
        department=organization.department,
        addressee=(organization.name, *_lines(organization)),
        greeting=f"{greeting(organization.authority_title)},",
        reference=invitation.reference,
        code=code,
        url=f"{settings.BASE_URL}/designation?reference={invitation.reference}",
        deadline=campaign.deadline,
        paragraphs=paragraphs(campaign.letter_text),
        applications=applications,
        contact=_called(contact),
    )


def _called(contact: Contact | None) -> str:
    """Return whom the employer calls: somebody who answers, else the centre itself."""
    if contact is None or contact.is_away_alone:
        said = settings.CONFIGURATION
        return f"{said.center_name}, {said.support_email}"
    answering = contact.answering
    return ", ".join(part for part in (answering.full_name, answering.phone) if part)


def is_courteous(title: str) -> bool:
    """Tell « Madame la Maire », which may be said to her, from « Maire », which is only what she is."""
    return title.casefold().startswith(("madame", "monsieur"))


def greeting(title: str) -> str:
    """Return « Madame la Maire » as it is, and nobody called « Maire »."""
    return title if is_courteous(title) else "Madame, Monsieur"


def attention(organization: Organization) -> str:
    """Return whom a mail is for: « Madame la Maire, Inès Roy », « Inès Roy, Maire »; nothing when nobody is known."""
    title, name = organization.authority_title, organization.authority_name
    said = (title, name) if is_courteous(title) else (name, title)
    return ", ".join(part for part in said if part)


def _lines(organization: Organization) -> list[str]:
    address = organization.authority_address.replace("\n", ",").split(",")
    return [line for each in (organization.authority_title, *address) if (line := each.strip())]
