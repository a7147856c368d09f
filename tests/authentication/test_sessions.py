"""Sessions: found by token alone, for an hour of silence and ten hours at most, ended at once."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.audit.services import SYSTEM
from convergences.authentication import queries
from convergences.authentication.models import Session
from convergences.authentication.services import sessions
from convergences.directory.models import AgentState
from tests.authentication.doing import HERE, told
from tests.cast import Cast

pytestmark = pytest.mark.database

NOON = dt.datetime(2026, 11, 20, 11, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def _open(cast: Cast) -> tuple[Session, str]:
    return sessions.open_session(cast.claire.agent, factors=("pwd",), browser=HERE)


def _at(moment: dt.datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


@pytest.mark.parametrize("token", ["", "x", "\x00", "é" * 50, "0" * 10_000])
def test_an_invented_token_finds_nothing(cast: Cast, token: str) -> None:
    _open(cast)
    assert sessions.find(token) is None


def test_the_digest_that_the_table_holds_opens_nothing(cast: Cast) -> None:
    session, token = _open(cast)
    assert sessions.find(session.token_digest) is None
    assert len(token) >= 43  # 256 bits


@pytest.mark.parametrize("state", [AgentState.SUSPENDED, AgentState.DELETED, AgentState.ERASED, AgentState.INVITED])
def test_the_session_of_an_agent_put_to_sleep_is_dead_at_the_next_request(cast: Cast, state: str) -> None:
    _, token = _open(cast)
    cast.claire.agent.state = state
    cast.claire.agent.save()
    assert sessions.find(token) is None


def test_an_hour_of_silence_ends_a_session(cast: Cast) -> None:
    with _at(NOON):
        _, token = _open(cast)
    with _at(NOON + HOUR - dt.timedelta(seconds=1)):
        assert sessions.find(token) is not None
    with _at(NOON + HOUR):
        assert sessions.find(token) is None


def test_use_keeps_a_session_alive_for_ten_hours_and_no_more(cast: Cast) -> None:
    with _at(NOON):
        _, token = _open(cast)
    for minutes in range(50, 600, 50):
        with _at(NOON + dt.timedelta(minutes=minutes)):
            found = sessions.find(token)
            assert found is not None, minutes
            sessions.touch(found)
    with _at(NOON + 10 * HOUR):
        assert sessions.find(token) is None


def test_finding_a_session_with_agent_and_photo_is_one_query(cast: Cast) -> None:
    _, token = _open(cast)
    with CaptureQueriesContext(connection) as captured:
        found = sessions.find(token)
        assert found is not None
        assert found.agent.full_name == "Claire Nguyen"
        assert getattr(found.agent, "photo", None) is None
    assert len(captured) == 1


def test_use_writes_once_a_minute_at_most(cast: Cast) -> None:
    with _at(NOON):
        session, _ = _open(cast)
    written = 0
    for seconds in range(0, 180, 5):
        with _at(NOON + dt.timedelta(seconds=seconds)), CaptureQueriesContext(connection) as captured:
            sessions.touch(session)
            written += len(captured)
    assert written == 2


def test_use_does_not_wake_a_session_ended_meanwhile(cast: Cast) -> None:
    with _at(NOON):
        session, token = _open(cast)
        sessions.end(session, reason="signed_out", actor=SYSTEM)
    with _at(NOON + dt.timedelta(minutes=5)):
        sessions.touch(session)
        assert sessions.find(token) is None


def test_ending_is_told_once(cast: Cast) -> None:
    session, token = _open(cast)
    sessions.end(session, reason="signed_out", actor=SYSTEM)
    sessions.end(session, reason="signed_out", actor=SYSTEM)
    assert sessions.find(token) is None
    assert len(told("signed_out")) == 1
    assert told("signed_out")[0].subject_id == cast.claire.agent.pk


def test_ending_all_spares_the_one_in_use_and_those_of_others(cast: Cast) -> None:
    kept, kept_token = _open(cast)
    _, other = _open(cast)
    _, nadias = sessions.open_session(cast.nadia.agent, factors=("pwd",), browser=HERE)
    assert sessions.end_all(cast.claire.agent, reason="ended_by_owner", actor=SYSTEM, but=kept) == 1
    assert sessions.find(other) is None
    assert sessions.find(kept_token) == kept
    assert sessions.find(nadias) is not None
    assert told("sessions_ended")[0].details == {"reason": "ended_by_owner", "number": 1}


def test_the_list_shows_living_sessions_of_the_agent_alone(cast: Cast) -> None:
    with _at(NOON):
        _open(cast)
        ended, _ = _open(cast)
        sessions.end(ended, reason="signed_out", actor=SYSTEM)
    with _at(NOON + 2 * HOUR):
        living, _ = _open(cast)
        sessions.open_session(cast.nadia.agent, factors=("pwd",), browser=HERE)
        assert queries.open_sessions(cast.claire.agent) == [living]
        assert len(queries.recent_sign_ins(cast.claire.agent, n=2)) == 2


def test_the_worker_writes_the_end_of_lapsed_sessions(cast: Cast) -> None:
    with _at(NOON):
        session, _ = _open(cast)
    with _at(NOON + HOUR):
        living, token = _open(cast)
        assert sessions.end_lapsed() == 1
        assert sessions.end_lapsed() == 0
        assert sessions.find(token) == living
    session.refresh_from_db()
    assert session.end_reason == "idle"
    assert told("session_ended")[0].details["reason"] == "idle"
