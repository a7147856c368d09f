"""An application is no longer connected by CAS: its addresses are nobody's, its tickets are worth nothing."""

from django.db import transaction

from convergences.admission import services as admission
from convergences.audit.services import About, Actor, record
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Role
from convergences.directory.services import guards
from convergences.protocols.cas.actions import Action
from convergences.protocols.cas.models import RegisteredService

SERVICE_REMOVED = "service_removed"


@transaction.atomic
def remove(application: Application, *, actor: Actor) -> bool:
    """Forget how an application is registered; its visits end, and with them tickets and proxy grants.

    Return whether it was registered. Raises `ForTheCentre`.
    """
    guards.check_centre(actor, Role.ENGINEER)
    service = RegisteredService.objects.select_for_update(of=("self",)).filter(application=application).first()
    if service is None:
        return False
    admission.end_visits(application, protocol=Protocol.CAS, reason=SERVICE_REMOVED)
    service.delete()
    record(Action.SERVICE_REMOVED, actor=actor, about=About(application=application.slug))
    return True
