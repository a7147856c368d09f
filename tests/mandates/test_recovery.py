"""A correspondant helps a référent who has lost everything; never themself, nor a colleague of the staff."""

import pytest

from convergences.audit.models import AuditEvent
from convergences.authentication.models import Recovery
from convergences.directory.models import Membership, Profile, Role, StaffRole
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from tests.cast import Cast, give_totp, join, member, signed_in
from tests.employers.pages import julien
from tests.team.pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def _address(who: Membership, more: str = "", key: str = "pantin") -> str:
    return f"/espace-cig/employeurs/{key}/agents/{who.uid}/retrouver-l-acces{more}"


def test_nobody_helps_themself_nor_a_colleague_who_has_a_role(cast: Cast) -> None:
    colleague = member(cast.center, "Rose Amar")
    StaffRole.objects.create(agent=colleague.agent, role=Role.AUDITOR, granted_at=clock.now())
    for agent in (cast.julien.agent, colleague.agent):
        give_totp(agent)
        own = join(agent, cast.pantin, profile=Profile.REFERENT)
        for method in (julien(cast).get, julien(cast).post):
            answer = method(_address(own))
            assert (answer.status_code, "Cette aide n'est pas possible" in words(answer)) == (403, True)
    assert not Recovery.objects.exists()


def test_it_is_explained_then_started_then_told_and_journaled(cast: Cast) -> None:
    give_totp(cast.nadia.agent)
    browser = julien(cast)
    assert "Reconnaissez d'abord cette personne" in words(browser.get(_address(cast.nadia)))
    assert not Recovery.objects.exists()
    assert "La récupération est demandée" in words(browser.post(_address(cast.nadia), follow=True))
    recovery = Recovery.objects.get()
    assert (recovery.started_by_id, recovery.opens_at > clock.now()) == (cast.julien.agent_id, True)
    told = set(OutboxMessage.objects.values_list("recipient", flat=True))
    assert {cast.nadia.agent.email, cast.moussa.agent.email} <= told
    assert AuditEvent.objects.filter(actor_id=cast.julien.agent_id, organization_id=cast.pantin.pk).exists()
    assert "récupération en cours" in words(browser.get(_address(cast.nadia)))


def test_it_is_cancelled_by_the_same_page(cast: Cast) -> None:
    give_totp(cast.nadia.agent)
    browser = julien(cast)
    browser.post(_address(cast.nadia))
    assert "La récupération est annulée" in words(browser.post(_address(cast.nadia, "/annuler"), follow=True))
    assert Recovery.objects.get().cancelled_at is not None
    again = browser.post(_address(cast.nadia, "/annuler"), follow=True)
    assert "La récupération est annulée" not in words(again)


def test_without_a_second_factor_there_is_nothing_to_recover(cast: Cast) -> None:
    assert julien(cast).get(_address(cast.nadia)).status_code == 403


def test_an_agent_of_several_employers_is_found_by_address_and_helped(cast: Cast) -> None:
    give_totp(cast.claire.agent)
    join(cast.claire.agent, cast.romainville)
    find, browser = "/espace-cig/employeurs/pantin/retrouver-l-acces", julien(cast)
    for typed, said in (("", "Saisissez l'adresse"), ("lucie.lefevre@romainville.example", "Aucun agent de cet")):
        answer = browser.post(find, {"email": typed})
        assert (answer.status_code, said in words(answer), typed in answer.content.decode()) == (422, True, True)
    found = browser.post(find, {"email": " Claire.Nguyen@Pantin.example "}, follow=True)
    assert "Aider Claire Nguyen à retrouver l'accès ?" in words(found)
    browser.post(_address(cast.claire))
    assert Recovery.objects.get().agent_id == cast.claire.agent_id


def test_nobody_but_a_correspondant_finds_these_pages(cast: Cast) -> None:
    give_totp(cast.nadia.agent)
    engineer = member(cast.center, "Anne Petit")
    StaffRole.objects.create(agent=engineer.agent, role=Role.ENGINEER, granted_at=clock.now())
    for other in (cast.moussa, cast.nadia, cast.claire, cast.karim, engineer):
        browser = signed_in(other.agent, second_factor=True)
        for path in (
            _address(cast.nadia),
            _address(cast.nadia, "/annuler"),
            "/espace-cig/employeurs/pantin/retrouver-l-acces",
        ):
            assert {browser.get(path).status_code, browser.post(path).status_code} == {404}
    assert julien(cast).get(_address(cast.karim)).status_code == 404  # of another town
    assert not Recovery.objects.exists()
