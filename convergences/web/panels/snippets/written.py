"""A text with `@@value@@` to fill, and lines kept only when `?flag|` holds, or `!flag|` does not."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from convergences.web.panels.snippets import quoting

_CONDITION = re.compile(r"([?!])(\w+)\|(.*)", re.DOTALL)
# Written as it is: a machine name, of letters, figures and `_`.
_BARE = frozenset({"drupal_id"})
_VALUE = re.compile(r"@@(\w+)@@")


@cache
def template(folder: Path, name: str) -> str:
    """Return a client's text, as it is kept in a folder of its protocol's room."""
    return (folder / f"{name}.txt").read_text(encoding="utf-8")


def fill(text: str, values: Mapping[str, str | list[str]], flags: frozenset[str], literal: quoting.Literal) -> str:
    """Return the text filled, each value as the language writes it; raises `UnsayableError`.

    Values are put in once, in one pass: what a value holds is never read as a place to fill.
    """
    kept = [line for each in text.splitlines() if (line := _kept(each, flags)) is not None]
    return _VALUE.sub(lambda found: _value(found[1], values[found[1]], literal), "\n".join(kept)) + "\n"


def _kept(line: str, flags: frozenset[str]) -> str | None:
    found = _CONDITION.fullmatch(line)
    if found is None:
        return line
    return found[3] if (found[2] in flags) == (found[1] == "?") else None


def _value(name: str, value: str | list[str], literal: quoting.Literal) -> str:
    if isinstance(value, list):
        return quoting.listed(literal, value)
    if name == "comment":
        return quoting.comment(value)
    return value if name in _BARE else literal(value)
