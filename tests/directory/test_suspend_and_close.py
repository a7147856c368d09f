"""A référent suspends, reactivates, deletes and restores a member."""

import datetime as dt

import pytest
import time_machine

from convergences.directory import queries, staff
from convergences.directory.errors import (
    InvalidField,
    LastReferent,
    MembershipOver,
    NotManaged,
    OwnAccount,
    TooLateToRestore,
    WrongState,
)
from convergences.directory.models import AgentState, Profile
from convergences.directory.services import memberships
from convergences.foundations import clock
from tests.cast import Cast, member
from tests.directory.acting import OPERATOR, actor, again, created, words

pytestmark = pytest.mark.database


def test_a_referent_of_another_town_does_nothing(cast: Cast) -> None:
    meddler = actor(cast.karim)
    with pytest.raises(NotManaged):
        memberships.suspend(cast.claire, reason="", actor=meddler)
    with pytest.raises(NotManaged):
        memberships.close(cast.claire, actor=meddler)
    memberships.suspend(cast.claire, reason="", actor=actor(cast.nadia))
    with pytest.raises(NotManaged):
        memberships.reactivate(cast.claire, actor=meddler)
    memberships.close(cast.claire, actor=actor(cast.nadia))
    with pytest.raises(NotManaged):
        memberships.restore(cast.claire, actor=meddler)


def test_a_referent_does_not_suspend_or_delete_themself(cast: Cast) -> None:
    with pytest.raises(OwnAccount):
        memberships.suspend(cast.nadia, reason="", actor=actor(cast.nadia))
    with pytest.raises(OwnAccount):
        memberships.close(cast.nadia, actor=actor(cast.nadia))


def test_a_suspension_keeps_the_reason_for_the_referents(cast: Cast) -> None:
    done = memberships.suspend(cast.claire, reason=" Congé long  ou disponibilité ", actor=actor(cast.nadia))
    assert done.suspension_reason == "Congé long ou disponibilité"
    assert done.agent.state == AgentState.SUSPENDED
    assert queries.state_of(done) == "suspended"
    with pytest.raises(WrongState):
        memberships.suspend(cast.claire, reason="", actor=actor(cast.nadia))
    assert words(cast.pantin) == ["directory.member_suspended"]


def test_a_reason_too_long_is_refused(cast: Cast) -> None:
    with pytest.raises(InvalidField) as refused:
        memberships.suspend(cast.claire, reason="x" * 121, actor=actor(cast.nadia))
    assert refused.value.field == "reason"


def test_a_reactivation_gives_back_what_there_was(cast: Cast) -> None:
    memberships.suspend(cast.claire, reason="Autre", actor=actor(cast.nadia))
    done = memberships.reactivate(cast.claire, actor=actor(cast.nadia))
    assert (done.agent.state, done.suspended_at, done.suspension_reason) == (AgentState.ACTIVE, None, "")
    with pytest.raises(WrongState):
        memberships.reactivate(cast.claire, actor=actor(cast.nadia))


def test_a_reactivation_before_the_first_visit_is_an_invitation_still(cast: Cast) -> None:
    made = created(cast.nadia)
    memberships.suspend(made, reason="", actor=actor(cast.nadia))
    assert memberships.reactivate(made, actor=actor(cast.nadia)).agent.state == AgentState.INVITED


def test_a_departure_says_who_and_when(cast: Cast) -> None:
    done = memberships.close(cast.claire, actor=actor(cast.nadia))
    assert done.closed_by == "Nadia Ferhat"
    assert done.agent.state == AgentState.DELETED
    assert done.agent.deleted_at is not None
    with pytest.raises(MembershipOver):
        memberships.close(cast.claire, actor=actor(cast.nadia))


def test_a_departure_is_undone_within_thirty_days(cast: Cast) -> None:
    with time_machine.travel("2026-11-02 10:00:00+01:00", tick=False):
        memberships.close(cast.claire, actor=actor(cast.nadia))
    with time_machine.travel("2026-12-02 09:59:00+01:00", tick=False):
        done = memberships.restore(cast.claire, actor=actor(cast.nadia))
    assert (done.closed_at, done.agent.state, done.agent.deleted_at) == (None, AgentState.ACTIVE, None)
    assert words(cast.pantin) == ["directory.member_closed", "directory.member_restored"]


def test_a_departure_of_thirty_days_is_for_good(cast: Cast) -> None:
    with time_machine.travel("2026-11-02 10:00:00+01:00", tick=False):
        memberships.close(cast.claire, actor=actor(cast.nadia))
    with time_machine.travel("2026-12-02 10:00:00+01:00", tick=False), pytest.raises(TooLateToRestore):
        memberships.restore(cast.claire, actor=actor(cast.nadia))


def test_what_is_not_deleted_is_not_restored(cast: Cast) -> None:
    with pytest.raises(WrongState):
        memberships.restore(cast.claire, actor=actor(cast.nadia))


def test_a_deleted_referent_comes_back_as_an_ordinary_agent(cast: Cast) -> None:
    memberships.close(cast.moussa, actor=actor(cast.nadia))
    assert memberships.restore(cast.moussa, actor=actor(cast.nadia)).profile == Profile.USER


def test_a_suspended_referent_comes_back_as_referent(cast: Cast) -> None:
    memberships.suspend(cast.moussa, reason="", actor=actor(cast.nadia))
    assert [m.pk for m in queries.referents_of(cast.pantin.pk)] == [cast.nadia.pk]
    memberships.reactivate(cast.moussa, actor=actor(cast.nadia))
    assert [m.pk for m in queries.referents_of(cast.pantin.pk)] == [cast.moussa.pk, cast.nadia.pk]


def test_the_last_referent_is_kept_from_their_own_act(cast: Cast) -> None:
    for act in (lambda: memberships.close(cast.karim, actor=actor(cast.karim)),):
        with pytest.raises(LastReferent) as refused:
            act()
        assert "Julien Moreau" in refused.value.sentence
    with pytest.raises(LastReferent):
        memberships.suspend(cast.karim, reason="", actor=actor(cast.karim))


def test_referents_who_cannot_act_do_not_count(cast: Cast) -> None:
    member(cast.romainville, "Ines Invitée", profile=Profile.REFERENT, state=AgentState.INVITED)
    past = clock.today() - dt.timedelta(days=1)
    member(cast.romainville, "Paul Parti", profile=Profile.REFERENT, ends_on=past)
    with pytest.raises(LastReferent):
        memberships.close(cast.karim, actor=actor(cast.karim))


def test_the_centre_may_take_the_last_referent_away(cast: Cast) -> None:
    memberships.suspend(cast.karim, reason="", actor=actor(cast.julien))
    assert queries.referents_of(cast.romainville.pk) == []
    memberships.close(cast.karim, actor=OPERATOR)


def test_staff_roles_end_with_the_membership_at_the_centre(cast: Cast) -> None:
    assert staff.staff_roles_of(cast.julien.agent) == {"correspondent"}
    memberships.suspend(cast.julien, reason="", actor=OPERATOR)
    assert staff.staff_roles_of(again(cast.julien).agent) == frozenset()
    assert staff.contact_of(cast.pantin) is None
