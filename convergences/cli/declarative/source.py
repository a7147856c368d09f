"""YAML files read with the line of each key and value, so that a mistake can be shown where it is."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq, TaggedScalar
from ruamel.yaml.constructor import DuplicateKeyError, RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from convergences.cli.declarative.problems import BadFiles, Problem

Place = tuple[str | int, ...]
MAX_BYTES = 200_000_000
ALIASED_VALUES = 100_000  # beyond one value a character: aliases of aliases make a small file immense
_SHOWN = 30


class NoSuchValueError(MarkedYAMLError):
    """A value that looks like a date or a number, and is none: the 30th of February."""


class _Constructor(RoundTripConstructor):
    def construct_object(self, node: Any, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - ruamel's
        try:
            return super().construct_object(node, deep=deep)
        except ValueError as error:
            reason = f"cette valeur n'existe pas : « {str(node.value)[:_SHOWN]} »"
            raise NoSuchValueError(problem=reason, problem_mark=node.start_mark) from error


@dataclass(frozen=True)
class Source:
    """A file's content as plain values, and the line of each place in it."""

    path: Path
    content: Any
    lines: dict[Place, int]

    def line(self, place: Place) -> int:
        """Return the line of a place, or of the nearest one around it."""
        while place not in self.lines and place:
            place = place[:-1]
        return self.lines.get(place, 1)

    def problem(self, place: Place, sentence: str) -> Problem:
        """Return a problem at that place."""
        return Problem(self.path, self.line(place), sentence)


def read(path: Path) -> Source:
    """Read a file; raises `BadFiles` when it cannot be read or is no YAML."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadFiles([Problem(path, 1, "ce fichier est trop gros : répartissez-le en plusieurs fichiers")])
        text = path.read_text(encoding="utf-8")
        document = _yaml().load(text)
    except UnicodeDecodeError as error:
        raise BadFiles([Problem(path, 1, "ce fichier n'est pas en UTF-8 : enregistrez-le en UTF-8")]) from error
    except OSError as error:
        raise BadFiles([Problem(path, 1, f"ce fichier ne peut pas être lu ({error.strerror})")]) from error
    except YAMLError as error:
        raise BadFiles([_not_yaml(path, error)]) from error
    except RecursionError as error:
        raise BadFiles([Problem(path, 1, "ce fichier a trop de niveaux : retirez-en")]) from error
    lines: dict[Place, int] = {(): 1}
    try:
        return Source(path, _plain(document, (), lines, most=len(text) + ALIASED_VALUES), lines)
    except (RecursionError, OverflowError) as error:
        raise BadFiles([Problem(path, 1, "ce fichier se contient lui-même (alias YAML) : retirez l'alias")]) from error


def _yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    return yaml


def _not_yaml(path: Path, error: YAMLError) -> Problem:
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    line = mark.line + 1 if mark else 1
    if isinstance(error, DuplicateKeyError):
        return Problem(path, line, "cette clé est écrite deux fois : gardez-en une")
    if isinstance(error, NoSuchValueError):
        return Problem(path, line, str(error.problem))
    reason = getattr(error, "problem", None) or str(error)
    return Problem(path, line, f"le YAML est mal formé ({reason}) : vérifiez l'alignement et les deux-points")


def _plain(node: Any, place: Place, lines: dict[Place, int], *, most: int) -> Any:
    """Return plain lists, dicts and values, and note where each stands."""
    if len(lines) > most:
        raise OverflowError
    if isinstance(node, CommentedMap):
        for key in node:
            lines[(*place, key)] = _line_of(node, key)
        return {key: _plain(value, (*place, key), lines, most=most) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            lines[(*place, index)] = _line_of(node, index)
        return [_plain(value, (*place, index), lines, most=most) for index, value in enumerate(node)]
    if isinstance(node, TaggedScalar):
        return node  # a tag of its own (« !secret ») is refused as any value of the wrong kind
    return _scalar(node)


def _line_of(node: CommentedMap | CommentedSeq, key: Any) -> int:
    position = (node.lc.data or {}).get(key)
    line: int = position[0] if position else node.lc.line
    return line + 1


def _scalar(value: Any) -> Any:
    """Return Python's own type for what ruamel keeps with its formatting."""
    for kind in (bool, int, float, str):
        if isinstance(value, kind):
            return kind(value)
    return value
