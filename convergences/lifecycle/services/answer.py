"""An agent who has an account already answers an employer that attached them."""

from django.db import transaction

from convergences.audit.services import Actor
from convergences.directory.models import Membership
from convergences.directory.services import memberships
from convergences.entitlements.services import revoke_all

DECLINED = "Rattachement refusé par l’agent"


def confirm(membership: Membership, *, actor: Actor) -> Membership:
    """Accept the attachment: its rights serve from now on. Raises what `memberships.confirm` raises."""
    return memberships.confirm(membership, actor=actor)


@transaction.atomic
def decline(membership: Membership, *, actor: Actor) -> Membership:
    """Refuse the attachment, and free what it held. Raises `NotYours`, `WrongState`, `MembershipOver`."""
    held = memberships.decline(membership, actor=actor)
    revoke_all(held, actor=memberships.veiled(actor, held), reason=DECLINED)
    return held
