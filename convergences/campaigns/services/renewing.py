"""A link that went to the wrong person: those already sent open nothing any more, and another leaves at once."""

from django.db import transaction

from convergences.audit.services import Actor
from convergences.campaigns import employers, mails
from convergences.campaigns.errors import WrongState
from convergences.campaigns.models import CampaignState, DesignationState, Link
from convergences.campaigns.queries import SILENT
from convergences.campaigns.services import links, registering
from convergences.directory.models import Organization
from convergences.directory.services import organizations
from convergences.foundations import outbox


def mark(organization: Organization) -> str:
    """Return the mark of the last link sent to an employer: another one once one more has left."""
    last = (
        Link.objects.filter(invitation__organization=organization).order_by("-pk").values_list("pk", flat=True).first()
    )
    return str(last or 0)


@transaction.atomic
def renew(organization: Organization, email: str, *, seen: str, actor: Actor) -> int:
    """Revoke the links of an employer, throw away what was typed behind them, and mail a new one; return how many left.

    None leaves for a campaign on pause, nor where an answer waits to be checked. `seen` is the mark that the page
    showed: raises `WrongState` when another link has left since, or when none is to be replaced; `InvalidField` (the
    address), `ForTheCentre`.
    """
    held = organizations.set_official_address(organization, email, actor=actor)
    if mark(held) != seen:
        raise WrongState("Un autre lien vient de partir : regardez où en est cet employeur.")
    awaited = [each for each in employers.awaited(held.pk) if each.links.exists()]
    if not awaited:
        raise WrongState("Aucun lien n'est à remplacer : cet employeur n'en a pas reçu, ou sa réponse est validée.")
    left = 0
    for each in awaited:
        invitation = registering.hold(each)
        links.revoke(invitation, actor=actor)
        invitation.designations.filter(state=DesignationState.DRAFT).delete()
        if invitation.state in SILENT and invitation.campaign.state == CampaignState.RUNNING:
            outbox.post(mails.invitation(invitation, links.issue(invitation)))
            left += 1
    return left
