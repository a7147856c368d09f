"""An application is no longer connected by OpenID Connect: its client goes, with all that hangs on it."""

from django.db import transaction

from convergences.admission import services as admission
from convergences.audit.services import About, Actor, record
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Role
from convergences.directory.services import guards
from convergences.protocols.oidc.actions import Action
from convergences.protocols.oidc.models import Client, RegistrationToken

CLIENT_REMOVED = "client_removed"


@transaction.atomic
def remove(application: Application, *, actor: Actor) -> bool:
    """Forget the client of an application, what it was given, and leave to describe itself; its visits end.

    The sector stays: should the application come back, agents keep their pairwise subjects (DOMAIN, rule 5). Return
    whether there was a client. Raises `ForTheCentre`.
    """
    guards.check_centre(actor, Role.ENGINEER)
    RegistrationToken.objects.filter(application=application, used_at=None).delete()
    client = Client.objects.select_for_update(of=("self",)).filter(application=application).first()
    if client is None:
        return False
    forget(client, actor=actor)
    return True


def forget(client: Client, *, actor: Actor) -> None:
    """Delete a client that the caller holds locked, end its visits, and write it in the journal."""
    application, client_id = client.application, client.client_id
    admission.end_visits(application, protocol=Protocol.OIDC, reason=CLIENT_REMOVED)
    client.delete()
    record(Action.CLIENT_REMOVED, actor=actor, about=About(application=application.slug), client_id=client_id)
