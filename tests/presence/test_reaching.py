"""« Me joindre »: hours and absences, as référents, agents and mails read them; and the way back by itself."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.audit.models import AuditEvent
from convergences.directory import staff
from convergences.directory.errors import ForTheCentre
from convergences.directory.models import Membership, Presence, Profile, Role, StaffRole
from convergences.directory.services import presence
from convergences.foundations import clock
from tests.campaigns.doing import acting
from tests.cast import Cast, member, signed_in
from tests.employers.pages import julien, sheet
from tests.team.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.database]
PATH = "/espace-cig/me-joindre"
TEAM = "/annuaire/collectivites/pantin/"


def _day(days: int) -> dt.date:
    return clock.today() + dt.timedelta(days=days)


def _rose(cast: Cast) -> Membership:
    rose = member(cast.center, "Rose Amar")
    rose.agent.phone = "01 56 96 80 80"
    rose.agent.save()
    StaffRole.objects.create(agent=rose.agent, role=Role.CORRESPONDENT, granted_at=clock.now())
    return rose


def _absence(rose: Membership, first: int = 0, last: int = 5) -> dict[str, str]:
    return {"first": _day(first).isoformat(), "last": _day(last).isoformat(), "replaced_by": str(rose.agent_id)}


def test_nobody_but_a_correspondant_says_when_they_can_be_reached(cast: Cast) -> None:
    for other in (cast.nadia, cast.claire):
        browser = signed_in(other.agent, second_factor=True)
        for path in (PATH, f"{PATH}/horaires", f"{PATH}/retour", "/espace-cig/confier-des-employeurs"):
            assert browser.post(path, {"hours": "Jamais"}).status_code == 404
        with pytest.raises(ForTheCentre):
            presence.set_hours("Jamais", actor=acting(other))
    assert not Presence.objects.exists()


def test_while_away_both_names_are_read_everywhere_and_it_ends_by_itself(cast: Cast) -> None:
    rose = _rose(cast)
    assert "Votre absence est enregistrée" in words(julien(cast).post(PATH, _absence(rose), follow=True))
    for page in (words(signed_in(cast.nadia.agent, second_factor=True).get(TEAM)), words(julien(cast).get(sheet()))):
        assert "Julien Moreau Absence jusqu'au" in page
        assert "Rose Amar Remplace Julien Moreau 01 56 96 80 80 rose.amar@cig.example" in page
    line = staff.contact_line(cast.pantin)
    assert line.startswith("Julien Moreau (absence jusqu’au")
    assert "Rose Amar (remplace Julien Moreau)" in line
    with time_machine.travel(clock.now() + dt.timedelta(days=6), tick=False):
        page = words(signed_in(cast.nadia.agent, second_factor=True).get(TEAM))
        assert ("Julien Moreau" in page, "Rose" in page, "Absence" in page) == (True, False, False)


def test_a_refused_referent_alone_is_sent_to_who_answers_and_without_anybody_to_the_centre(cast: Cast) -> None:
    rose = _rose(cast)
    presence.announce(_day(0), _day(3), rose.agent, actor=acting(cast.julien))
    karim = signed_in(cast.karim.agent)
    refused = words(karim.get("/ouvrir/bip"))
    assert "Julien Moreau absence jusqu'au" in refused
    assert "Rose Amar remplace Julien Moreau · 01 56 96 80 80" in refused
    StaffRole.objects.all().delete()
    assert "assistance@cig.example" in words(karim.get("/ouvrir/bip"))


def test_who_left_or_is_away_too_replaces_nobody(cast: Cast) -> None:
    rose = _rose(cast)
    presence.announce(_day(0), _day(3), rose.agent, actor=acting(cast.julien))
    found = staff.contact_of(cast.pantin)
    assert found is not None
    assert found.answering == rose.agent
    presence.announce(_day(0), _day(1), None, actor=acting(rose))
    alone = staff.contact_of(cast.pantin)
    assert alone is not None
    assert alone.stand_in is None
    assert staff.contact_line(cast.pantin).endswith("CIG petite couronne, assistance@cig.example")
    assert "assistance@cig.example" in words(signed_in(cast.nadia.agent, second_factor=True).get(TEAM))
    presence.come_back(actor=acting(rose))
    StaffRole.objects.filter(agent=rose.agent).delete()
    left = staff.contact_of(cast.pantin)
    assert left is not None
    assert (left.stand_in, left.answering) == (None, cast.julien.agent)


def test_bad_input_says_what_to_do_and_loses_nothing(cast: Cast) -> None:
    rose, browser = _rose(cast), julien(cast)
    presence.announce(_day(2), _day(4), None, actor=acting(rose))
    for typed, said in (
        (_absence(rose, 4, 1), "Choisissez un dernier jour à venir"),
        (_absence(rose, -9, -5), "Choisissez un dernier jour à venir"),
        (_absence(rose, 1, 3), "Rose Amar s'absente aussi"),
        (_absence(cast.julien, 1, 3), "Choisissez une réponse dans la liste"),
        ({"first": "", "last": ""}, "Choisissez le premier jour."),
    ):
        answer = browser.post(PATH, typed)
        assert (answer.status_code, said in words(answer)) == (422, True), said
        assert typed["last"] in answer.content.decode()
    assert browser.post(f"{PATH}/horaires", {"hours": "a" * 121}).status_code == 422
    assert not Presence.objects.filter(agent=cast.julien.agent).exists()


def test_hours_are_read_and_an_absence_is_taken_back_and_journaled(cast: Cast) -> None:
    rose, browser = _rose(cast), julien(cast)
    browser.post(f"{PATH}/horaires", {"hours": "Du lundi au jeudi"})
    browser.post(PATH, _absence(rose))
    assert "Votre absence est levée" in words(browser.post(f"{PATH}/retour", follow=True))
    assert "Aucune absence n'est annoncée" in words(browser.post(f"{PATH}/retour", follow=True))
    assert "Du lundi au jeudi" in words(signed_in(cast.nadia.agent, second_factor=True).get(TEAM))
    told = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    assert told == ["directory.hours_changed", "directory.absence_announced", "directory.absence_ended"]


def test_naming_the_correspondant_takes_one_query_away_or_not(cast: Cast) -> None:
    rose = _rose(cast)
    for _time in range(2):
        cast.pantin.refresh_from_db()
        with CaptureQueriesContext(connection) as captured:
            found = staff.contact_of(cast.pantin)
            assert found is not None
            assert [(each.agent.full_name, each.hours, getattr(each.agent, "photo", None)) for each in found.people]
        assert len(captured) == 1
        presence.announce(_day(0), _day(3), rose.agent, actor=acting(cast.julien))


def test_an_employer_without_any_referent_sends_its_agents_there_too(cast: Cast) -> None:
    Membership.objects.filter(organization=cast.pantin).update(profile=Profile.USER)
    presence.announce(_day(0), _day(3), _rose(cast).agent, actor=acting(cast.julien))
    refused = words(signed_in(cast.claire.agent).get("/ouvrir/bip"))
    assert "remplacement par Rose Amar" in refused
