"""The part of a panel that a protocol without secrets of its own leaves out."""

from collections.abc import Sequence

from convergences.audit.services import Actor
from convergences.catalog.models import Application
from convergences.foundations.errors import Refusal
from convergences.web.panels.facts import Issued, SecretLine


class NoSecret(Refusal):
    """This protocol has no secret to add or to take away."""


class Secretless:
    """A panel of a protocol in which no application holds a secret of ours."""

    name: str

    def to_watch(self) -> frozenset[int]:
        """Return nothing: nothing of these applications expires."""
        return frozenset()

    def secrets(self, application: Application) -> Sequence[SecretLine]:  # noqa: ARG002 - the panel's signature
        """Return nothing: there are none."""
        return ()

    def takes_secrets(self, application: Application) -> bool:  # noqa: ARG002 - the panel's signature
        """Say no."""
        return False

    def issue_secret(self, application: Application, *, actor: Actor) -> Issued:  # noqa: ARG002 - the panel's signature
        """Raise `NoSecret`."""
        raise NoSecret(f"{self.name} n’a pas de secret.")

    def remove_secret(self, application: Application, handle: str, *, actor: Actor) -> None:  # noqa: ARG002 - likewise
        """Raise `NoSecret`."""
        raise NoSecret(f"{self.name} n’a pas de secret.")
