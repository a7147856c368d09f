"""A campaign held by who acts on it, until the end of the transaction."""

from convergences.audit.services import Actor
from convergences.campaigns.errors import CampaignGone
from convergences.campaigns.models import Campaign
from convergences.directory.models import Role
from convergences.directory.services import guards


def hold(campaign: Campaign, actor: Actor) -> Campaign:
    """Return a campaign as it is now, for a correspondant; raises `CampaignGone` once deleted, `ForTheCentre`."""
    guards.check_centre(actor, Role.CORRESPONDENT)
    held = Campaign.objects.select_for_update().filter(pk=campaign.pk).first()
    if held is None:
        raise CampaignGone
    return held
