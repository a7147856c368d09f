"""How a command answers: sentences for people, JSON for machines."""

import datetime as dt
import getpass
import json
import os
from collections.abc import Iterable
from typing import Any

import click

from convergences.audit.services import Actor
from convergences.foundations.clock import PARIS

json_option = click.option("--json", "as_json", is_flag=True, help="Répondre en JSON.")


def answer(value: Any, lines: Iterable[str], *, as_json: bool) -> None:
    """Write the value as JSON, or the lines."""
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))
        return
    for line in lines:
        click.echo(line)


def counted(number: int, words: str) -> str:
    """Return the number and its words, each with an s when there are several: « 2 courriers remis »."""
    return f"{number} {words if number < 2 else ' '.join(f'{word}s' for word in words.split())}"  # noqa: PLR2004


def moment(at: dt.datetime | None) -> str:
    """Return an instant as people of the centre read it, or a dash."""
    return f"{at.astimezone(PARIS):%d/%m/%Y %H:%M}" if at else "—"


def operator(command: str) -> Actor:
    """Return the journal's actor for an act of the command line: whoever holds this account of the machine."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container without a user database
        user = str(os.getuid())
    return Actor(agent_id=None, label=f"Exploitation : {user} (convergences {command})")


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, (dt.datetime, dt.date)) else str(value)
