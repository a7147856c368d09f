"""Reading the journal."""

import datetime as dt

import pytest
import time_machine

from convergences.audit.models import AuditEvent
from convergences.audit.queries import JournalFilters, entries_about, journal, label_of
from convergences.audit.services import About
from tests.audit.events import NADIA, Rehearsal, write

pytestmark = [pytest.mark.database, pytest.mark.django_db]

PANTIN = About(subject_id=1, subject_label="Claire Lefèvre", organization_id=10)
ROMAINVILLE = About(subject_id=2, subject_label="Karim Benali", organization_id=20)


def names(**arguments: object) -> list[str]:
    return [event.subject_label for event in journal(**arguments)]  # type: ignore[arg-type]


def test_an_organization_reads_its_own_events_only() -> None:
    write(about=PANTIN)
    write(about=ROMAINVILLE)
    assert names(organization_id=10) == ["Claire Lefèvre"]
    assert names() == ["Karim Benali", "Claire Lefèvre"]


def test_an_agent_reads_what_happened_to_them_whoever_did_it() -> None:
    write(about=PANTIN, actor=NADIA)
    write(about=ROMAINVILLE, actor=NADIA)
    assert [event.actor_label for event in entries_about(1)] == ["Nadia Ferhat"]
    assert journal(actor_id=NADIA.agent_id).count() == 2


@pytest.mark.parametrize("typed", ["lefevre", "LEFÈVRE claire", "nadia lefe", " Lefèvre, "])
def test_a_search_ignores_accents_case_and_order(typed: str) -> None:
    write(about=PANTIN, actor=NADIA)
    write(about=ROMAINVILLE)
    assert names(filters=JournalFilters(q=typed)) == ["Claire Lefèvre"]


def test_a_percent_sign_searches_a_percent_sign() -> None:
    write(about=PANTIN)
    assert names(filters=JournalFilters(q="%")) == ["Claire Lefèvre"]  # no word at all: no filter
    assert names(filters=JournalFilters(q="c_aire")) == []


def test_actions_are_chosen_by_their_beginning() -> None:
    write(about=PANTIN)
    write(about=ROMAINVILLE, word=Rehearsal.STOPPED)
    assert names(filters=JournalFilters(prefix_words=("rehearsal.st", "other."))) == ["Karim Benali"]
    assert len(names(filters=JournalFilters(prefix_words=("rehearsal.",)))) == 2


@pytest.mark.parametrize(
    ("start", "end", "seen"),
    [
        (dt.date(2026, 7, 1), None, True),
        (None, dt.date(2026, 7, 1), True),
        (dt.date(2026, 7, 2), None, False),
        (None, dt.date(2026, 6, 30), False),
        (dt.date(1, 1, 1), dt.date(9999, 12, 31), True),
    ],
)
def test_days_are_days_of_paris(start: dt.date | None, end: dt.date | None, seen: bool) -> None:
    with time_machine.travel(dt.datetime(2026, 6, 30, 22, 30, tzinfo=dt.UTC), tick=False):  # already July in Paris
        write(about=PANTIN)
    assert bool(names(filters=JournalFilters(start=start, end=end))) is seen


def test_a_word_has_its_label_and_icon_and_a_forgotten_one_itself() -> None:
    assert label_of("rehearsal.played") == ("Scène jouée", "star")
    assert label_of("rehearsal.unknown") == ("rehearsal.unknown", "history")


def test_long_names_are_cut_rather_than_lost() -> None:
    write(about=About(subject_label="x" * 500))
    assert len(AuditEvent.objects.get().subject_label) == 200
