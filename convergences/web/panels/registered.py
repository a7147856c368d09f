"""What panels share where an application is registered by one row, publishes nothing of itself and holds no secret."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Generic, TypeVar

from django.db.models import Model

from convergences.catalog.models import Application
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.web.panels.facts import About, Fact, Snippet
from convergences.web.panels.forms import PanelForm
from convergences.web.panels.secretless import Secretless

Kept = TypeVar("Kept", bound=Model)


class Registered(Secretless, ABC, Generic[Kept]):
    """The part of such a panel that is the same for each protocol; `model` has an `application`."""

    model: type[Kept]

    @abstractmethod
    def kept(self, application: Application) -> Kept | None:
        """Return how the application is registered, None when it is not, or is itself unsaved."""

    @abstractmethod
    def facts_of(self, kept: Kept) -> Sequence[Fact]:
        """Return what the engineer of a registered application must be told."""

    @abstractmethod
    def snippets_of(self, kept: Kept) -> Sequence[Snippet]:
        """Return the settings of a registered application, ready to paste."""

    def described(self) -> frozenset[int]:
        """Return the identifiers of the applications that are registered, in one query."""
        return frozenset(self.model._default_manager.values_list("application_id", flat=True))  # noqa: SLF001

    def is_set(self, application: Application) -> bool:
        """Say whether the application is registered."""
        return self.kept(application) is not None

    def facts(self, application: Application) -> Sequence[Fact]:
        """Return what the application's engineer must be told."""
        kept = self.kept(application)
        return self.facts_of(kept) if kept is not None else ()

    def snippets(self, application: Application) -> Sequence[Snippet]:
        """Return settings ready to paste."""
        kept = self.kept(application)
        return self.snippets_of(kept) if kept is not None else ()

    def about(self, application: Application) -> About:  # noqa: ARG002 - the panel's signature
        """Return nothing: an application publishes nothing of itself."""
        return About()

    def opening(self, application: Application) -> str:  # noqa: ARG002 - the panel's signature
        """Return nothing: the application asks for itself once there."""
        return ""


class RegisteredForm(PanelForm):
    """A form whose fields bear the names of the declarative file."""

    def add_refusal(self, refusal: Refusal) -> None:
        """Say a refusal at its field, without repeating the field's name."""
        said = refusal.sentence.removeprefix(f"{refusal.field} : ")
        self.add_error(refusal.field if refusal.field in self.fields else None, french(said[:1].upper() + said[1:]))
