"""An application is no longer behind a server that asks us: its addresses are nobody's, its cookies worth nothing."""

from django.db import transaction

from convergences.admission import services as admission
from convergences.audit.services import About, Actor, record
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Role
from convergences.directory.services import guards
from convergences.protocols.forward_auth.actions import Action
from convergences.protocols.forward_auth.models import Gate

GATE_REMOVED = "gate_removed"


@transaction.atomic
def remove(application: Application, *, actor: Actor) -> bool:
    """Forget how an application is registered; its visits end, and with them the cookies of its hosts.

    Return whether it was registered. Raises `ForTheCentre`.
    """
    guards.check_centre(actor, Role.ENGINEER)
    gate = Gate.objects.select_for_update(of=("self",)).filter(application=application).first()
    if gate is None:
        return False
    admission.end_visits(application, protocol=Protocol.GATE, reason=GATE_REMOVED)
    gate.delete()
    record(Action.GATE_REMOVED, actor=actor, about=About(application=application.slug))
    return True
