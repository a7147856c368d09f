"""Texts as people search and read them."""

import datetime as dt
import re
import unicodedata

NO_BREAK = "\u00a0"
_MONTHS: tuple[str, ...] = ("janvier", "février", "mars", "avril", "mai", "juin")
_MONTHS += ("juillet", "août", "septembre", "octobre", "novembre", "décembre")
_OUTSIDE_WORDS = re.compile(r"[^\w@.+-]+")


def searchable(text: str) -> str:
    """Return the text without accents, case or punctuation, so that « Lefèvre » answers to « lefevre »."""
    folded = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae")).casefold()
    bare = "".join(c for c in folded if not unicodedata.combining(c))
    return _OUTSIDE_WORDS.sub(" ", bare).strip()


def name_words(name: str) -> str:
    """Return the words of a name as two names are compared: without accents, in one order, hyphens aside."""
    return " ".join(sorted(searchable(name).replace("-", " ").split()))


def french(text: str) -> str:
    """Return the text with French typography: curly apostrophes, no-break spaces before : ; ? ! » and in numbers."""
    text = re.sub(r"(?<=\w)'(?=[\wÀ-ÿ«<]|$)", "’", text)
    text = re.sub(r" ([:;?!»%€])", NO_BREAK + r"\1", text)
    text = text.replace("« ", "«" + NO_BREAK)
    return re.sub(r"(?<=\d) (?=\d{3}\b|h\b|o\b|Mo\b|Ko\b|minutes?\b|jours?\b)", NO_BREAK, text)


def day_in_words(day: dt.date) -> str:
    """Return « 14 mars 2027 », and « 1er » for the first of a month, with no-break spaces."""
    number = "1er" if day.day == 1 else str(day.day)
    return NO_BREAK.join((number, _MONTHS[day.month - 1], str(day.year)))


def month_in_words(day: dt.date) -> str:
    """Return « mars 2027 », with a no-break space."""
    return f"{_MONTHS[day.month - 1]}{NO_BREAK}{day.year}"


def listed(names: list[str], *, last: str = "et") -> str:
    """Return « A », « A et B », « A, B et C »."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}" if names else ""
