"""Combining marks are put in order in the square of their number: six megabytes of them would take two hours."""

import contextlib
import unicodedata
from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import pytest

from convergences.authentication import hashing
from convergences.campaigns import answers
from convergences.directory import details
from convergences.directory.errors import InvalidField

ENDLESS = "a" + "\u0301\u0327" * 3000
TAKEN: list[tuple[ModuleType, Callable[[str], str]]] = [
    (hashing, hashing.normalised),
    (details, lambda typed: details.clean_text(typed, "Le nom", "name")),
    (answers, lambda typed: answers._clipped(typed, 120)),
]


@pytest.mark.parametrize(("module", "take"), TAKEN)
def test_marks_by_the_million_are_not_put_in_order(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, take: Callable[[str], str]
) -> None:
    composed: list[int] = []

    def normalize(form: str, text: str) -> str:
        composed.append(len(text))
        return unicodedata.normalize(form, text)

    monkeypatch.setattr(module, "unicodedata", SimpleNamespace(normalize=normalize, category=unicodedata.category))
    with contextlib.suppress(InvalidField):
        take(ENDLESS)
    assert max(composed, default=0) <= 2048
