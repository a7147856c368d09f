"""An application is no longer connected by SAML: its name is nobody's, and no request of it is answered."""

from django.db import transaction

from convergences.admission import services as admission
from convergences.audit.services import About, Actor, record
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Role
from convergences.directory.services import guards
from convergences.protocols.saml.actions import Action
from convergences.protocols.saml.models import KeptSalt, ServiceProvider

PROVIDER_REMOVED = "provider_removed"


@transaction.atomic
def remove(application: Application, *, actor: Actor) -> bool:
    """Forget how an application is registered; its visits end, and what it was told of them is forgotten.

    Its salt is kept: should it come back, agents are known there by the same persistent names (DOMAIN, rule 5). Return
    whether it was registered. Raises `ForTheCentre`.
    """
    guards.check_centre(actor, Role.ENGINEER)
    provider = ServiceProvider.objects.select_for_update(of=("self",)).filter(application=application).first()
    if provider is None:
        return False
    admission.end_visits(application, protocol=Protocol.SAML, reason=PROVIDER_REMOVED)
    KeptSalt.objects.update_or_create(application=application, defaults={"salt": provider.salt})
    provider.delete()
    record(Action.PROVIDER_REMOVED, actor=actor, about=About(application=application.slug))
    return True
