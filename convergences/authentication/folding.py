"""A password without what hides a word from a reader but not from a guesser: accents and case."""

import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae"})


def bare(text: str) -> str:
    """Return the text without accents, in its case."""
    opened = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return "".join(c for c in opened if not unicodedata.combining(c))


def folded(text: str) -> str:
    """Return the text without accents nor case."""
    return bare(text).casefold()


def letters_and_digits(text: str) -> str:
    """Return what is left of the folded text without spaces and punctuation."""
    return "".join(c for c in folded(text) if c.isalnum())
