"""The panel of a protocol, and where the pages find it."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from convergences.audit.services import Actor
from convergences.catalog.models import Application
from convergences.directory.models import Membership
from convergences.web.panels.facts import About, Fact, Issued, SecretLine, Snippet, Trial
from convergences.web.panels.forms import PanelForm


class Panel(Protocol):
    """The settings of one protocol, as the engineer's pages show them."""

    protocol: str
    name: str

    def described(self) -> frozenset[int]:
        """Return the identifiers of the applications described for this protocol, in one query."""

    def is_set(self, application: Application) -> bool:
        """Say whether the application is described for this protocol."""

    def form(self, application: Application, data: Mapping[str, Any] | None = None) -> PanelForm:
        """Return the guided form, filled with what is set or with good defaults; the application may be unsaved."""

    def save(self, application: Application, form: PanelForm, *, actor: Actor) -> tuple[Issued, ...]:
        """Write a valid form; return the secrets made for the occasion, to be shown once. Raises refusals."""

    def facts(self, application: Application) -> Sequence[Fact]:
        """Return what the application's engineer must be told."""

    def about(self, application: Application) -> About:
        """Return what is known of the application by its own description, and what will soon be wrong."""

    def to_watch(self) -> frozenset[int]:
        """Return the identifiers of the applications of which something will soon be wrong, in one query."""

    def remove(self, application: Application, *, actor: Actor) -> bool:
        """Forget how the application is connected; its visits end. Return whether it was. Raises refusals."""

    def opening(self, application: Application) -> str:
        """Return the path by which the tile opens the application, or nothing: then, the application's address."""

    def secrets(self, application: Application) -> Sequence[SecretLine]:
        """Return the secrets in force, none when the protocol or the method has none."""

    def takes_secrets(self, application: Application) -> bool:
        """Say whether the application proves who it is by a secret."""

    def issue_secret(self, application: Application, *, actor: Actor) -> Issued:
        """Add a second secret, while the application changes from one to the other. Raises refusals."""

    def remove_secret(self, application: Application, handle: str, *, actor: Actor) -> None:
        """Take a secret away at once. Raises refusals: the last one stays."""

    def snippets(self, application: Application) -> Sequence[Snippet]:
        """Return settings ready to paste in the usual clients."""

    def trial(self, application: Application, membership: Membership, roles: tuple[str, ...]) -> Trial:
        """Return what would be released for this agent, entering for this employer with these roles. Writes nothing."""


@cache
def panels() -> dict[str, Panel]:
    """Return each protocol's panel, by the catalogue's word for the protocol."""
    found: list[Panel] = [import_string(name) for name in settings.PROTOCOL_PANELS]
    return {panel.protocol: panel for panel in found}


def opening_of(application: Application) -> str:
    """Return where the tile of an application leads."""
    panel = panel_of(application.protocol)
    return (panel.opening(application) if panel else "") or application.url


def panel_of(protocol: str) -> Panel | None:
    """Return the panel of a protocol, None when nothing is to be set (a simple link)."""
    return panels().get(protocol)
