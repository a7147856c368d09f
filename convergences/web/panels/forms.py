"""The guided form of a protocol: sections that the pages draw whatever their fields."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.web.forms.house import HouseForm
from convergences.web.panels.facts import Fact

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

    def summary(self) -> list[Fact]:
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


def plainly(refusal: Refusal) -> str:
    """Return the sentence of a refusal without the name of the setting in files and norms, which begins it."""
    said = refusal.sentence.removeprefix(f"{refusal.field} : ")
    return french(said[:1].upper() + said[1:])


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
