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
from django.db.models import QuerySet

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
from convergences.protocols.oidc.services import clients, removal

LONGEST = dt.timedelta(days=30)
_OURS_TO_GIVE = "c’est nous qui le donnons ; retirez-le"


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


def register(initial: str, given: Mapping[str, Any], *, actor: Actor) -> Registered:
    """Create the client that an application describes. A description that is refused leaves its token good.

    Raises `InvalidToken`, `InvalidClientMetadata`, `AlreadyConnected`.
    """
    application = _allowed(RegistrationToken.objects.all(), initial).application
    if given_already := sorted(self_description.OURS & set(given)):
        raise refuse(given_already[0], _OURS_TO_GIVE)
    wanted = self_description.own(given, present=None)
    wanted["client_id"] = f"{application.slug}-{secrets.token_hex(8)}"
    secret = _secret_for(wanted, present=None)
    clients.check(application, wanted)
    with transaction.atomic():
        token = _allowed(RegistrationToken.objects.select_for_update(of=("self",)), initial)
        try:
            with transaction.atomic():
                defined = clients.bring(application, wanted, actor=_itself(application, actor))
        except IntegrityError:
            raise AlreadyConnected from None
        if not defined.created:  # an engineer connected it at the same instant: theirs stays as it is
            raise AlreadyConnected
        token.used_at = clock.now()
        token.save(update_fields=["used_at"])
        return Registered(defined.client, _renew_token(defined.client), secret)


def read(client_id: str, presented: str) -> Client:
    """Return the client that this registration token manages; raises `InvalidToken`. Writes nothing."""
    return _managed(Client.objects.all(), client_id, presented)


def change(client_id: str, presented: str, given: Mapping[str, Any], *, actor: Actor) -> Registered:
    """Replace the description of a client by a whole new one; its registration token is replaced too.

    Raises `InvalidToken`, `InvalidClientMetadata`.
    """
    client = read(client_id, presented)
    application, (wanted, _secret) = client.application, _changed(client, given)
    clients.check(application, wanted)
    with transaction.atomic():
        # Described anew from the client as it is now: an engineer may have changed it meanwhile.
        wanted, secret = _changed(_managed(_locked(), client_id, presented), given)
        client = clients.bring(application, wanted, actor=_itself(application, actor)).client
        return Registered(client, _renew_token(client), secret)


@transaction.atomic
def remove(client_id: str, presented: str, *, actor: Actor) -> None:
    """Forget a client, all that it was given and all that agents agreed to; the application stays in the catalogue.

    Raises `InvalidToken`.
    """
    client = _managed(_locked(), client_id, presented)
    removal.forget(client, actor=_itself(client.application, actor))


def _allowed(tokens: QuerySet[RegistrationToken], initial: str) -> RegistrationToken:
    """Return an initial token that is good now, among these; raises `InvalidToken`, `AlreadyConnected`."""
    good = tokens.filter(digest=digest(initial), used_at=None, expires_at__gt=clock.now())
    token = good.select_related("application").first()
    if token is None:
        raise InvalidToken("The initial access token is invalid")
    if Client.objects.filter(application=token.application_id).exists():
        raise AlreadyConnected
    return token


def _locked() -> QuerySet[Client]:
    return Client.objects.select_for_update(of=("self",))


def _managed(clients_read: QuerySet[Client], client_id: str, presented: str) -> Client:
    """Return the client if this token is its own; unknown and another's take the same work and the same answer."""
    client = clients_read.select_related("application").filter(client_id=client_id).first()
    held = client.registration_digest if client is not None else digest("nobody")
    matches = hmac.compare_digest(digest(presented), held)
    if client is None or not matches:
        raise InvalidToken("The registration access token is invalid")
    return client


def _changed(client: Client, given: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Return the whole description that a client asks for, and the secret to tell it if it needs a first one."""
    if forbidden := sorted(self_description.OURS - {"client_id", "client_secret"} & set(given)):
        raise refuse(forbidden[0], _OURS_TO_GIVE)
    if given.get("client_id") != client.client_id:
        raise refuse("client_id", "redites l’identifiant de ce client")
    _refuse_other_secret(client, given.get("client_secret"))
    wanted = {**self_description.own(given, present=client), "client_id": client.client_id}
    return wanted, _secret_for(wanted, present=client)


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
