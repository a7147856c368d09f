"""What a campaign would send, shown before it leaves: to a first employer, with a link and a code that open nothing."""

from convergences.campaigns import mails
from convergences.campaigns.details import Filters, paragraphs
from convergences.campaigns.letters import Sender, Sheet, preview
from convergences.campaigns.models import Campaign, Invitation
from convergences.campaigns.queries import audience
from convergences.directory.models import Organization
from convergences.foundations import clock
from convergences.foundations.outbox import Mail

REFERENCE, CODE, TOKEN = "XXXX-XXXX", "XXXX-XXXX-XXXX", "exemple"


def example(campaign: Campaign) -> Organization | None:
    """Return the first employer that the campaign would ask, one with an official address if there is any."""
    asked = audience(Filters.kept(campaign.filters)).select_related("correspondent")
    return asked.exclude(authority_email="").order_by("name_key", "pk").first() or asked.order_by("name_key").first()


def mail(campaign: Campaign, organization: Organization) -> Mail:
    """Return the mail as this employer would receive it."""
    return mails.invitation(_invitation(campaign, organization), TOKEN)


def letter(campaign: Campaign, organization: Organization, sender: Sender, *, base_url: str) -> list[bytes]:
    """Return the two pages of the letter as this employer would receive it, as pictures."""
    greeting = organization.authority_title or "Madame, Monsieur"
    sheet = Sheet(
        organization=organization.name,
        siret=organization.siret,
        department=organization.department,
        addressee=(organization.name, *_lines(organization)),
        greeting=f"{greeting},",
        reference=REFERENCE,
        code=CODE,
        url=f"{base_url}/designation?reference={REFERENCE}",
        deadline=campaign.deadline,
        paragraphs=paragraphs(campaign.letter_text),
        applications=tuple(campaign.applications.order_by("name").values_list("name", flat=True)),
    )
    return preview(sheet, sender, day=clock.today())


def _invitation(campaign: Campaign, organization: Organization) -> Invitation:
    return Invitation(campaign=campaign, organization=organization, reference=REFERENCE)


def _lines(organization: Organization) -> list[str]:
    address = organization.authority_address.replace("\n", ",").split(",")
    return [line for each in (organization.authority_title, *address) if (line := each.strip())]
