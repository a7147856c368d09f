"""The house keeps its measures: short functions, short files, rooms that do not reach into one another."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignObjectRel

ROOT = Path(__file__).parents[1]
PRODUCTION = ("convergences", "demo", "tools")
LONGEST_FUNCTION, LONGEST_TEST, LONGEST_FILE = 40, 25, 300
PLACEHOLDER = re.compile(
    r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK", "lorem ip" + "sum")) + r")\b"
)
FORGOTTEN = {".py", ".html", ".txt", ".md", ".yaml", ".toml", ".sh", ".js", ".css"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(*folders: str) -> list[Path]:
    """Return our Python files, but migrations, which Django writes."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def functions(path: Path) -> Iterator[Function]:
    """Yield the functions and methods of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, Function):
            yield node


def length(function: Function) -> int:
    """Count the lines of a function, docstring included."""
    return (function.end_lineno or 0) - function.lineno + 1


def too_long(folders: tuple[str, ...], limit: int) -> list[str]:
    """Return the functions beyond the limit."""
    return [
        f"{path.relative_to(ROOT)}:{function.lineno} {function.name}: {length(function)} lines"
        for path in python_files(*folders)
        for function in functions(path)
        if length(function) > limit
    ]


def test_no_function_is_longer_than_40_lines() -> None:
    assert too_long(PRODUCTION, LONGEST_FUNCTION) == []


def test_no_test_is_longer_than_25_lines() -> None:
    assert too_long(("tests",), LONGEST_TEST) == []


def test_no_file_is_longer_than_300_lines() -> None:
    counted = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(*PRODUCTION, "tests")}
    assert {str(path.relative_to(ROOT)): lines for path, lines in counted.items() if lines > LONGEST_FILE} == {}


def test_every_room_says_what_it_is() -> None:
    silent = [
        path for path in python_files(*PRODUCTION) if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert [str(path.relative_to(ROOT)) for path in silent] == []


def test_nothing_is_left_to_be_written() -> None:
    folders = (*PRODUCTION, "tests", "docs")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in FORGOTTEN]
    files = [path for path in files if not {"vendor", "node_modules"} & set(path.parts)] + list(ROOT.glob("*.md"))
    left = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in files
        if (found := PLACEHOLDER.search(path.read_text("utf-8")))
    ]
    assert left == []


def _reaching() -> Iterator[str]:
    """Yield the reverse accessors by which one room's rows could be read from another's, unseen by import-linter."""
    for model in apps.get_models():
        for relation in model._meta.get_fields(include_hidden=True):
            if not isinstance(relation, ForeignObjectRel) or not relation.related_model.__module__.startswith(
                "convergences."
            ):
                continue
            crosses = relation.related_model._meta.app_label != model._meta.app_label
            if crosses and not relation.hidden:
                source = f"{relation.related_model._meta.label}.{relation.field.name}"
                yield f"{source} gives {model._meta.label}.{relation.name}"


def test_a_relation_between_rooms_cannot_be_read_backwards() -> None:
    assert list(_reaching()) == []


def test_no_signal_of_ours_is_declared_or_received() -> None:
    pattern = re.compile(r"from django\.(core|db\.models|test)\.signals|django\.dispatch|@receiver\b")
    listening = [path for path in python_files("convergences") if pattern.search(path.read_text(encoding="utf-8"))]
    assert [str(path.relative_to(ROOT)) for path in listening] == []


@pytest.mark.parametrize("word", ["utils", "helpers", "common", "misc"])
def test_no_drawer_holds_whatever_had_no_room(word: str) -> None:
    assert not [path for folder in PRODUCTION for path in (ROOT / folder).rglob(f"{word}*.py")]
