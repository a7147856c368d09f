"""Suspending, reactivating, deleting and restoring: explained, confirmed, and harmless when sent twice."""

import datetime as dt

import pytest

from convergences.audit.models import AuditEvent
from convergences.directory.models import Agent, AgentState, Membership
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from tests.cast import Cast
from tests.team.pages import client, held, right, sheet, team, value_of, words

pytestmark = pytest.mark.database

SUSPEND = {"reason": "Départ prévu", "notify": "on"}


def _row(member: Membership) -> Membership:
    return Membership.objects.select_related("agent").get(pk=member.pk)


def test_an_account_is_suspended_with_its_reason_and_the_agent_is_told(cast: Cast) -> None:
    claire = client(cast.claire)
    answer = client(cast.nadia).post(sheet(cast.claire, "suspendre"), SUSPEND, follow=True)
    assert "Ce compte est suspendu" in words(answer)
    assert "Départ prévu" in words(answer)
    assert _row(cast.claire).agent.state == AgentState.SUSPENDED
    assert OutboxMessage.objects.get().recipient == cast.claire.agent.email
    assert claire.get("/annuaire/profil").status_code == 302


def test_the_agent_is_not_told_when_the_box_is_not_ticked(cast: Cast) -> None:
    client(cast.nadia).post(sheet(cast.claire, "suspendre"), {"reason": "Compte peut-être piraté"})
    assert _row(cast.claire).suspended_at
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("reason", ["", "Parce que", ["Autre", "Départ prévu"]], ids=str)
def test_a_reason_of_the_list_is_asked_for(cast: Cast, reason: object) -> None:
    answer = client(cast.nadia).post(sheet(cast.claire, "suspendre"), {"reason": reason})
    assert answer.status_code == 422
    assert _row(cast.claire).suspended_at is None


def test_suspending_twice_says_so_and_does_no_more(cast: Cast) -> None:
    nadia = client(cast.nadia)
    for _ in range(2):
        answer = nadia.post(sheet(cast.claire, "suspendre"), SUSPEND)
        assert answer["Location"] == sheet(cast.claire)
    assert AuditEvent.objects.filter(action="directory.member_suspended").count() == 1
    assert OutboxMessage.objects.count() == 1


def test_the_last_other_referent_cannot_leave_the_town_without_any(cast: Cast) -> None:
    Membership.objects.filter(pk=cast.nadia.pk).update(profile="user")
    answer = client(cast.moussa).post(sheet(cast.moussa, "suspendre"), SUSPEND)
    assert answer.status_code == 403
    assert _row(cast.moussa).suspended_at is None


def test_an_account_is_reactivated(cast: Cast) -> None:
    nadia = client(cast.nadia)
    nadia.post(sheet(cast.claire, "suspendre"), SUSPEND)
    answer = nadia.post(sheet(cast.claire, "reactiver"), follow=True)
    assert "est réactivé" in words(answer)
    assert _row(cast.claire).agent.state == AgentState.ACTIVE
    assert "n'est pas suspendu" in words(nadia.post(sheet(cast.claire, "reactiver"), follow=True))


def test_reading_an_address_that_acts_does_nothing(cast: Cast) -> None:
    nadia = client(cast.nadia)
    nadia.post(sheet(cast.claire, "suspendre"), SUSPEND)
    for act in ("reactiver", "restaurer", "invitation", "mot-de-passe", "sessions"):
        assert nadia.get(sheet(cast.claire, act))["Location"] == sheet(cast.claire)
    assert _row(cast.claire).suspended_at


def test_deleting_asks_for_the_family_name(cast: Cast) -> None:
    answer = client(cast.nadia).post(sheet(cast.claire, "supprimer"), {"family_name": "Nguyenn"})
    assert answer.status_code == 422
    assert "Ce n'est pas le nom de cet agent" in words(answer)
    assert value_of(answer, "family_name") == "Nguyenn"
    assert _row(cast.claire).closed_at is None


def test_deleting_takes_rights_and_account_and_accents_do_not_matter(cast: Cast) -> None:
    right(cast.lucie, cast.bip)
    answer = client(cast.karim).post(
        sheet(cast.lucie, "supprimer", "romainville"), {"family_name": " LEFEVRE "}, follow=True
    )
    assert "30 jours" in words(answer)
    assert _row(cast.lucie).closed_at
    assert held(cast.lucie) == set()
    assert Agent.objects.get(pk=cast.lucie.agent_id).state == AgentState.DELETED


def test_a_deleted_account_is_found_in_its_tab_and_restored_with_its_rights(cast: Cast) -> None:
    right(cast.claire, cast.bip)
    nadia = client(cast.nadia)
    nadia.post(sheet(cast.claire, "supprimer"), {"family_name": "nguyen"}, follow=True)
    listed = nadia.get(team("utilisateurs"))
    assert "Claire Nguyen" not in words(listed)
    assert "Claire Nguyen" in words(nadia.get(team("utilisateurs"), {"etat": "supprimes"}))
    assert "encore le rétablir" in words(nadia.get(sheet(cast.claire)))
    answer = nadia.post(sheet(cast.claire, "restaurer"), follow=True)
    assert "est rétabli" in words(answer)
    assert held(cast.claire) == {("bip", ("reader",))}


def test_after_thirty_days_a_deleted_account_is_not_found(cast: Cast) -> None:
    nadia = client(cast.nadia)
    nadia.post(sheet(cast.claire, "supprimer"), {"family_name": "nguyen"})
    Membership.objects.filter(pk=cast.claire.pk).update(closed_at=clock.now() - dt.timedelta(days=31))
    assert nadia.get(sheet(cast.claire)).status_code == 404
    assert nadia.post(sheet(cast.claire, "restaurer")).status_code == 404


def test_a_deleted_account_is_neither_modified_nor_given_rights(cast: Cast) -> None:
    nadia = client(cast.nadia)
    nadia.post(sheet(cast.claire, "supprimer"), {"family_name": "nguyen"})
    nadia.post(sheet(cast.claire, "habilitations"), {"version": "0", "droit-bip": "on", "role-bip": "reader"})
    nadia.post(sheet(cast.claire, "modifier"), {"department": "Paie", "civility": "sir"})
    nadia.post(sheet(cast.claire, "suspendre"), SUSPEND)
    assert held(cast.claire) == set()
    assert _row(cast.claire).suspended_at is None
