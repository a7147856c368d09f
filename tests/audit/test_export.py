"""The journal as a file for spreadsheets."""

import csv
import datetime as dt

import pytest
import time_machine

from convergences.audit import export
from convergences.audit.queries import journal
from convergences.audit.services import About
from tests.audit.events import NADIA, write

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def exported() -> list[list[str]]:
    text = "".join(export.csv_lines(journal()))
    assert text.startswith("\ufeffDate;Heure;Action")
    return list(csv.reader(text[1:].splitlines(), delimiter=";"))


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+33", "-1", "@SUM(A1)", "\t=1", " =1", "\u00a0=1", "|calc", "%0A"])
def test_a_name_that_a_spreadsheet_would_run_is_harmless(name: str) -> None:
    assert export.harmless(name) == f"'{name}"


def test_an_ordinary_name_is_left_as_it_is() -> None:
    assert export.harmless("Léa d’Arc-Martin") == "Léa d’Arc-Martin"


def test_each_event_is_a_line_in_local_time() -> None:
    with time_machine.travel(dt.datetime(2026, 7, 1, 6, 52, 3, tzinfo=dt.UTC), tick=False):
        write(
            about=About(subject_label="Claire; Nguyen", application="bip"),
            actor=NADIA,
            roles=["lecteur", "gestionnaire"],
        )
    assert exported()[1] == [
        "01/07/2026",
        "08:52:03",
        "Scène jouée",
        "Nadia Ferhat",
        "Claire; Nguyen",
        "bip",
        "position : 0 ; roles : lecteur, gestionnaire",
        "192.0.2.7",
        "Firefox sur Windows",
    ]


def test_an_empty_journal_has_its_headings() -> None:
    assert exported() == [list(export.HEADINGS)]


def test_a_long_journal_leaves_in_several_pieces() -> None:
    write(600, note="x" * 100)
    pieces = list(export.csv_lines(journal()))
    assert len(pieces) > 3
    assert len(list(csv.reader("".join(pieces).splitlines(), delimiter=";"))) == 601
