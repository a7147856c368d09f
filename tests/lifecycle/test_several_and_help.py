"""The same act on several members; a référent's help with passwords and sessions."""

import pytest

from convergences.audit.models import AuditEvent
from convergences.authentication.errors import TooManyAttempts
from convergences.authentication.models import Purpose, Session, SingleUseCode
from convergences.authentication.services import codes, sessions
from convergences.authentication.services.sessions import Browser
from convergences.directory.errors import NotManaged, OwnAccount, WrongState
from convergences.directory.queries import state_of
from convergences.foundations.models import OutboxMessage
from convergences.lifecycle.services import invite_several, suspend_several
from convergences.lifecycle.services.help import close_sessions, send_password_link
from tests.cast import Cast, member
from tests.directory.acting import actor, again, attached, created
from tests.lifecycle.letters import kinds

pytestmark = pytest.mark.database

BROWSER = Browser(address="192.0.2.7", name="Firefox")


def test_several_are_suspended_at_once(cast: Cast) -> None:
    chosen = [cast.claire, member(cast.pantin, "Ada Martin")]
    suspend_several(chosen, reason="Autre", notify=True, giver=cast.nadia.agent, actor=actor(cast.nadia))
    assert {state_of(again(each)) for each in chosen} == {"suspended"}
    assert len(kinds()) == 2


@pytest.mark.parametrize(("who", "refusal"), [("lucie", NotManaged), ("nadia", OwnAccount)])
def test_one_refusal_suspends_nobody(cast: Cast, who: str, refusal: type[Exception]) -> None:
    chosen = [cast.claire, getattr(cast, who)]
    with pytest.raises(refusal):
        suspend_several(chosen, reason="Autre", notify=True, giver=cast.nadia.agent, actor=actor(cast.nadia))
    assert {state_of(again(each)) for each in chosen} == {"active"}
    assert kinds() == []


def test_one_refusal_invites_nobody(cast: Cast) -> None:
    with pytest.raises(WrongState):
        invite_several([created(cast.nadia), cast.claire], giver=cast.nadia.agent, actor=actor(cast.nadia))
    assert kinds() == []


def test_several_are_invited_again(cast: Cast) -> None:
    chosen = [created(cast.nadia), created(cast.nadia, email="b@pantin.example")]
    invite_several(chosen, giver=cast.nadia.agent, actor=actor(cast.nadia))
    assert [kind for kind, _to in kinds()] == ["invitation", "invitation"]


def test_a_referent_of_another_town_helps_nobody(cast: Cast) -> None:
    with pytest.raises(NotManaged):
        send_password_link(cast.claire, actor=actor(cast.karim), browser=BROWSER)
    with pytest.raises(NotManaged):
        close_sessions(cast.claire, actor=actor(cast.karim))
    assert not SingleUseCode.objects.exists()


def test_an_account_used_elsewhere_and_one_never_opened_give_the_same_answer(cast: Cast) -> None:
    sentences = set()
    sessions.open_session(cast.lucie.agent, factors=("pwd",), browser=BROWSER)
    for each in (attached(cast.nadia, cast.lucie.agent), created(cast.nadia)):
        for act in (close_sessions, lambda m, actor: send_password_link(m, actor=actor, browser=BROWSER)):
            with pytest.raises(WrongState) as refused:
                act(each, actor=actor(cast.nadia))
            sentences.add(refused.value.sentence)
    assert len(sentences) == 1
    assert Session.objects.filter(ended_at__isnull=True).count() == 1
    assert not OutboxMessage.objects.exists()


def test_a_referent_closes_the_sessions_of_their_agent(cast: Cast) -> None:
    sessions.open_session(cast.claire.agent, factors=("pwd",), browser=BROWSER)
    assert close_sessions(cast.claire, actor=actor(cast.nadia)) == 1
    told = AuditEvent.objects.get(action="lifecycle.sessions_closed")
    assert (told.organization_id, told.details) == (cast.pantin.pk, {"number": 1})


def test_a_referent_sends_a_link_that_they_never_see(cast: Cast) -> None:
    send_password_link(cast.claire, actor=actor(cast.nadia), browser=BROWSER)
    assert [to for _kind, to in kinds()] == ["claire.nguyen@pantin.example"]
    assert AuditEvent.objects.filter(action="lifecycle.password_link_sent").count() == 1


def test_whoever_asks_in_the_agents_place_does_not_stop_the_referent(cast: Cast) -> None:
    for _ in range(6):
        codes.send(Purpose.RESET, cast.claire.email, browser=BROWSER)
    send_password_link(cast.claire, actor=actor(cast.nadia), browser=BROWSER)
    assert len(kinds()) == 6
    for _ in range(4):
        send_password_link(cast.claire, actor=actor(cast.nadia), browser=BROWSER)
    with pytest.raises(TooManyAttempts):
        send_password_link(cast.claire, actor=actor(cast.nadia), browser=BROWSER)
