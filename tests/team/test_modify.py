"""Modifying a sheet: what may change, what the directory refuses, and nothing lost on the way."""

import pytest

from convergences.directory.models import Agent, Membership
from convergences.foundations.models import OutboxMessage
from tests.cast import Cast, join
from tests.team.pages import client, sheet, value_of, words

pytestmark = pytest.mark.database

CLAIRE = {
    "civility": "madam",
    "given_name": "Claire",
    "family_name": "Nguyen-Roy",
    "email": "claire.nguyen@pantin.example",
    "department": "Paie",
    "job_title": "Gestionnaire",
    "phone": "01 23 45 67 89",
    "starts_on": "2020-01-01",
    "ends_on": "",
}


def test_the_form_holds_what_the_employer_knows(cast: Cast) -> None:
    answer = client(cast.nadia).get(sheet(cast.claire, "modifier"))
    assert value_of(answer, "family_name") == "Nguyen"
    assert value_of(answer, "starts_on") == "2020-01-01"


def test_a_sheet_is_modified(cast: Cast) -> None:
    answer = client(cast.nadia).post(sheet(cast.claire, "modifier"), CLAIRE, follow=True)
    assert "La fiche est enregistrée" in words(answer)
    row = Membership.objects.get(pk=cast.claire.pk)
    assert (row.agent.family_name, row.department, row.agent.phone) == ("Nguyen-Roy", "Paie", "01 23 45 67 89")


def test_the_same_form_sent_twice_changes_nothing_more(cast: Cast) -> None:
    nadia = client(cast.nadia)
    nadia.post(sheet(cast.claire, "modifier"), CLAIRE)
    assert "Rien n'a changé" in words(nadia.post(sheet(cast.claire, "modifier"), CLAIRE, follow=True))


def test_a_new_address_is_told_to_both_mailboxes(cast: Cast) -> None:
    form = {**CLAIRE, "email": "claire.roy@pantin.example"}
    client(cast.nadia).post(sheet(cast.claire, "modifier"), form)
    assert Agent.objects.get(pk=cast.claire.agent_id).email == "claire.roy@pantin.example"
    recipients = {mail.recipient for mail in OutboxMessage.objects.all()}
    assert recipients == {"claire.nguyen@pantin.example", "claire.roy@pantin.example"}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ends_on": "2019-12-31"}, "La date de fin précède la date de début"),
        ({"starts_on": "0001-01-01"}, "Vérifiez l'année"),
        ({"starts_on": "hier"}, "Cette date n'existe pas"),
        ({"starts_on": ""}, "Saisissez le premier jour"),
        ({"phone": "12"}, "Ce numéro de téléphone n'est pas valable"),
        ({"email": "moussa.diarra@pantin.example"}, "Moussa Diarra a déjà un compte"),
        ({"email": "claire@ailleurs.example"}, "Vous ne pouvez pas donner cette adresse"),
        ({"family_name": "x" * 81}, "trop long"),
        ({"family_name": "Nguyen\u202eRoy"}, "caractère invisible"),
        ({"department": ["Paie", "Finances"]}, "envoyée deux fois"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_nothing_changes(cast: Cast, wrong: dict[str, object], sentence: str) -> None:
    answer = client(cast.nadia).post(sheet(cast.claire, "modifier"), {**CLAIRE, **wrong})
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert value_of(answer, "job_title") == "Gestionnaire"
    assert Agent.objects.get(pk=cast.claire.agent_id).family_name == "Nguyen"


def test_who_works_for_two_employers_keeps_their_name_but_may_change_service(cast: Cast) -> None:
    join(cast.claire.agent, cast.romainville)
    nadia = client(cast.nadia)
    answer = nadia.post(sheet(cast.claire, "modifier"), CLAIRE)
    assert "rattaché à plusieurs employeurs" in words(answer)
    assert "Julien Moreau" in words(answer)
    nadia.post(sheet(cast.claire, "modifier"), {**CLAIRE, "family_name": "Nguyen", "phone": "", "civility": "madam"})
    assert Agent.objects.get(pk=cast.claire.agent_id).family_name == "Nguyen"


def test_an_identifier_of_somebody_else_in_the_form_is_ignored(cast: Cast) -> None:
    form = {**CLAIRE, "uid": str(cast.lucie.uid), "agent": str(cast.lucie.agent_id), "organization": "romainville"}
    client(cast.nadia).post(sheet(cast.claire, "modifier"), form)
    assert Agent.objects.get(pk=cast.lucie.agent_id).family_name == "Lefèvre"
