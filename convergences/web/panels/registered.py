"""What panels share where an application is registered by one row and holds no secret."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import Model

from convergences.audit.services import Actor
from convergences.catalog.models import Application
from convergences.directory.models import Role
from convergences.directory.services import guards
from convergences.foundations.errors import Refusal
from convergences.web.panels.facts import About, Fact, Issued, Snippet
from convergences.web.panels.forms import PanelForm, plainly
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


@dataclass(frozen=True, slots=True)
class Description(Generic[Kept]):
    """How a protocol describes an application: the names of its fields, what reads them strictly, what tells them."""

    names: Collection[str]
    read: Callable[[Mapping[str, Any]], dict[str, Any]]
    told: Callable[[Kept], dict[str, Any]]


class RegisteredForm(PanelForm, Generic[Kept]):
    """A form whose fields bear the names of the declarative file: a valid one makes a whole description."""

    description: ClassVar[Description[Any]]

    def __init__(self, application: Application, kept: Kept | None, data: Mapping[str, Any] | None = None) -> None:
        self.application = application
        initial = self.description.told(kept) if kept is not None else self.proposed()
        super().__init__(data, initial=initial)

    def proposed(self) -> dict[str, Any]:
        """Return the answers proposed for an application that is not registered, beside those of the fields."""
        return {}

    def clean(self) -> dict[str, Any]:
        """Return the cleaned data, once the whole description holds; every refusal is said at its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            self.compare(cleaned)
        if not self.errors:
            try:
                self.description.read(self.metadata())
            except Refusal as refusal:
                self.add_refusal(refusal)
        return cleaned

    def compare(self, cleaned: dict[str, Any]) -> None:
        """Say at its field an answer that another contradicts; by default none does."""

    def metadata(self) -> dict[str, Any]:
        """Return the description that a valid form makes, by the names of the declarative file."""
        return {name: value for name, value in self.cleaned_data.items() if name in self.description.names}

    def add_refusal(self, refusal: Refusal) -> None:
        """Say a refusal at its field, without repeating the field's name."""
        self.add_error(refusal.field if refusal.field in self.fields else None, plainly(refusal))


class RegisteredByForm(Registered[Kept]):
    """The panel of an application that publishes nothing of itself: all that is known of it, its form says."""

    form_class: type[RegisteredForm[Kept]]

    @abstractmethod
    def register(self, application: Application, metadata: Mapping[str, Any], *, actor: Actor) -> None:
        """Register the application by a description. Raises the protocol's refusal, which names the field."""

    def form(self, application: Application, data: Mapping[str, Any] | None = None) -> PanelForm:
        """Return the guided form of the application, registered or to be."""
        return self.form_class(application, self.kept(application), data)

    def save(self, application: Application, form: PanelForm, *, actor: Actor) -> tuple[Issued, ...]:
        """Register the application by a valid form; see `register`."""
        guards.check_centre(actor, Role.ENGINEER)
        if not isinstance(form, self.form_class):
            raise TypeError(form)
        self.register(application, form.metadata(), actor=actor)
        return ()

    def about(self, application: Application) -> About:  # noqa: ARG002 - the panel's signature
        """Return nothing: an application publishes nothing of itself."""
        return About()

    def opening(self, application: Application) -> str:  # noqa: ARG002 - the panel's signature
        """Return nothing: the application asks for itself once there."""
        return ""
