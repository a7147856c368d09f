"""Drawing a volume of letters in a process of its own (`python -m convergences.campaigns.letters`, `__main__`).

Typst needs a megabyte of memory for each letter, keeps it, and holds the interpreter while it draws: apart, a worker
gets its memory back after each volume and its other lanes go on. Codes travel by a pipe: no argument, no file.
"""

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from convergences.campaigns.letters.documents import Undrawable, write
from convergences.campaigns.letters.sheets import Sender, Sheet

VOLUME = 500
LONGEST = 600.0  # seconds; a volume takes about ten


def write_apart(sheets: Sequence[Sheet], sender: Sender, *, day: dt.date, title: str) -> bytes:
    """Return what `write` returns, drawn by another process; raises `Undrawable` when it fails."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and nothing else
            [sys.executable, "-m", __package__],
            input=_sent(sheets, sender, day, title),
            stdout=subprocess.PIPE,
            check=True,
            timeout=LONGEST,
            start_new_session=True,  # Ctrl-C is for the worker, which lets a volume be finished
        )
    except subprocess.SubprocessError as error:
        raise Undrawable(str(error)) from None
    return done.stdout


def _sent(sheets: Sequence[Sheet], sender: Sender, day: dt.date, title: str) -> bytes:
    said = {"sheets": [asdict(sheet) for sheet in sheets], "sender": asdict(sender), "day": day, "title": title}
    return json.dumps(said, default=dt.date.isoformat).encode()


def drawn(sent: bytes) -> bytes:
    """Return the document of what `write_apart` sent: what its process does."""
    said = json.loads(sent)
    sender = Sender(**{**said["sender"], "address": tuple(said["sender"]["address"])})
    sheets = [_sheet(each) for each in said["sheets"]]
    return write(sheets, sender, day=dt.date.fromisoformat(said["day"]), title=said["title"])


def _sheet(said: dict[str, Any]) -> Sheet:
    lists = {name: tuple(said[name]) for name in ("addressee", "paragraphs", "applications")}
    return Sheet(**{**said, **lists, "deadline": dt.date.fromisoformat(said["deadline"])})
