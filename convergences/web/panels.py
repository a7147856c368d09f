"""What a protocol brings to the engineer's pages: its form, its secrets, what an application must be told, trials.

The pages know no protocol, and a protocol knows no page: each protocol's room names its panel by
`settings.PROTOCOL_PANELS`, the pages read them here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Protocol

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.module_loading import import_string

from convergences.audit.services import Actor
from convergences.catalog.models import Application
from convergences.directory.models import Membership
from convergences.web.forms import HouseForm

LARGEST_FILE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a protocol's form: its title, the names of its fields, a sentence above them.

    `folded`: settings that most applications leave alone. `unless`: the answers that make this part pointless.
    """

    title: str
    fields: tuple[str, ...]
    hint: str = ""
    folded: bool = False
    unless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A section with its fields as they stand, ready to be drawn."""

    section: Section
    fields: tuple[BoundField, ...]

    @property
    def is_wrong(self) -> bool:
        """Whether a field of this part is to be corrected: a folded part is then unfolded."""
        return any(bound.errors for bound in self.fields)


class PanelForm(HouseForm):
    """The guided form of a protocol, in sections."""

    sections: ClassVar[tuple[Section, ...]] = ()

    def parts(self) -> list[Part]:
        """Return the sections, each with its fields."""
        return [
            Part(section, tuple(self[name] for name in section.fields if name in self.fields))
            for section in self.sections
        ]

    def summary(self) -> "list[Fact]":
        """Return what a valid form says, question by question, without what was left as it came."""
        return [
            Fact(str(bound.label), said)
            for part in self.parts()
            for bound in part.fields
            if (said := _said(bound, self.cleaned_data.get(bound.name)))
            and not (part.section.folded and said == _said(bound, bound.field.initial))
        ]


def _said(bound: BoundField, value: Any) -> str:
    if isinstance(value, bool):
        return "Oui" if value else ""
    choices = dict(getattr(bound.field, "choices", ()))
    if isinstance(value, list | tuple):
        return "\n".join(map(str, value))
    return str(choices.get(value, value or "")).partition("\n")[0] if value not in (None, "") else ""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the application's own engineer must be told: `Émetteur`, `https://…`.

    `aside`: what most clients find by themselves.
    """

    label: str
    value: str
    aside: bool = False


@dataclass(frozen=True, slots=True)
class Issued:
    """A secret, in clear, shown once; `handle` names it afterwards (`SecretLine`)."""

    label: str
    value: str
    handle: str = ""


@dataclass(frozen=True, slots=True)
class SecretLine:
    """A secret that we keep as a digest: `handle` names it in forms; `since` and `served` are days, in words.

    `served` is empty for one that never did.
    """

    handle: str
    since: str
    served: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """Settings ready to paste: `key` in addresses, `place` the file they go to, `note` what to do besides.

    Files of one client have the same `title`. `warning`: what must change here before this client can work. Both hold a
    sentence a line.
    """

    key: str
    title: str
    place: str
    text: str
    note: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Released:
    """A value that the application would receive, what decides it, and by which of its messages (`place`)."""

    name: str
    value: str
    why: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Withheld:
    """Something that the application would not receive, and why, in words."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What would be told of an agent to an application that admission lets them enter."""

    released: tuple[Released, ...]
    withheld: tuple[Withheld, ...]


@dataclass(frozen=True, slots=True)
class About:
    """What an application says of itself, as it was read, and what of it an engineer should look after."""

    facts: tuple[Fact, ...] = ()
    warnings: tuple[str, ...] = ()


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


def with_texts_of_files(data: QueryDict, files: "MultiValueDict[str, UploadedFile[Any]]") -> QueryDict:
    """Return what was typed, where the file chosen for a field `x_file` stands for the text of `x`.

    Steps carry texts, and a browser never sends a file back. What is no text, or too long, is shown as it is not: the
    field's own check refuses it.
    """
    chosen = {name: file for name, file in files.items() if name.endswith("_file") and isinstance(file, UploadedFile)}
    if not chosen:
        return data
    typed = data.copy()
    for name, file in chosen.items():
        content = file.read(LARGEST_FILE + 1)
        typed[name.removesuffix("_file")] = content.decode("utf-8-sig", "replace").replace("\x00", "\ufffd")
    return typed


def opening_of(application: Application) -> str:
    """Return where the tile of an application leads."""
    panel = panel_of(application.protocol)
    return (panel.opening(application) if panel else "") or application.url


def panel_of(protocol: str) -> Panel | None:
    """Return the panel of a protocol, None when nothing is to be set (a simple link)."""
    return panels().get(protocol)
