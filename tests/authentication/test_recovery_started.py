"""Starting a recovery: who may, for whom, what it tells, what it does not open."""

import datetime as dt

import pytest
from django.conf import settings

from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM, Actor
from convergences.authentication.models import Recovery
from convergences.authentication.recovery_errors import (
    HelpedByOperators,
    HelpedByTheCentre,
    NoRecovery,
    NothingToRecover,
    RecoveryTooOften,
    RecoveryUnderWay,
)
from convergences.authentication.services import recoveries, recovering, second_step
from convergences.directory.details import AgentDetails
from convergences.directory.errors import NotManaged, OwnAccount, WrongState
from convergences.directory.models import AgentState, Membership, Profile, Role, StaffRole
from convergences.foundations import clock as house_clock
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.lifecycle import services as lifecycle
from tests.authentication.doing import HERE, letters, told
from tests.authentication.proving import Held, pending, with_totp
from tests.authentication.recovering_from import DELAY, Clock, by, opened, start, to, token_of
from tests.cast import Cast, give_totp, join

pytestmark = pytest.mark.database


@pytest.mark.parametrize("who", ["karim", "lucie", "claire"])
def test_who_does_not_manage_the_agent_starts_nothing(cast: Cast, lost: Held, who: str) -> None:
    with pytest.raises(NotManaged):
        start(cast.claire, getattr(cast, who))
    assert not Recovery.objects.exists()
    assert to(cast.claire.agent) == []


def test_a_referent_does_not_help_themself(cast: Cast) -> None:
    give_totp(cast.nadia.agent)
    with pytest.raises(OwnAccount):
        start(cast.nadia, cast.nadia)
    Membership.objects.filter(pk=cast.nadia.pk).update(suspended_at=house_clock.now())
    with pytest.raises(NotManaged):
        start(cast.nadia, cast.nadia)


def test_a_referent_is_helped_by_a_correspondant_and_not_by_another_referent(cast: Cast) -> None:
    give_totp(cast.moussa.agent)
    with pytest.raises(HelpedByTheCentre, match="Julien Moreau"):
        start(cast.moussa, cast.nadia)
    assert start(cast.moussa, cast.julien).started_by == cast.julien.agent


def test_a_referent_of_another_town_is_not_helped_by_one_who_employs_them_too(cast: Cast) -> None:
    give_totp(cast.karim.agent)
    with pytest.raises(HelpedByTheCentre):
        start(join(cast.karim.agent, cast.pantin), cast.nadia)


def test_an_agent_of_two_employers_is_helped_by_the_centre(cast: Cast, lost: Held) -> None:
    join(cast.claire.agent, cast.romainville)
    for membership, referent in ((cast.claire, cast.nadia), (cast.claire, cast.karim)):
        with pytest.raises((HelpedByTheCentre, NotManaged)):
            start(membership, referent)
    assert start(cast.claire, cast.julien)


def test_who_holds_a_role_at_the_centre_is_helped_by_an_operator_alone(cast: Cast) -> None:
    here = join(cast.claire.agent, cast.center)
    StaffRole.objects.create(agent=cast.claire.agent, role=Role.ENGINEER, granted_at=house_clock.now())
    give_totp(cast.claire.agent)
    with pytest.raises(HelpedByOperators):
        start(here, cast.julien)
    assert recoveries.start(here, actor=Actor(None, "Exploitation")).started_by is None


@pytest.mark.parametrize("state", [AgentState.SUSPENDED, AgentState.INVITED, AgentState.DELETED])
def test_an_account_that_is_not_active_is_not_recovered(cast: Cast, lost: Held, state: str) -> None:
    agent = cast.claire.agent
    agent.state = state
    agent.save()
    with pytest.raises(WrongState):
        start(cast.claire, cast.nadia)


def test_an_attachment_that_nobody_accepted_gives_no_hand_on_the_account(cast: Cast) -> None:
    give_totp(cast.lucie.agent)
    with pytest.raises(WrongState):
        start(join(cast.lucie.agent, cast.pantin, confirmed_at=None), cast.nadia)


def test_without_a_second_factor_there_is_nothing_to_recover(cast: Cast) -> None:
    with pytest.raises(NothingToRecover):
        start(cast.claire, cast.nadia)


def test_a_referent_does_not_lead_the_account_to_their_mailbox_then_recover_it(
    cast: Cast, lost: Held, clock: Clock
) -> None:
    moved = AgentDetails(given_name="Claire", family_name="Nguyen", email="nadia.bis@pantin.example")
    lifecycle.modify(cast.claire, moved, giver=cast.nadia.agent, actor=by(cast.nadia.agent))
    cast.claire.refresh_from_db()
    with pytest.raises(HelpedByTheCentre):
        start(cast.claire, cast.nadia)
    cast.claire.agent.address_changed_at = None  # the mailbox answered: it is Nadia's
    cast.claire.agent.save()
    with pytest.raises(HelpedByTheCentre):
        start(cast.claire, cast.nadia)
    clock.shift(dt.timedelta(days=7, seconds=1))
    assert start(cast.claire, cast.nadia)


def test_the_agent_is_told_at_once_by_whom_and_from_when_without_any_code(cast: Cast, lost: Held) -> None:
    start(cast.claire, cast.nadia)
    (mail,) = to(cast.claire.agent)
    assert mail.subject == "Une récupération de votre accès est demandée"
    text = " ".join(mail.text.replace("\u00a0", " ").split())
    assert "demandée par Nadia Ferhat" in text
    assert "le 21 novembre 2026 à 9 h 01" in text
    assert token_of(mail)
    assert "Firefox" not in mail.text + mail.html  # where the référente was is hers


def test_the_other_referents_are_told_and_receive_no_secret(cast: Cast, lost: Held) -> None:
    start(cast.claire, cast.nadia)
    (mail,) = to(cast.moussa.agent)
    assert mail.subject == french("Récupération demandée : Claire Nguyen")
    assert f"/annuaire/collectivites/pantin/utilisateurs/{cast.claire.uid}" in mail.text
    assert "cle=" not in mail.text + mail.html
    assert to(cast.nadia.agent) == to(cast.karim.agent) == to(cast.julien.agent) == []


def test_without_another_referent_the_correspondant_is_told(cast: Cast, lost: Held) -> None:
    cast.moussa.profile = Profile.USER
    cast.moussa.save()
    start(cast.claire, cast.nadia)
    assert len(to(cast.julien.agent)) == 1
    assert to(cast.moussa.agent) == []


def test_the_journal_of_the_organization_says_who_asked(cast: Cast, lost: Held) -> None:
    start(cast.claire, cast.nadia)
    (event,) = told("recovery_started")
    assert (event.actor_id, event.subject_id) == (cast.nadia.agent_id, cast.claire.agent_id)
    assert event.organization_id == cast.pantin.pk


def test_one_at_a_time(cast: Cast, lost: Held) -> None:
    start(cast.claire, cast.nadia)
    with pytest.raises(RecoveryUnderWay):
        start(cast.claire, cast.moussa)
    assert Recovery.objects.count() == 1


def test_started_and_cancelled_again_and_again_it_stops_writing(cast: Cast, lost: Held, clock: Clock) -> None:
    for _ in range(5):
        start(cast.claire, cast.nadia)
        recoveries.cancel(cast.claire, actor=by(cast.moussa.agent))
    with pytest.raises(RecoveryTooOften):
        start(cast.claire, cast.nadia)
    clock.shift(dt.timedelta(days=1))
    assert start(cast.claire, cast.nadia)


def test_nothing_opens_before_the_delay(cast: Cast, lost: Held, clock: Clock) -> None:
    start(cast.claire, cast.nadia)
    clock.shift(DELAY - dt.timedelta(seconds=1))
    waiting = pending(cast.claire.agent)
    with pytest.raises(NoRecovery):
        recovering.send_code(waiting, browser=HERE)
    with pytest.raises(NoRecovery):
        recovering.come_back(waiting, "", browser=HERE)
    clock.shift(dt.timedelta(seconds=1))
    recovering.send_code(waiting, browser=HERE)


def test_the_delay_is_a_setting(cast: Cast, lost: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    given = settings.CONFIGURATION.model_copy(update={"recovery_delay_hours": 0})
    monkeypatch.setattr(settings, "CONFIGURATION", given)
    start(cast.claire, cast.nadia)
    assert to(cast.claire.agent)[0].subject == "Vous pouvez récupérer votre accès"
    assert recoveries.tend() == 0  # told once
    recovering.send_code(pending(cast.claire.agent), browser=HERE)


def test_everybody_is_told_again_when_it_opens_and_once(cast: Cast, lost: Held, clock: Clock) -> None:
    opened(cast, clock)
    assert [recoveries.tend(), recoveries.tend()] == [1, 0]
    assert [mail.subject for mail in to(cast.claire.agent)][-1] == "Vous pouvez récupérer votre accès"
    assert [mail.subject for mail in to(cast.moussa.agent)][-1] == french("Récupération possible : Claire Nguyen")
    assert len(told("recovery_opened")) == 1
    assert len({token_of(mail) for mail in to(cast.claire.agent)}) == 2


def test_before_it_opens_nothing_is_told_twice(cast: Cast, lost: Held, clock: Clock) -> None:
    start(cast.claire, cast.nadia)
    clock.shift(DELAY - dt.timedelta(seconds=1))
    assert recoveries.tend() == 0


def test_it_is_over_after_seven_days(cast: Cast, lost: Held, clock: Clock) -> None:
    opened(cast, clock)
    recoveries.tend()
    clock.shift(dt.timedelta(days=7))
    with pytest.raises(NoRecovery):
        recovering.send_code(pending(cast.claire.agent), browser=HERE)
    assert [recoveries.tend(), recoveries.tend()] == [1, 0]
    assert told("recovery_cancelled")[0].details["why"] == "over"


def test_another_may_be_started_after_one_that_nobody_ended(cast: Cast, lost: Held, clock: Clock) -> None:
    opened(cast, clock)
    clock.shift(dt.timedelta(days=8))
    start(cast.claire, cast.nadia)
    assert Recovery.objects.filter(cancelled_at=None).count() == 1


@pytest.mark.parametrize("who", ["nadia", "moussa", "julien"])
def test_who_answers_for_the_agent_cancels_it_and_the_agent_is_told(cast: Cast, lost: Held, who: str) -> None:
    start(cast.claire, cast.nadia)
    recoveries.cancel(cast.claire, actor=by(getattr(cast, who).agent))
    assert recoveries.under_way(cast.claire.agent) is None
    assert to(cast.claire.agent)[-1].subject == "Récupération de votre accès annulée"
    assert told("recovery_cancelled")[0].actor_id == getattr(cast, who).agent_id
    with pytest.raises(NoRecovery):
        recoveries.cancel(cast.claire, actor=by(cast.nadia.agent))


@pytest.mark.parametrize("who", ["karim", "claire"])
def test_nobody_else_cancels_it_from_a_sheet(cast: Cast, lost: Held, who: str) -> None:
    start(cast.claire, cast.nadia)
    with pytest.raises(NotManaged):
        recoveries.cancel(cast.claire, actor=by(getattr(cast, who).agent))


def test_the_agent_who_finds_their_telephone_cancels_it(cast: Cast, lost: Held) -> None:
    start(cast.claire, cast.nadia)
    second_step.by_totp(pending(cast.claire.agent), lost.code(), browser=HERE)
    assert recoveries.under_way(cast.claire.agent) is None
    (event,) = told("recovery_cancelled")
    assert (event.actor_id, event.details["why"]) == (cast.claire.agent_id, "found_again")
    assert event.organization_id == cast.pantin.pk


def test_a_refusal_is_one_and_writes_nothing(cast: Cast) -> None:
    with_totp(cast.moussa.agent)
    before = (AuditEvent.objects.count(), len(letters()))
    with pytest.raises(Refusal):
        start(cast.moussa, cast.nadia)
    assert (AuditEvent.objects.count(), len(letters())) == before


def test_an_operator_starts_it_for_anybody_in_the_name_of_the_centre(cast: Cast) -> None:
    give_totp(cast.moussa.agent)
    recoveries.start(cast.moussa, actor=SYSTEM)
    assert "CIG" in to(cast.moussa.agent)[0].text
    assert "Convergences" not in to(cast.moussa.agent)[0].text
