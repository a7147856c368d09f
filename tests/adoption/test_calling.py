"""Calling a référent again: once a day, by the centre, in the journal."""

import datetime as dt

import pytest
import time_machine

from convergences.adoption import queries
from convergences.adoption.errors import CalledToday, NobodyToCall
from convergences.adoption.services import calling
from convergences.audit.models import AuditEvent
from convergences.directory.errors import DirectoryRefusal, ForTheCentre, WrongState
from convergences.directory.models import AgentState, Membership, Organization, Profile
from convergences.directory.narrowing import Narrowing
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from tests.campaigns.doing import acting
from tests.cast import Cast, join, member

pytestmark = pytest.mark.database


def _invited(cast: Cast, name: str = "Rose Amar", days: int = 9) -> Membership:
    sent = clock.now() - dt.timedelta(days=days)
    return member(cast.pantin, name, profile=Profile.REFERENT, state=AgentState.INVITED, invited_at=sent)


def test_the_invitation_leaves_again_for_14_days_and_is_journaled(cast: Cast) -> None:
    rose = _invited(cast)
    calling.call_again(rose, actor=acting(cast.julien))
    rose.agent.refresh_from_db()
    assert rose.agent.invited_until == clock.today() + dt.timedelta(days=14)
    assert OutboxMessage.objects.filter(recipient=rose.email).count() == 1
    event = AuditEvent.objects.get(subject_id=rose.agent_id)
    assert (event.actor_label, event.organization_id) == ("Julien Moreau", cast.pantin.pk)


def test_never_twice_in_a_day_and_again_the_next_day(cast: Cast) -> None:
    noon = dt.datetime(2026, 11, 20, 11, tzinfo=dt.UTC)
    with time_machine.travel(noon, tick=False):
        rose = _invited(cast)
        calling.call_again(rose, actor=acting(cast.julien))
    for later in (dt.timedelta(hours=1), dt.timedelta(hours=11, minutes=59)):  # 23 h 59 in Paris: 22:59 UTC
        with time_machine.travel(noon + later, tick=False), pytest.raises(CalledToday):
            calling.call_again(rose, actor=acting(cast.julien))
    with time_machine.travel(noon + dt.timedelta(hours=12, minutes=1), tick=False):
        calling.call_again(rose, actor=acting(cast.julien))
    assert OutboxMessage.objects.filter(recipient=rose.email).count() == 2


def test_nobody_but_the_centre_calls_and_nobody_but_a_referent_is_called(cast: Cast) -> None:
    rose, actor = _invited(cast), acting(cast.julien)
    with pytest.raises(ForTheCentre):
        calling.call_again(rose, actor=acting(cast.nadia))
    with pytest.raises(WrongState):  # a password already
        calling.call_again(cast.nadia, actor=actor)
    agent = member(cast.pantin, "Abel Roy", state=AgentState.INVITED)
    with pytest.raises(NobodyToCall):
        calling.call_again(agent, actor=actor)
    for closed in (True, False):
        Organization.objects.filter(pk=cast.pantin.pk).update(active=not closed)
        Membership.objects.filter(pk=rose.pk).update(referent_until=None if closed else dt.date(2020, 1, 1))
        with pytest.raises(NobodyToCall):
            calling.call_again(rose, actor=actor)
    Membership.objects.filter(pk=rose.pk).update(closed_at=clock.now())
    with pytest.raises(DirectoryRefusal):
        calling.call_again(rose, actor=actor)
    assert not OutboxMessage.objects.exists()


def test_who_never_came_is_listed_and_nobody_else(cast: Cast) -> None:
    for each in (cast.nadia, cast.moussa, cast.karim):
        each.agent.last_sign_in_at = clock.now()
        each.agent.save()
    rose, paul = _invited(cast), _invited(cast, "Paul Roy", days=30)
    over = _invited(cast, "Hugo Petit")
    Membership.objects.filter(pk=over.pk).update(referent_until=clock.today() - dt.timedelta(days=1))
    attached = join(cast.lucie.agent, cast.pantin, profile=Profile.REFERENT, confirmed_at=None)
    Membership.objects.filter(pk=attached.pk).update(invited_at=clock.now())
    opened = member(cast.romainville, "Sam Lee", profile=Profile.REFERENT)  # a password, by an operator
    found = list(queries.never_connected(Narrowing(department="93")))
    assert set(found) == {rose, paul, attached, opened}
    assert [each for each in found if each.invited_at] == [paul, rose, attached]
    cast.pantin.active = False
    cast.pantin.save()
    assert list(queries.never_connected(Narrowing())) == [opened]
