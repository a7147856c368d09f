"""What a campaign would send, shown before it leaves: to a first employer, with a link and a code that open nothing."""

from convergences.campaigns import addressing, mails
from convergences.campaigns.details import Filters
from convergences.campaigns.letters import preview
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


def letter(campaign: Campaign, organization: Organization) -> list[bytes]:
    """Return the two pages of the letter as this employer would receive it, as pictures."""
    sheet = addressing.sheet(_invitation(campaign, organization), CODE, addressing.applications_of(campaign))
    return preview(sheet, addressing.sender(), day=clock.today())


def _invitation(campaign: Campaign, organization: Organization) -> Invitation:
    return Invitation(campaign=campaign, organization=organization, reference=REFERENCE)
