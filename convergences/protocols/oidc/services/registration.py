"""An application describes itself, with the initial token that an engineer gave it for that (RFC 7591, RFC 7592).

A token is for one application of the catalogue and is used once. It connects: who may enter is not asked here, nor
what of an agent is released, which the application's sheet says.
"""

import datetime as dt
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction

from convergences.admission import services as admission
from convergences.audit.services import About, Actor, record
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Role
from convergences.directory.services import guards
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.protocols.oidc import metadata as description
from convergences.protocols.oidc import self_description
from convergences.protocols.oidc.actions import Action
from convergences.protocols.oidc.errors import AlreadyConnected, InvalidToken, RegistrationNotAllowed
from convergences.protocols.oidc.metadata import refuse
from convergences.protocols.oidc.models import Client, RegistrationToken
from convergences.protocols.oidc.services import clients

LONGEST = dt.timedelta(days=30)
CLIENT_REMOVED = "client_removed"


@dataclass(frozen=True, slots=True)
class Registered:
    """A client as it is now described; its secret, in clear, when one was just made; the token that changes it."""

    client: Client
    token: str
    secret: str = ""


def allow(application: Application, *, lifetime: dt.timedelta, actor: Actor) -> str:
    """Return, for the only time, a token by which this application may describe its client, once; former ones die.

    Raises `ForTheCentre`, `RegistrationNotAllowed` (another protocol, a lifetime beyond `LONGEST`), `AlreadyConnected`.
    """
    guards.check_centre(actor, Role.ENGINEER)
    if application.protocol != Protocol.OIDC:
        raise RegistrationNotAllowed("Cette application n’est pas déclarée au catalogue pour OpenID Connect.")
    if not dt.timedelta(0) < lifetime <= LONGEST:
        raise RegistrationNotAllowed(f"Une autorisation vaut {LONGEST.days} jours au plus.", field="lifetime")
    clear, now = secrets.token_urlsafe(32), clock.now()
    with transaction.atomic():
        if Client.objects.filter(application=application).exists():
            raise AlreadyConnected
        RegistrationToken.objects.filter(application=application, used_at=None).delete()
        RegistrationToken.objects.create(
            digest=digest(clear),
            application=application,
            created_at=now,
            created_by=actor.label[:200],
            expires_at=now + lifetime,
        )
        until = (now + lifetime).isoformat()
        record(Action.REGISTRATION_ALLOWED, actor=actor, about=About(application=application.slug), until=until)
    return clear


@transaction.atomic
def forbid(application: Application, *, actor: Actor) -> bool:
    """End every token by which this application describes itself; its client stays. Return whether there was one.

    Raises `ForTheCentre`.
    """
    guards.check_centre(actor, Role.ENGINEER)
    waiting, _rows = RegistrationToken.objects.filter(application=application, used_at=None).delete()
    held = Client.objects.filter(application=application).exclude(registration_digest="").update(registration_digest="")
    if waiting or held:
        record(Action.REGISTRATION_FORBIDDEN, actor=actor, about=About(application=application.slug))
    return bool(waiting or held)


@transaction.atomic
def register(initial: str, given: Mapping[str, Any], *, actor: Actor) -> Registered:
    """Create the client that an application describes. A description that is refused leaves its token good.

    Raises `InvalidToken`, `InvalidClientMetadata`, `AlreadyConnected`.
    """
    now = clock.now()
    tokens = RegistrationToken.objects.select_related("application").select_for_update(of=("self",))
    token = tokens.filter(digest=digest(initial), used_at=None, expires_at__gt=now).first()
    if token is None:
        raise InvalidToken("The initial access token is invalid")
    application = token.application
    if Client.objects.filter(application=application).exists():
        raise AlreadyConnected
    if given_already := sorted(self_description.OURS & set(given)):
        raise refuse(given_already[0], "c’est nous qui le donnons ; retirez-le")
    wanted = self_description.own(given, present=None)
    wanted["client_id"] = f"{application.slug}-{secrets.token_hex(8)}"
    secret = _secret_for(wanted, present=None)
    try:
        with transaction.atomic():
            client = clients.define(application, wanted, actor=_itself(application, actor)).client
    except IntegrityError:  # an engineer connected it at the same instant
        raise AlreadyConnected from None
    token.used_at = now
    token.save(update_fields=["used_at"])
    return Registered(client, _renew_token(client), secret)


def read(client_id: str, presented: str) -> Client:
    """Return the client that this registration token manages; raises `InvalidToken`. Writes nothing."""
    return _managed(Client.objects.filter(client_id=client_id).select_related("application").first(), presented)


@transaction.atomic
def change(client_id: str, presented: str, given: Mapping[str, Any], *, actor: Actor) -> Registered:
    """Replace the description of a client by a whole new one; its registration token is replaced too.

    Raises `InvalidToken`, `InvalidClientMetadata`.
    """
    client = _managed(_locked(client_id), presented)
    if forbidden := sorted(self_description.OURS - {"client_id", "client_secret"} & set(given)):
        raise refuse(forbidden[0], "c’est nous qui le donnons ; retirez-le")
    if given.get("client_id") != client.client_id:
        raise refuse("client_id", "redites l’identifiant de ce client")
    _refuse_other_secret(client, given.get("client_secret"))
    wanted = {**self_description.own(given, present=client), "client_id": client.client_id}
    secret = _secret_for(wanted, present=client)
    client = clients.define(client.application, wanted, actor=_itself(client.application, actor)).client
    return Registered(client, _renew_token(client), secret)


@transaction.atomic
def remove(client_id: str, presented: str, *, actor: Actor) -> None:
    """Forget a client, all that it was given and all that agents agreed to; the application stays in the catalogue.

    Raises `InvalidToken`.
    """
    client = _managed(_locked(client_id), presented)
    application = client.application
    admission.end_visits(application, protocol=Protocol.OIDC, reason=CLIENT_REMOVED)
    client.delete()
    about = About(application=application.slug)
    record(Action.CLIENT_REMOVED, actor=_itself(application, actor), about=about, client_id=client_id)


def _locked(client_id: str) -> Client | None:
    found = Client.objects.select_related("application").select_for_update(of=("self",))
    return found.filter(client_id=client_id).first()


def _managed(client: Client | None, presented: str) -> Client:
    """Return the client if this token is its own; unknown and another's take the same work and the same answer."""
    held = client.registration_digest if client is not None else digest("nobody")
    matches = hmac.compare_digest(digest(presented), held)
    if client is None or not matches:
        raise InvalidToken("The registration access token is invalid")
    return client


def _refuse_other_secret(client: Client, shown: Any) -> None:
    # RFC 7592, section 2.2: a client may say its secret again, never choose one.
    known = [] if not isinstance(shown, str) else [hmac.compare_digest(digest(shown), d) for d in client.secret_digests]
    if shown is not None and not any(known):
        raise refuse("client_secret", "ce n’est pas le secret de ce client, et il ne le choisit pas")


def _secret_for(wanted: dict[str, Any], *, present: Client | None) -> str:
    """Add a secret of ours to the description, if its method asks for one and there is none; return it in clear."""
    method = str(wanted.get("token_endpoint_auth_method"))
    if method in description.WITHOUT_SECRET or (present is not None and present.secret_digests):
        return ""
    wanted["client_secret"] = secrets.token_urlsafe(32)
    return str(wanted["client_secret"])


def _renew_token(client: Client) -> str:
    clear = secrets.token_urlsafe(32)
    client.registration_digest = digest(clear)
    client.save(update_fields=["registration_digest"])
    return clear


def _itself(application: Application, actor: Actor) -> Actor:
    return replace(actor, agent_id=None, label=f"Application {application.name}")
