"""Who manages what: référents by a designation, roles of the centre by an operator, and nobody by themself."""

import datetime as dt

import pytest
import time_machine

from convergences.audit.models import AuditEvent
from convergences.directory import queries, rules
from convergences.directory.errors import (
    ForTheCentre,
    MembershipOver,
    NotManaged,
    NotOfTheCentre,
    NotWarranted,
    OwnAccount,
    TooSoon,
    WrongState,
)
from convergences.directory.models import Agent, AgentState, Membership, Profile, Role
from convergences.directory.services import guards, memberships, organizations, staff
from convergences.directory.staff import contact_line, contact_of, staff_roles_of, told_of
from convergences.foundations import clock
from tests.cast import Cast, join, member
from tests.directory.acting import OPERATOR, actor, again, attached, created
from tests.directory.test_organizations import of

pytestmark = pytest.mark.database


@pytest.mark.parametrize("who", ["nadia", "moussa", "claire", "karim"])
def test_nobody_of_an_employer_makes_a_referent(cast: Cast, who: str) -> None:
    with pytest.raises(NotWarranted):
        memberships.promote(cast.claire, warrant="Parce que", actor=actor(getattr(cast, who)))
    with pytest.raises(NotWarranted):
        memberships.demote(cast.moussa, warrant="Parce que", actor=actor(getattr(cast, who)))
    assert again(cast.claire).profile == Profile.USER
    assert again(cast.moussa).profile == Profile.REFERENT


def test_a_referent_is_made_on_a_warrant_that_the_journal_keeps(cast: Cast) -> None:
    memberships.promote(cast.claire, warrant="Désignation du 6 février 2027", actor=OPERATOR)
    assert rules.may_manage(cast.claire.agent, cast.pantin)
    told = AuditEvent.objects.get()
    assert (told.action, told.details) == ("directory.referent_named", {"warrant": "Désignation du 6 février 2027"})
    memberships.promote(cast.claire, warrant="Encore", actor=OPERATOR)
    assert AuditEvent.objects.count() == 1


def test_no_warrant_no_referent(cast: Cast) -> None:
    with pytest.raises(NotWarranted):
        memberships.promote(cast.claire, warrant="  ", actor=OPERATOR)


def test_a_mandate_ends(cast: Cast) -> None:
    memberships.demote(cast.moussa, warrant="Fin de mandat", actor=actor(cast.julien))
    assert not rules.may_manage(cast.moussa.agent, cast.pantin)
    with pytest.raises(MembershipOver):
        memberships.demote(memberships.close(cast.moussa, actor=OPERATOR), warrant="x", actor=OPERATOR)


def test_a_referent_manages_their_own_organizations_only(cast: Cast) -> None:
    assert rules.may_manage(cast.nadia.agent, cast.pantin)
    assert not rules.may_manage(cast.nadia.agent, cast.romainville)
    assert queries.managed_organizations(cast.nadia.agent) == [cast.pantin]
    join(cast.nadia.agent, cast.romainville, profile=Profile.REFERENT)
    assert queries.managed_organizations(cast.nadia.agent) == [cast.pantin, cast.romainville]


@pytest.mark.parametrize(
    "change",
    [
        {"suspended_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
        {"confirmed_at": None},
        {"closed_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
        {"ends_on": dt.date(2026, 1, 1)},
        {"starts_on": dt.date(2090, 1, 1)},
        {"profile": Profile.USER},
    ],
)
def test_a_referent_who_is_not_current_manages_nothing(cast: Cast, change: dict[str, object]) -> None:
    Membership.objects.filter(pk=cast.nadia.pk).update(**change)
    assert not rules.may_manage(cast.nadia.agent, cast.pantin)
    assert queries.managed_organizations(cast.nadia.agent) == []
    assert cast.nadia not in queries.referents_of(cast.pantin.pk)


@pytest.mark.parametrize("state", [AgentState.INVITED, AgentState.SUSPENDED, AgentState.DELETED])
def test_an_account_that_is_not_active_manages_nothing(cast: Cast, state: str) -> None:
    Agent.objects.filter(pk=cast.nadia.agent_id).update(state=state)
    agent = again(cast.nadia).agent
    assert not rules.may_manage(agent, cast.pantin)
    assert queries.managed_organizations(agent) == []


def test_a_closed_organization_is_managed_by_nobody(cast: Cast) -> None:
    organizations.modify(cast.pantin, of(cast.pantin, active=False), actor=OPERATOR)
    assert queries.managed_organizations(cast.nadia.agent) == []


def test_a_referent_modifies_everybody_but_themself(cast: Cast) -> None:
    for managed in (cast.claire, cast.moussa):
        guards.check_modifies(actor(cast.nadia), managed)
    with pytest.raises(OwnAccount):
        guards.check_modifies(actor(cast.nadia), cast.nadia)
    with pytest.raises(NotManaged):
        guards.check_modifies(actor(cast.nadia), cast.lucie)


def test_only_operators_give_roles_of_the_centre_and_to_its_own_agents(cast: Cast) -> None:
    for meddler in (cast.nadia, cast.julien):
        with pytest.raises(ForTheCentre):
            staff.grant_role(cast.julien.agent, Role.AUDITOR, actor=actor(meddler))
        with pytest.raises(ForTheCentre):
            staff.revoke_role(cast.julien.agent, Role.CORRESPONDENT, actor=actor(meddler))
    with pytest.raises(NotOfTheCentre):
        staff.grant_role(cast.nadia.agent, Role.CORRESPONDENT, actor=OPERATOR)


def test_roles_are_given_once_and_taken_away(cast: Cast) -> None:
    engineer = member(cast.center, "Awa Traoré")
    for _time in range(2):
        staff.grant_role(engineer.agent, Role.ENGINEER, actor=OPERATOR)
    assert staff_roles_of(engineer.agent) == {"engineer"}
    for _time in range(2):
        staff.revoke_role(engineer.agent, Role.ENGINEER, actor=OPERATOR)
    assert staff_roles_of(engineer.agent) == frozenset()
    assert AuditEvent.objects.count() == 2


def test_an_organization_has_its_own_correspondent_or_the_centre(cast: Cast) -> None:
    other = member(cast.center, "Zoé Petit")
    staff.grant_role(other.agent, Role.CORRESPONDENT, actor=OPERATOR)
    organizations.set_correspondent(cast.pantin, other.agent, actor=OPERATOR)
    cast.pantin.refresh_from_db()
    found = contact_of(cast.pantin)
    assert found is not None
    assert (found.agent, told_of(cast.pantin)) == (other.agent, [other.agent])
    assert contact_of(None) is None
    staff.revoke_role(other.agent, Role.CORRESPONDENT, actor=OPERATOR)
    assert contact_of(cast.pantin) is None
    assert contact_line(cast.pantin) == "CIG petite couronne, assistance@cig.example"
    assert told_of(cast.pantin) == [cast.julien.agent]  # a warning finds somebody all the same


def test_an_invitation_is_sent_again_after_ten_minutes(cast: Cast) -> None:
    with time_machine.travel("2026-11-21 10:00:00+01:00", tick=False):
        made = memberships.invite(created(cast.nadia), actor=actor(cast.nadia))
        assert made.agent.invited_until == dt.date(2026, 12, 5)
    with time_machine.travel("2026-11-21 10:09:59+01:00", tick=False), pytest.raises(TooSoon):
        memberships.invite(made, actor=actor(cast.nadia), again=True)
    with time_machine.travel("2026-11-21 10:10:00+01:00", tick=False):
        assert memberships.invite(made, actor=actor(cast.nadia), again=True).invited_at == clock.now()


def test_who_has_come_or_is_suspended_is_not_invited(cast: Cast) -> None:
    suspended = created(cast.nadia)
    memberships.suspend(suspended, reason="", actor=actor(cast.nadia))
    for each in (cast.claire, suspended):
        with pytest.raises(WrongState):
            memberships.invite(each, actor=actor(cast.nadia), again=True)
    with pytest.raises(NotManaged):
        memberships.invite(created(cast.nadia, email="b@pantin.example"), actor=actor(cast.karim))


def test_an_invitation_to_an_account_in_use_elsewhere_leaves_it_alone(cast: Cast) -> None:
    waiting = memberships.invite(attached(cast.nadia, cast.lucie.agent), actor=actor(cast.nadia))
    assert waiting.invited_at is not None
    assert waiting.agent.invited_until is None
