"""The journal of the organization: filters, pages, one agent's history, and a file that no spreadsheet runs."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from convergences.admission.actions import Action as Entering
from convergences.audit.services import About, Actor, record
from convergences.directory.actions import Action
from convergences.directory.models import Membership, Organization
from convergences.foundations import clock
from convergences.web.wording.journal_entries import FIELDS
from tests.cast import Cast
from tests.team.pages import client, sheet, team, words

pytestmark = pytest.mark.database

JOURNAL = team("journal")
EXPORT = team("journal/export")


def _tell(about: Membership, action: Action = Action.AGENT_MODIFIED, by: str = "Moussa Diarra", **details: Any) -> None:
    subject = About(about.agent_id, about.full_name, about.organization_id)
    with transaction.atomic():
        record(action, actor=Actor(None, by, browser="Edge sur Windows"), about=subject, **details)


def _file(cast: Cast, query: str = "") -> str:
    answer: Any = client(cast.nadia).get(EXPORT + query)
    return b"".join(answer.streaming_content).decode()


def test_every_field_of_an_organization_has_a_french_word() -> None:
    kept = {field.name for field in Organization._meta.fields}
    assert kept - {"id", "created_at", "name_key"} <= set(FIELDS)


def test_the_journal_says_who_did_what_to_whom(cast: Cast) -> None:
    _tell(cast.claire, fields=["department", "job_title"])
    told = words(client(cast.nadia).get(JOURNAL))
    for part in ("Moussa Diarra", "Fiche modifiée : service et fonction", "Claire Nguyen", "Edge sur Windows"):
        assert part in told


def test_a_right_is_told_with_its_application_roles_and_end(cast: Cast) -> None:
    nadia = client(cast.nadia)
    nadia.post(
        sheet(cast.claire, "habilitations"),
        {"version": "0", "droit-bip": "on", "role-bip": "manager", "fin-bip": "2099-12-12"},
    )
    assert "Droit donné : BIP, Gérer, jusqu'au 12 décembre 2099" in words(nadia.get(JOURNAL))


def test_another_town_has_its_own_journal(cast: Cast) -> None:
    _tell(cast.lucie)
    assert "Lucie" not in words(client(cast.nadia).get(JOURNAL))
    assert "Lucie" not in _file(cast)


def test_filters_by_name_type_and_dates(cast: Cast) -> None:
    _tell(cast.claire)
    nadia, today = client(cast.nadia), clock.today()
    tomorrow = (today + dt.timedelta(days=1)).isoformat()
    for query, found in (
        ({"q": "NGUYEN"}, True), ({"q": "diarra claire"}, True), ({"q": "zzz"}, False),
        ({"action": "comptes"}, True), ({"action": "droits"}, False), ({"action": "applications"}, False),
        ({"du": today.isoformat(), "au": today.isoformat()}, True), ({"du": tomorrow}, False),
    ):  # fmt: skip
        assert ("Fiche modifiée" in words(nadia.get(JOURNAL, query))) is found, query


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?du=2026-12-31&au=2026-01-01", "La date de fin précède la date de début"),
        ("?du=hier", "Cette date n'existe pas"),
        ("?action=tout", "Choisissez une réponse dans la liste"),
        ("?q=a&q=b", "envoyée deux fois"),
    ],
)
def test_filters_that_are_wrong_are_said_and_kept(cast: Cast, query: str, sentence: str) -> None:
    answer = client(cast.nadia).get(JOURNAL + query)
    assert answer.status_code == 200
    assert sentence in words(answer)
    exported = client(cast.nadia).get(EXPORT + query)
    assert exported.status_code == 302
    assert exported["Location"].startswith(JOURNAL)


@pytest.mark.parametrize("query", ["?du=0001-01-01&au=9999-12-31", "?page=9999", "?page=-1", "?agent=x", "?q=%00"])
def test_absurd_filters_answer_a_page(cast: Cast, query: str) -> None:
    assert client(cast.nadia).get(JOURNAL + query).status_code == 200
    assert client(cast.nadia).get(EXPORT + query).status_code in {200, 302}


def test_the_history_of_one_agent(cast: Cast) -> None:
    _tell(cast.claire)
    _tell(cast.moussa, by="Karim Benali")
    answer = client(cast.nadia).get(JOURNAL, {"agent": str(cast.claire.uid)})
    assert "Historique de Claire Nguyen" in words(answer)
    assert "Karim Benali" not in words(answer)
    assert f"journal/export?agent={cast.claire.uid}" in answer.content.decode()
    assert "Karim Benali" not in _file(cast, f"?agent={cast.claire.uid}")


def test_pages_keep_the_filters(cast: Cast) -> None:
    for _ in range(30):
        _tell(cast.claire)
    page = client(cast.nadia).get(f"{JOURNAL}?q=nguyen").content.decode()
    assert "?q=nguyen&amp;page=2" in page


def test_the_file_is_what_french_spreadsheets_open(cast: Cast) -> None:
    _tell(cast.claire)
    answer: Any = client(cast.nadia).get(EXPORT)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="journal-pantin-{clock.today().isoformat()}.csv"'
    assert answer.streaming
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines[0].startswith("\ufeffDate;Heure;Action")
    assert "Fiche modifiée;Moussa Diarra;Claire Nguyen" in lines[1]


def test_a_formula_typed_as_a_name_is_not_run(cast: Cast) -> None:
    _tell(cast.claire, by='=HYPERLINK("http://x")')
    assert ";=HYPERLINK" not in _file(cast)
    assert "'=HYPERLINK" in _file(cast)


def test_an_empty_journal_says_so(cast: Cast) -> None:
    assert "Aucune action ne correspond" in words(client(cast.nadia).get(JOURNAL))


def test_the_file_says_details_in_the_words_of_the_page(cast: Cast) -> None:
    _tell(cast.claire, fields=["department"])
    assert ";service;" in _file(cast)
    assert "department" not in _file(cast)


def test_opening_an_application_is_told(cast: Cast) -> None:
    subject = About(cast.claire.agent_id, "Claire Nguyen", cast.pantin.pk, "bip")
    with transaction.atomic():
        record(Entering.APPLICATION_ENTERED, actor=Actor(cast.claire.agent_id, "Claire Nguyen"), about=subject)
    told = words(client(cast.nadia).get(JOURNAL, {"action": "applications"}))
    assert "Application ouverte : BIP" in told
