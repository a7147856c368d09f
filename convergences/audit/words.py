"""The vocabulary of the journal: each room declares its own enum of words."""

from enum import Enum
from typing import Self

_known: dict[str, "Word"] = {}


class Word(Enum):
    """A word of the journal: a stable value, a French label and an icon's name.

    Subclass it in a room's `actions`: ``AGENT_CREATED = "directory.agent_created", "Compte créé", "user-plus"``.
    """

    def __new__(cls, value: str, label: str, icon: str = "history") -> Self:
        word = object.__new__(cls)
        word._value_ = value
        word.label = label
        word.icon = icon
        _known[value] = word
        return word

    label: str
    icon: str


def known(value: str) -> Word | None:
    """Return the word stored as `value`, or None for a word that the code has since forgotten."""
    return _known.get(value)
