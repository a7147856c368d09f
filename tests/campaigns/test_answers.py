"""What an answer may say: the directory's rules, each fault at its field."""

from dataclasses import replace

import pytest

from convergences.campaigns.answers import Answer, Person
from convergences.campaigns.errors import WrongAnswer
from tests.campaigns.answering import ANNE, PAUL, answer


def _field(given: Answer) -> str:
    with pytest.raises(WrongAnswer) as refusal:
        given.cleaned()
    return refusal.value.field


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "anne.martin"}, "email_2"),
        ({"email": ""}, "email_2"),
        ({"given_name": ""}, "given_name_2"),
        ({"family_name": "http://gagnez.example"}, "family_name_2"),
        ({"phone": "0800 ALLO"}, "phone_2"),
        ({"job_title": " "}, "job_title_2"),
        ({"civility": "lord"}, "civility_2"),
        ({"department": "D\u202eRH"}, "department_2"),
    ],
)
def test_a_fault_names_the_field_of_the_person(changes: dict[str, str], field: str) -> None:
    assert _field(answer(PAUL, replace(ANNE, **changes))) == field


def test_the_same_person_twice_is_refused_whatever_the_case_of_the_address() -> None:
    again = replace(PAUL, email=ANNE.email.upper())
    assert _field(answer(ANNE, again)) == "email_2"
    namesake = replace(ANNE, email="a.martin@pantin.example", given_name="ANNE")
    assert _field(answer(ANNE, namesake)) == "family_name_2"


def test_from_one_to_five_people() -> None:
    assert _field(Answer((Person(),), "Bertrand Kern", "Maire")) == "given_name_1"
    many = [replace(ANNE, email=f"a{n}@pantin.example", given_name="Anne" + "abcdef"[n]) for n in range(6)]
    assert len(answer(*many[:5]).cleaned().people) == 5
    assert _field(answer(*many)) == ""


@pytest.mark.parametrize("field", ["signatory_name", "signatory_title"])
def test_who_signs_is_said(field: str) -> None:
    assert _field(answer(**{field: "  "})) == field
    assert _field(answer(**{field: "a" * 200})) == field
    assert _field(answer(**{field: "Mai\u202ere"})) == field


def test_all_faults_are_told_at_once() -> None:
    given = answer(replace(ANNE, email="x"), replace(PAUL, phone="12"), signatory_name="")
    assert [fault.field for fault in given.faults()] == ["email_1", "phone_2", "signatory_name"]


def test_blocks_left_empty_are_no_people() -> None:
    given = answer(Person(), ANNE, Person(given_name="  ")).cleaned()
    assert [person.email for person in given.people] == [ANNE.email]


@pytest.mark.parametrize("email", ["rh@pantin.example", "mairie.pantin@pantin.example", "service-paie@pantin.example"])
def test_the_mailbox_of_a_service_is_told_and_not_refused(email: str) -> None:
    person = replace(ANNE, email=email)
    assert person.has_generic_email
    assert answer(person).cleaned().people


@pytest.mark.parametrize(
    "email", ["anne.martin@pantin.example", "amartin@pantin.example", "paie.martin@pantin.example"]
)
def test_the_mailbox_of_a_person_is_not_suspected(email: str) -> None:
    assert not replace(ANNE, email=email).has_generic_email


def test_a_service_given_as_a_person_excuses_no_mailbox() -> None:
    assert replace(ANNE, given_name="Accueil", family_name="RH", email="rh@pantin.example").has_generic_email


def test_a_draft_keeps_anything_that_the_database_can_hold() -> None:
    kept = answer(replace(ANNE, given_name="a\x00" * 500, email="x" * 900)).clipped()
    assert len(kept.people[0].given_name) == 80
    assert "\x00" not in kept.people[0].given_name
    assert len(kept.people[0].email) == 254


def test_what_changes_the_answer_changes_its_fingerprint() -> None:
    assert answer().fingerprint() == answer().fingerprint()
    assert answer().fingerprint() != answer(replaces=True).fingerprint()
    assert answer().fingerprint() != answer(replace(ANNE, email="a@pantin.example")).fingerprint()
