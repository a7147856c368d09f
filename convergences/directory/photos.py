"""Reading photos: who may see whose."""

import uuid

from convergences.directory.errors import UnknownPhoto
from convergences.directory.models import Agent, Membership, Photo
from convergences.directory.queries import current
from convergences.directory.staff import staff_roles_of
from convergences.foundations import clock


def photo_for(viewer: Agent, uid: uuid.UUID | str) -> Photo:
    """Return a photo to its owner, to colleagues of one of its owner's employers, to the centre's staff.

    Raises `UnknownPhoto` to anybody else, just as when it does not exist (DOMAIN, rule 1).
    """
    try:
        identifier = uuid.UUID(str(uid))
    except ValueError:
        raise UnknownPhoto from None
    found = Photo.objects.filter(uid=identifier).select_related("agent").first()
    if found is None:
        raise UnknownPhoto
    if found.agent_id == viewer.pk or staff_roles_of(viewer):
        return found
    employers = Membership.objects.filter(current(clock.today()), agent=viewer).values("organization_id")
    colleague = Membership.objects.filter(
        agent_id=found.agent_id, closed_at__isnull=True, confirmed_at__isnull=False, organization_id__in=employers
    )
    if not colleague.exists():
        raise UnknownPhoto
    return found
