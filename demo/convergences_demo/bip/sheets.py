"""BIP's sheets and models, read from `content.toml`, and how one finds them."""

import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its paragraphs."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A statutory sheet: what an HR department looks up."""

    slug: str
    theme: str
    title: str
    summary: str
    updated: str
    references: tuple[str, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A model of an act to be filled in."""

    title: str
    summary: str
    paragraphs: tuple[str, ...]


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))


def _sheet(read: dict[str, Any]) -> Sheet:
    sections = tuple(Section(section["title"], _paragraphs(section["text"])) for section in read["sections"])
    return Sheet(**{**read, "references": tuple(read["references"]), "sections": sections})


def _model(read: dict[str, Any]) -> Model:
    return Model(read["title"], read["summary"], _paragraphs(read["text"]))


_CONTENT = tomllib.loads((Path(__file__).parent / "content.toml").read_text(encoding="utf-8"))
SHEETS: tuple[Sheet, ...] = tuple(_sheet(read) for read in _CONTENT["sheets"])
MODELS: tuple[Model, ...] = tuple(_model(read) for read in _CONTENT["models"])


def by_slug(slug: str) -> Sheet | None:
    """Return a sheet, or None."""
    return next((sheet for sheet in SHEETS if sheet.slug == slug), None)


def search(words: str) -> list[Sheet]:
    """Return the sheets that hold every word, whatever accents and case."""
    wanted = _plain(words).split()
    return [sheet for sheet in SHEETS if all(word in _plain(_text(sheet)) for word in wanted)]


def _text(sheet: Sheet) -> str:
    paragraphs = " ".join(paragraph for section in sheet.sections for paragraph in section.paragraphs)
    return f"{sheet.title} {sheet.theme} {sheet.summary} {paragraphs}"


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in folded if not unicodedata.combining(letter))
