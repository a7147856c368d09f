"""A référent on themself: may give themself rights, which the journal tells; never changes who they are, nor leaves."""

import pytest

from convergences.audit.models import AuditEvent
from convergences.directory.models import Agent, Membership, Profile
from tests.cast import Cast
from tests.team.pages import PERSON, client, held, sheet, value_of, words

pytestmark = pytest.mark.database

MINE = {**PERSON, "given_name": "Nadège", "email": "autre@pantin.example", "starts_on": "2020-01-01"}


def test_a_referent_may_not_change_their_own_name_address_or_job(cast: Cast) -> None:
    before = Agent.objects.filter(pk=cast.nadia.agent_id).values().get()
    for method in ("get", "post"):
        answer = getattr(client(cast.nadia), method)(sheet(cast.nadia, "modifier"), MINE)
        assert answer.status_code == 403
        assert "Moussa Diarra" in words(answer)
    assert Agent.objects.filter(pk=cast.nadia.agent_id).values().get() == before


@pytest.mark.parametrize("act", ["suspendre", "supprimer"])
def test_a_referent_may_neither_suspend_nor_delete_themself(cast: Cast, act: str) -> None:
    form = {"reason": "Autre", "notify": "on", "family_name": "Ferhat"}
    answer = client(cast.nadia).post(sheet(cast.nadia, act), form)
    assert answer.status_code == 403
    row = Membership.objects.get(pk=cast.nadia.pk)
    assert row.suspended_at is None
    assert row.closed_at is None


def test_nobody_makes_a_referent_from_the_form(cast: Cast) -> None:
    form = {**PERSON, "profile": "referent", "role": "referent", "is_referent": "on"}
    client(cast.nadia).post(f"{sheet(cast.claire).rsplit('/', 1)[0]}/creer", form)
    made = Membership.objects.get(shown_family_name="Marchand")
    assert made.profile == Profile.USER
    client(cast.nadia).post(sheet(cast.claire, "modifier"), {**form, "starts_on": "2020-01-01"})
    assert Membership.objects.get(pk=cast.claire.pk).profile == Profile.USER


def test_the_sheet_of_a_referent_offers_them_no_act_on_themself(cast: Cast) -> None:
    page = client(cast.nadia).get(sheet(cast.nadia)).content.decode()
    assert "C’est votre propre fiche" in page
    for act in ("modifier", "suspendre", "supprimer"):
        assert sheet(cast.nadia, act) not in page


def test_a_referent_gives_themself_a_right_and_the_journal_says_so(cast: Cast) -> None:
    nadia = client(cast.nadia)
    version = value_of(nadia.get(sheet(cast.nadia)), "version")
    form = {"version": version, "droit-bip": "on", "role-bip": "reader"}
    nadia.post(sheet(cast.nadia, "habilitations"), form)
    assert held(cast.nadia) == {("bip", ("reader",))}
    event = AuditEvent.objects.get(action="entitlements.right_granted")
    assert event.actor_id == event.subject_id == cast.nadia.agent_id
