"""An employer absorbed by another answers no campaign any more, and its référents hold no mandate."""

from django.db import transaction

from convergences.audit.services import Actor, record
from convergences.campaigns import employers
from convergences.campaigns.actions import Action
from convergences.campaigns.models import DesignationState, Invitation, InvitationState, Mandate
from convergences.campaigns.services import registering
from convergences.directory.models import Organization
from convergences.directory.services.merging import Absorbed
from convergences.foundations import clock
from convergences.lifecycle.services import employers as lifecycle

DROPPED = "Employeur absorbé par un autre"


@transaction.atomic
def merge(absorbed: Organization, remaining: Organization, *, reason: str = "", actor: Actor) -> Absorbed:
    """Make one employer of two: people, rights, what hangs from it, its campaigns and mandates; all or nothing.

    Raises what `lifecycle.services.employers.merge` raises.
    """
    done = lifecycle.merge(absorbed, remaining, reason=reason, actor=actor)
    for invitation in employers.awaited(done.absorbed.pk):
        _withdraw(invitation, actor)
    mandates = Mandate.objects.filter(membership__organization=done.absorbed, ended_on__isnull=True)
    mandates.update(ended_on=clock.today())
    return done


def _withdraw(invitation: Invitation, actor: Actor) -> None:
    """Take an employer out of a campaign: its links open nothing any more, its answer is not to be checked."""
    held = registering.hold(invitation)
    waiting = registering.waiting_of(held)
    if waiting is not None:
        waiting.state, waiting.decided_at, waiting.decided_by = DesignationState.SET_ASIDE, clock.now(), actor.label
        waiting.reason = DROPPED
        waiting.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    held.state = InvitationState.WITHDRAWN
    held.save(update_fields=["state"])
    about = registering.about(held)
    told = {"reference": held.reference, "receipt": waiting.receipt_number if waiting else ""}
    record(Action.WITHDRAWN, actor=actor, about=about, **told)
