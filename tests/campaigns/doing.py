"""What the tests of campaigns do again and again."""

import datetime as dt
from typing import Any

from convergences.audit.services import Actor
from convergences.campaigns.details import CampaignDetails
from convergences.campaigns.models import Campaign
from convergences.campaigns.services import mailing, preparing
from convergences.directory.models import Membership
from convergences.foundations import clock
from tests.cast import Cast


def acting(member: Membership) -> Actor:
    """Return the journal's actor for a member."""
    return Actor(agent_id=member.agent_id, label=member.agent.full_name)


def details(**fields: Any) -> CampaignDetails:
    """Return a campaign that is right in all things, but for the fields given."""
    today = clock.today()
    base: dict[str, Any] = {
        "name": "Désignation 2027",
        "deadline": today + dt.timedelta(days=60),
        "mail_subject": "Désignez vos référents administrateurs",
        "mail_text": "Le centre ouvre un portail.\n\nDésignez un ou deux référents.",
        "letter_text": "Le centre ouvre un portail.",
        "reminders": (today + dt.timedelta(days=20), today + dt.timedelta(days=40)),
    }
    return CampaignDetails(**{**base, **fields})


def with_addresses(cast: Cast) -> None:
    """Give each employer of the cast an official address."""
    for organization in (cast.pantin, cast.romainville):
        organization.authority_title = "Madame la Maire"
        organization.authority_email = f"maire@{organization.key}.example"
        organization.save()


def running(cast: Cast, **fields: Any) -> Campaign:
    """Launch a campaign and let the worker mail it."""
    with_addresses(cast)
    campaign = preparing.create(details(**fields), actor=acting(cast.julien))
    preparing.launch(campaign, actor=acting(cast.julien))
    drain()
    campaign.refresh_from_db()
    return campaign


def drain() -> int:
    """Let the worker do all that waits; return what it did."""
    total = 0
    while done := mailing.drain():
        total += done
    return total
