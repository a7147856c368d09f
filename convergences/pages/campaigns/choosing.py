"""Employers ticked in a list."""

from uuid import UUID


def identifiers(words: list[str]) -> list[UUID]:
    """Return the identifiers among what a form sends; anything else is nobody's."""
    found = []
    for word in words:
        try:
            found.append(UUID(word))
        except ValueError:
            continue
    return found
