"""Declaring and modifying an employer, alone or two at once."""

from typing import Any

import pytest
from django.test import Client

from convergences.audit.models import AuditEvent
from convergences.directory.models import Organization
from tests.cast import Cast, organization
from tests.employers.pages import LIST, julien, posted, sheet
from tests.team.pages import value_of, words

pytestmark = pytest.mark.database
CREATE = "/espace-cig/ajouter-un-employeur"


def _form(browser: Client, key: str = "pantin") -> dict[str, Any]:
    """Return what the form of an employer would send if nobody touched it."""
    answer = browser.get(sheet("modifier", key))
    form = answer.context["form"]
    shown = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    return {**shown, "seen": value_of(answer, "seen")}


def test_an_employer_is_declared_with_its_authority_and_correspondent(cast: Cast) -> None:
    answer = julien(cast).post(CREATE, posted(correspondent=str(cast.julien.agent_id), parent="ville de pantin"))
    assert answer["Location"] == f"{LIST}/ville-de-bobigny"
    made = Organization.objects.get(siret="21930008400015")
    assert (made.name, made.parent, made.correspondent) == ("Ville de Bobigny", cast.pantin, cast.julien.agent)
    assert (made.authority_email, made.email_domains) == ("maire@bobigny.example", ["bobigny.example"])
    told = AuditEvent.objects.filter(organization_id=made.pk).order_by("pk")
    assert [each.action for each in told] == ["directory.organization_created", "directory.organization_modified"]
    assert {each.actor_id for each in told} == {cast.julien.agent_id}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"siret": "21930008400016"}, "Ce numéro SIRET n'existe pas"),
        ({"siret": "21930055500014"}, "Une organisation porte déjà ce numéro SIRET"),
        ({"name": ""}, "Saisissez le nom de l'employeur"),
        ({"kind": "center"}, "Choisissez une réponse dans la liste"),
        ({"affiliation": "center"}, "Choisissez une réponse dans la liste"),
        ({"department": "00"}, "Saisissez le numéro du département"),
        ({"email_domains": "@ville"}, "Un domaine s'écrit"),
        ({"authority_email": "maire"}, "Cette adresse est incomplète"),
        ({"parent": "Ville de Nulle-Part"}, "Aucun employeur ne porte"),
        ({"correspondent": "999999"}, "Choisissez une réponse dans la liste"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(cast: Cast, changes: dict[str, str], said: str) -> None:
    before = Organization.objects.count()
    answer = julien(cast).post(CREATE, posted(**changes))
    assert answer.status_code == 422
    assert said in words(answer)
    assert Organization.objects.count() == before


def test_a_referent_of_the_cast_is_not_offered_as_correspondent(cast: Cast) -> None:
    answer = julien(cast).post(CREATE, posted(correspondent=str(cast.nadia.agent_id)))
    assert answer.status_code == 422


def test_two_employers_of_one_name_have_two_handles_and_ask_for_a_siret(cast: Cast) -> None:
    organization("ville-de-bobigny", "21930007600011", "Ville de Bobigny")
    assert julien(cast).post(CREATE, posted())["Location"] == f"{LIST}/ville-de-bobigny-2"
    answer = julien(cast).post(CREATE, posted(siret="21930009200018", name="CCAS", parent="Ville de Bobigny"))
    assert "Plusieurs employeurs portent ce nom" in words(answer)


def test_an_untouched_form_changes_and_journals_nothing(cast: Cast) -> None:
    browser, before = julien(cast), AuditEvent.objects.count()
    answer = browser.post(sheet("modifier"), _form(browser), follow=True)
    assert "n'a pas changé" in words(answer)
    assert AuditEvent.objects.count() == before


def test_a_change_keeps_the_handle_and_is_journaled_by_its_fields(cast: Cast) -> None:
    browser = julien(cast)
    browser.post(sheet("modifier"), {**_form(browser), "name": "Pantin", "authority_name": "Ève Martin"})
    cast.pantin.refresh_from_db()
    assert (cast.pantin.key, cast.pantin.name, cast.pantin.authority_name) == ("pantin", "Pantin", "Ève Martin")
    told = AuditEvent.objects.get(action="directory.organization_modified")
    assert told.details == {"fields": ["name", "authority_name"]}


def test_two_correspondents_do_not_overwrite_each_other_unawares(cast: Cast) -> None:
    first, second = julien(cast), julien(cast)
    typed = {**_form(first), "authority_name": "Ève Martin"}
    other = {**_form(second), "authority_address": "1 place de la Mairie"}
    assert first.post(sheet("modifier"), typed).status_code == 302
    answer = second.post(sheet("modifier"), other)
    assert answer.status_code == 422
    assert "Quelqu'un d'autre" in words(answer)
    cast.pantin.refresh_from_db()
    assert (cast.pantin.authority_name, cast.pantin.authority_address) == ("Ève Martin", "")
    again = {**other, "seen": value_of(answer, "seen")}
    assert second.post(sheet("modifier"), again).status_code == 302


def test_an_employer_does_not_hang_from_itself_or_from_what_hangs_from_it(cast: Cast) -> None:
    organization("ccas", "26930016700012", "CCAS de Pantin", parent=cast.pantin)
    browser = julien(cast)
    for parent in ("Ville de Pantin", "CCAS de Pantin"):
        answer = browser.post(sheet("modifier"), {**_form(browser), "parent": parent})
        assert "Une organisation ne peut pas dépendre d'elle-même" in words(answer)
    cast.pantin.refresh_from_db()
    assert cast.pantin.parent is None


def test_the_centre_stays_the_centre(cast: Cast) -> None:
    browser = julien(cast)
    answer = browser.post(sheet("modifier", "cig"), {**_form(browser, "cig"), "kind": "commune"})
    assert answer.status_code == 422
