"""From a file's plain values to entries, or to problems that say the line and the remedy."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from convergences.cli.declarative.entries import Contents
from convergences.cli.declarative.problems import BadFiles, Problem
from convergences.cli.declarative.source import Place, Source
from convergences.cli.declarative.ways import WAYS

_SENTENCES = {
    "string_type": "cette valeur doit être un texte",
    "date_type": "cette valeur doit être une date, par exemple 2027-03-07",
    "bool_type": "cette valeur doit être true ou false",
    "int_type": "cette valeur doit être un nombre entier",
    "greater_than_equal": "ce nombre est trop petit",
    "less_than_equal": "ce nombre est trop grand",
    "list_type": "cette valeur doit être une liste (une ligne par élément, précédée d'un tiret)",
    "too_short": "cette liste est vide : écrivez au moins un élément",
    "model_type": "cette valeur doit être un groupe de clés",
    "model_attributes_type": "cette valeur doit être un groupe de clés",
    "dict_type": "cette valeur doit être un groupe de clés",
}


@dataclass(frozen=True)
class File:
    """A valid file: its entries, and where each stands."""

    source: Source
    contents: Contents


def validated(source: Source) -> File:
    """Return the file's entries; raises `BadFiles` with every problem of the file, in the order of its lines."""
    try:
        contents = Contents.model_validate(source.content if source.content is not None else {})
    except ValidationError as error:
        found = [_problem(source, detail) for detail in error.errors(include_url=False)]
        raise BadFiles(sorted(set(found))) from error
    problems = list(_inconsistent(source, contents))
    if problems:
        raise BadFiles(problems)
    return File(source, contents)


def _problem(source: Source, detail: Mapping[str, Any]) -> Problem:
    place: Place = detail["loc"]
    kind, value = detail["type"], detail["input"]
    key = place[-1] if place and isinstance(place[-1], str) else ""
    named = f"{key} : " if key else ""
    if kind == "missing":
        return source.problem(place[:-1], f"il manque la clé « {key} »")
    if kind == "extra_forbidden":
        return source.problem(place, _unknown_key(place))
    if kind == "string_type" and isinstance(value, int | float) and not isinstance(value, bool):
        return source.problem(
            place, f"{named}écrivez cette valeur entre guillemets, pour que ses chiffres soient gardés"
        )
    if kind == "value_error":
        return source.problem(place, f"{named}{detail['ctx']['error']}")
    return source.problem(place, named + _SENTENCES.get(kind, detail["msg"]))


def _unknown_key(place: Place) -> str:
    known = _known_keys(place[:-1])
    near = difflib.get_close_matches(str(place[-1]), known, n=1)
    remedy = f"vouliez-vous dire « {near[0]} » ?" if near else f"clés possibles : {', '.join(known)}"
    return f"clé inconnue « {place[-1]} » ; {remedy}"


def _known_keys(place: Place) -> list[str]:
    """Return the keys that may stand at a place, by walking the entries' classes."""
    model: type[BaseModel] = Contents
    for step in place:
        if isinstance(step, str):
            model = next(_models(_annotation(model, step)), model)
    return [field.alias or name for name, field in model.model_fields.items()]


def _annotation(model: type[BaseModel], key: str) -> Any:
    return next((f.annotation for name, f in model.model_fields.items() if key in {name, f.alias}), None)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _inconsistent(source: Source, contents: Contents) -> Iterator[Problem]:
    """Yield what no single key can say: a protocol without its settings, or settings without their protocol."""
    for index, application in enumerate(contents.applications):
        place: Place = ("applications", index)
        for name in WAYS:
            if (application.protocol == name) != (getattr(application, name) is not None):
                said = f"{application.slug} : le protocole {name} et le bloc « {name} » vont ensemble"
                yield source.problem(place, said)
