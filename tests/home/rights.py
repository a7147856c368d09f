"""Rights written straight into the table."""

import datetime as dt
from typing import Any

from convergences.catalog.models import Application
from convergences.directory.models import Membership
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock


def give(membership: Membership, application: Application, **fields: Any) -> Entitlement:
    """Write a right, current unless told otherwise."""
    base: dict[str, Any] = {"starts_on": clock.today() - dt.timedelta(days=1), "roles": ["reader"]}
    return Entitlement.objects.create(
        membership=membership,
        organization=membership.organization,
        application=application,
        granted_at=clock.now(),
        granted_by="Nadia Ferhat",
        **{**base, **fields},
    )


def text(response: Any) -> str:
    """Return a page's source with plain spaces, as one types it."""
    return response.content.decode().replace("\u00a0", " ").replace("’", "'")
