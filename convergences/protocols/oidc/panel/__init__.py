"""OpenID Connect in the engineer's pages: what `web.panels.panel.Panel` asks of a protocol."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from convergences.audit.services import Actor
from convergences.catalog.models import Application, Protocol
from convergences.directory.models import Membership, Role
from convergences.directory.services import guards
from convergences.foundations.sealing import digest
from convergences.foundations.text import french
from convergences.protocols.oidc import metadata, queries
from convergences.protocols.oidc.errors import InvalidClientMetadata
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.panel.facts import facts_of
from convergences.protocols.oidc.panel.form import ClientForm
from convergences.protocols.oidc.panel.snippets import snippets
from convergences.protocols.oidc.panel.trial import trial
from convergences.protocols.oidc.services import clients, removal
from convergences.web.panels.facts import About, Fact, Issued, SecretLine, Snippet, Trial
from convergences.web.panels.forms import PanelForm, plainly
from convergences.web.wording.dates import day

SAID = "Secret du client (client_secret)"
WITHOUT_PKCE = french(
    "PKCE n'est pas exigée de cette application : un code d'entrée détourné pourrait y servir. "
    "Demandez à son ingénieur si elle l'emploie, puis exigez-la."
)


class OidcPanel:
    """The settings of OpenID Connect, as the engineer's pages show them."""

    protocol = Protocol.OIDC.value
    name = "OpenID Connect"

    def described(self) -> frozenset[int]:
        """Return the identifiers of the applications that have a client, in one query."""
        return frozenset(Client.objects.values_list("application_id", flat=True))

    def to_watch(self) -> frozenset[int]:
        """Return nothing: nothing of these applications expires."""
        return frozenset()

    def is_set(self, application: Application) -> bool:
        """Say whether the application has a client."""
        return _client(application) is not None

    def form(self, application: Application, data: Mapping[str, Any] | None = None) -> PanelForm:
        """Return the guided form of the application's client, present or to come."""
        return ClientForm(application, _client(application), data)

    def save(self, application: Application, form: PanelForm, *, actor: Actor) -> tuple[Issued, ...]:
        """Define the client; return its first secret when it needs one. Raises `InvalidClientMetadata`."""
        guards.check_centre(actor, Role.ENGINEER)
        if not isinstance(form, ClientForm):
            raise TypeError(form)
        wanted, issued = form.metadata(), ""
        # The client as it is now, not as the form found it: two engineers may save at once.
        client = _client(application)
        keeps = client is not None and bool(client.secret_digests)
        if wanted["token_endpoint_auth_method"] not in metadata.WITHOUT_SECRET and not keeps:
            issued = wanted["client_secret"] = secrets.token_urlsafe(32)
        clients.bring(application, wanted, actor=actor)  # the form has passed `clients.check`
        return (_issued(issued),) if issued else ()

    def facts(self, application: Application) -> Sequence[Fact]:
        """Return what the application's engineer must be told."""
        client = _client(application)
        return facts_of(client) if client else ()

    def about(self, application: Application) -> About:
        """Return what an engineer should look after; an application says nothing of itself that the form does not."""
        client = _client(application)
        return About(warnings=(WITHOUT_PKCE,)) if client and client.may_go_without_pkce else About()

    def remove(self, application: Application, *, actor: Actor) -> bool:
        """Forget the client; see `removal.remove`."""
        return removal.remove(application, actor=actor)

    def opening(self, application: Application) -> str:  # noqa: ARG002 - the panel's signature
        """Return nothing: the application asks for itself once there."""
        return ""

    def secrets(self, application: Application) -> Sequence[SecretLine]:
        """Return the secrets in force, the eldest first; none when the client proves who it is otherwise."""
        client = _client(application)
        return [_line(kept) for kept in clients.secrets_of(client)] if client else ()

    def takes_secrets(self, application: Application) -> bool:
        """Say whether the client proves who it is by a secret."""
        client = _client(application)
        return client is not None and client.token_endpoint_auth_method not in metadata.WITHOUT_SECRET

    def issue_secret(self, application: Application, *, actor: Actor) -> Issued:
        """Add a second secret, while the application changes from one to the other. Raises `InvalidClientMetadata`."""
        guards.check_centre(actor, Role.ENGINEER)
        with _in_words():
            return _issued(clients.add_secret(_present(application), actor=actor))

    def remove_secret(self, application: Application, handle: str, *, actor: Actor) -> None:
        """Take a secret away at once. Raises `InvalidClientMetadata`: the last one stays."""
        guards.check_centre(actor, Role.ENGINEER)
        with _in_words():
            clients.remove_secret(_present(application), handle, actor=actor)

    def snippets(self, application: Application) -> Sequence[Snippet]:
        """Return settings ready to paste in the usual clients."""
        return snippets(application)

    def trial(self, application: Application, membership: Membership, roles: tuple[str, ...]) -> Trial:
        """Return what would be released for this agent, entering for this employer with these roles. Writes nothing."""
        return trial(application, membership, roles)


@contextmanager
def _in_words() -> Iterator[None]:
    """Let a refusal out as people read it, without the norm's name of the setting at its head."""
    try:
        yield
    except InvalidClientMetadata as refusal:
        raise InvalidClientMetadata(plainly(refusal), field=refusal.field) from None


def _issued(clear: str) -> Issued:
    return Issued(SAID, clear, handle=digest(clear)[: clients.HANDLE])


def _line(kept: clients.Kept) -> SecretLine:
    return SecretLine(
        kept.handle,
        since=day(kept.since) if kept.since else "une date inconnue",
        served=day(kept.served) if kept.served else "",
    )


def _present(application: Application) -> Client:
    return Client.objects.select_related("application").get(application=application)


def _client(application: Application) -> Client | None:
    return queries.client_of(application.pk) if application.pk else None


panel = OidcPanel()
