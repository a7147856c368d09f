"""An employer suspends an agent, takes them back, lets them go, changes its mind: sessions, rights and mail follow."""

import datetime as dt

import pytest

from convergences.authentication.models import Session
from convergences.authentication.services import sessions
from convergences.authentication.services.sessions import Browser
from convergences.directory.errors import LastReferent, NotManaged
from convergences.directory.models import Agent, AgentState, Membership
from convergences.directory.services import memberships
from convergences.entitlements import queries as rights
from convergences.entitlements.models import Entitlement
from convergences.entitlements.services import grant, revoke
from convergences.entitlements.terms import Terms
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from convergences.lifecycle.services import depart, reactivate, restore, suspend
from tests.cast import Cast, join
from tests.directory.acting import OPERATOR, actor, attached
from tests.lifecycle.letters import flat, kinds, posted

pytestmark = pytest.mark.database


def open_session(agent: Agent) -> Session:
    return sessions.open_session(agent, factors=("pwd",), browser=Browser(address="127.0.0.1", name="Firefox"))[0]


def living(agent: Agent) -> int:
    return Session.objects.filter(agent=agent, ended_at__isnull=True).count()


def stopped(cast: Cast, member: Membership, *, notify: bool = True) -> Membership:
    return suspend(
        member, reason="Compte peut-être piraté", notify=notify, giver=cast.nadia.agent, actor=actor(cast.nadia)
    )


def left(cast: Cast, member: Membership) -> Membership:
    return depart(member, giver=cast.nadia.agent, actor=actor(cast.nadia))


def back(cast: Cast, member: Membership) -> Membership:
    return restore(member, giver=cast.nadia.agent, actor=actor(cast.nadia))


def given(member: Membership, cast: Cast) -> Entitlement:
    right = grant(member, cast.bip, terms=Terms(("reader",)), giver=cast.nadia.agent, actor=actor(cast.nadia))
    OutboxMessage.objects.all().delete()
    return right


def held(member: Membership) -> list[str]:
    return [right.application.slug for right in rights.current_for([member.pk])[member.pk]]


def test_a_suspension_ends_every_session_and_tells_without_the_reason(cast: Cast) -> None:
    open_session(cast.claire.agent)
    open_session(cast.claire.agent)
    stopped(cast, cast.claire)
    assert living(cast.claire.agent) == 0
    assert kinds() == [("suspended", "claire.nguyen@pantin.example")]
    mail = posted()[0]
    assert flat(mail.subject) == "Vos accès à la Ville de Pantin sont suspendus"
    assert "Vous ne pouvez plus vous connecter" in flat(mail.text)
    assert "piraté" not in mail.text + mail.html


def test_a_suspension_may_be_silent(cast: Cast) -> None:
    stopped(cast, cast.claire, notify=False)
    assert kinds() == []


def test_a_refused_suspension_ends_nothing(cast: Cast) -> None:
    open_session(cast.karim.agent)
    for meddler, refusal in ((cast.nadia, NotManaged), (cast.karim, LastReferent)):
        with pytest.raises(refusal):
            suspend(cast.karim, reason="", notify=True, giver=meddler.agent, actor=actor(meddler))
        with pytest.raises(refusal):
            depart(cast.karim, giver=meddler.agent, actor=actor(meddler))
    assert living(cast.karim.agent) == 1
    assert kinds() == []


def test_an_agent_of_another_employer_too_stays_signed_in(cast: Cast) -> None:
    shared = join(cast.lucie.agent, cast.pantin)
    open_session(cast.lucie.agent)
    assert stopped(cast, shared).agent.state == AgentState.ACTIVE
    assert living(cast.lucie.agent) == 1
    assert "Vos autres employeurs ne sont pas concernés" in flat(posted()[0].text)


def test_rights_outlive_a_suspension(cast: Cast) -> None:
    given(cast.claire, cast)
    stopped(cast, cast.claire)
    done = reactivate(cast.claire, giver=cast.nadia.agent, actor=actor(cast.nadia))
    assert done.agent.state == AgentState.ACTIVE
    assert held(done) == ["bip"]
    assert [kind for kind, _to in kinds()] == ["suspended", "reactivated"]


def test_a_departure_closes_rights_and_sessions_and_tells(cast: Cast) -> None:
    given(cast.claire, cast)
    open_session(cast.claire.agent)
    done = left(cast, cast.claire)
    assert done.agent.state == AgentState.DELETED
    assert not Entitlement.objects.filter(closed_at__isnull=True).exists()
    assert living(cast.claire.agent) == 0
    assert kinds() == [("departed", "claire.nguyen@pantin.example")]
    assert "Votre compte CONVERGENCES est supprimé" in flat(posted()[0].text)


def test_changing_ones_mind_gives_back_what_the_departure_took(cast: Cast) -> None:
    given(cast.claire, cast)
    left(cast, cast.claire)
    done = back(cast, cast.claire)
    assert done.agent.state == AgentState.ACTIVE
    assert held(done) == ["bip"]
    assert [kind for kind, _to in kinds()] == ["departed", "reactivated"]


def test_a_right_removed_before_the_departure_stays_removed(cast: Cast) -> None:
    right = given(cast.claire, cast)
    left(cast, cast.claire)
    back(cast, cast.claire)
    now = Entitlement.objects.get(membership=cast.claire, closed_at__isnull=True)
    assert now.pk != right.pk
    revoke(now, giver=cast.nadia.agent, actor=actor(cast.nadia), reason="")
    left(cast, cast.claire)
    assert held(back(cast, cast.claire)) == []


@pytest.mark.parametrize("change", ["closed application", "last day past"])
def test_a_right_that_nothing_allows_any_more_does_not_come_back(cast: Cast, change: str) -> None:
    given(cast.claire, cast)
    left(cast, cast.claire)
    if change == "closed application":
        cast.bip.status = "closed"
        cast.bip.save()
    else:
        Entitlement.objects.update(starts_on=dt.date(2020, 1, 1), ends_on=clock.today() - dt.timedelta(days=1))
    assert held(back(cast, cast.claire)) == []


def test_an_attachment_not_accepted_is_suspended_and_closed_in_silence(cast: Cast) -> None:
    waiting = attached(cast.nadia, cast.lucie.agent)
    open_session(cast.lucie.agent)
    stopped(cast, waiting)
    left(cast, waiting)
    assert kinds() == []
    assert living(cast.lucie.agent) == 1


def test_the_last_employer_gone_another_invitation_needs_a_first_visit(cast: Cast) -> None:
    waiting = attached(cast.nadia, cast.lucie.agent)
    open_session(cast.lucie.agent)
    done = depart(cast.lucie, giver=cast.karim.agent, actor=actor(cast.karim))
    assert done.agent.state == AgentState.INVITED
    assert living(cast.lucie.agent) == 0
    assert memberships.invite(waiting, actor=actor(cast.nadia)).agent.invited_until is not None


def test_an_operator_departs_anybody(cast: Cast) -> None:
    assert depart(cast.karim, giver=None, actor=OPERATOR).closed_by == "Convergences"
