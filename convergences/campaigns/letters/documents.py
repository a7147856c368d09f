"""Drawing letters with typst: one template, one document for any number of letters."""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import typst

from convergences.campaigns.letters.drawable import shown
from convergences.campaigns.letters.sheets import Sender, Sheet
from convergences.foundations.text import day_in_words

_TEMPLATE = Path(__file__).with_name("letter.typ")


class Undrawable(Exception):  # noqa: N818 - what was to be drawn is, nothing of ours is broken
    """No document came of these letters: one of them at least cannot be drawn."""


def write(sheets: Sequence[Sheet], sender: Sender, *, day: dt.date, title: str) -> bytes:
    """Return the letters as one PDF/UA-1 document (ISO 14289-1): two pages each, dated from `day`.

    Raises `ValueError` when there is none, `Undrawable`.
    """
    try:
        drawn = _drawing(sheets, sender, day=day, title=title).compile(format="pdf", pdf_standards=["ua-1"])
    except typst.TypstError as error:
        raise Undrawable(str(error)) from error
    return b"".join(_pages(drawn))


def preview(sheet: Sheet, sender: Sender, *, day: dt.date) -> list[bytes]:
    """Return the two pages of a letter as PNG pictures, for a page that shows what will leave."""
    return _pages(_drawing([sheet], sender, day=day, title=sheet.reference).compile(format="png", ppi=110))


def _drawing(sheets: Sequence[Sheet], sender: Sender, *, day: dt.date, title: str) -> typst.Compiler:
    if not sheets:
        raise ValueError("no letter to write")
    data = {
        "title": shown(title),
        "day": day_in_words(day),
        "sender": asdict(sender),
        "letters": [sheet.drawn() for sheet in sheets],
    }
    # The template reads its own folder and nothing else; words travel as JSON, never as source.
    return typst.Compiler(_TEMPLATE, root=_TEMPLATE.parent, sys_inputs={"data": json.dumps(data)})


def _pages(drawn: bytes | list[bytes] | None) -> list[bytes]:
    """Return as a list what typst gives as one page, several, or nothing."""
    return drawn if isinstance(drawn, list) else [drawn] if drawn else []
