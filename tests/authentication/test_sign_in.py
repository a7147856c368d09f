"""Signing in: what an attacker learns (nothing), what an agent gets (a new session)."""

import pytest

from convergences.audit.models import AuditEvent
from convergences.authentication import hashing
from convergences.authentication.errors import TooManyAttempts, WrongCredentials
from convergences.authentication.models import KnownBrowser, Password, Session
from convergences.authentication.services import passwords, sessions
from convergences.authentication.services.sign_in import Attempt, sign_in
from convergences.directory.models import AgentState
from tests.authentication.doing import HERE, NEW, UNKNOWN, attempt, fail, told, work_of
from tests.cast import PASSWORD, Cast, set_password

pytestmark = pytest.mark.database


@pytest.mark.parametrize("state", [AgentState.INVITED, AgentState.SUSPENDED, AgentState.DELETED, AgentState.ERASED])
def test_the_right_password_of_an_account_that_is_not_active_is_refused_as_a_wrong_one(cast: Cast, state: str) -> None:
    set_password(cast.claire.agent)
    cast.claire.agent.state = state
    cast.claire.agent.save()
    with pytest.raises(WrongCredentials) as asleep:
        attempt(cast.claire.agent.email)
    with pytest.raises(WrongCredentials) as unknown:
        attempt(UNKNOWN)
    assert asleep.value.sentence == unknown.value.sentence
    assert not Session.objects.exists()


def test_an_unknown_identifier_costs_the_same_work_as_a_wrong_password(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_password(cast.claire.agent)
    known = work_of(lambda: attempt(cast.claire.agent.email, "Faux mot de passe"), monkeypatch)
    unknown = work_of(lambda: attempt(UNKNOWN, "Faux mot de passe"), monkeypatch)
    assert known == unknown
    assert known.hashes == 1


def test_an_account_without_password_or_suspended_costs_the_same_work(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_password(cast.nadia.agent)
    cast.nadia.agent.state = AgentState.SUSPENDED
    cast.nadia.agent.save()
    unknown = work_of(lambda: attempt(UNKNOWN), monkeypatch)
    assert work_of(lambda: attempt(cast.claire.agent.email), monkeypatch) == unknown
    assert work_of(lambda: attempt(cast.nadia.agent.email), monkeypatch) == unknown


def test_a_blocked_source_costs_no_hash(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    set_password(cast.claire.agent)
    fail(cast.claire.agent.email, 5)
    assert work_of(lambda: attempt(cast.claire.agent.email), monkeypatch).hashes == 0


def test_the_journal_never_holds_what_was_typed(cast: Cast) -> None:
    fail("MonMotDePasseDansLeMauvaisChamp")
    event = told("sign_in_failed")[-1]
    assert "motdepasse" not in str(AuditEvent.objects.filter(pk=event.pk).values()).lower()
    assert len(event.details["identifier"]) == 64


def test_a_failure_on_a_known_account_is_told_to_its_owner_alone(cast: Cast) -> None:
    set_password(cast.claire.agent)
    fail(cast.claire.agent.email)
    event = told("sign_in_failed")[-1]
    assert event.subject_id == cast.claire.agent.pk
    assert event.actor_id is None
    assert event.organization_id is None
    assert event.address == HERE.address


def test_the_password_opens_a_session_and_the_journal_says_so(cast: Cast) -> None:
    set_password(cast.claire.agent)
    signed_in = attempt(cast.claire.agent.email)
    found = sessions.find(signed_in.token)
    assert found is not None
    assert found.agent == cast.claire.agent
    assert found.factors == ["pwd"]
    event = told("signed_in")[-1]
    assert (event.actor_id, event.subject_id) == (cast.claire.agent.pk, cast.claire.agent.pk)
    cast.claire.agent.refresh_from_db()
    assert cast.claire.agent.last_sign_in_at == found.created_at


@pytest.mark.parametrize("typed", ["  Claire.Nguyen@PANTIN.example ", "claire.nguyen@pantin.example"])
def test_the_identifier_is_read_whatever_its_case_and_spaces(cast: Cast, typed: str) -> None:
    set_password(cast.claire.agent)
    assert attempt(typed).session.agent_id == cast.claire.agent.pk


def test_the_session_that_the_browser_had_ends_at_sign_in(cast: Cast) -> None:
    set_password(cast.claire.agent)
    first = attempt(cast.claire.agent.email)
    again = sign_in(Attempt(cast.claire.agent.email or "", PASSWORD, HERE), previous_session=first.session)
    assert again.token != first.token
    assert sessions.find(first.token) is None
    assert sessions.find(again.token) is not None


def test_neither_a_trace_nor_the_database_shows_the_token_or_the_password(cast: Cast) -> None:
    set_password(cast.claire.agent)
    signed_in = attempt(cast.claire.agent.email)
    assert signed_in.token not in repr(signed_in)
    rows = str(list(Session.objects.values())) + str(list(KnownBrowser.objects.values()))
    assert signed_in.token not in rows
    assert signed_in.known_browser_token not in rows
    assert PASSWORD not in str(list(Password.objects.values()))


def test_a_password_changed_while_the_old_one_is_being_hashed_lets_nobody_in(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_password(cast.claire.agent)
    real = hashing.matches

    def slow(hash_: str | None, clear: str) -> bool:
        answer = real(hash_, clear)
        passwords.store(cast.claire.agent, NEW)
        return answer

    monkeypatch.setattr(hashing, "matches", slow)
    with pytest.raises(WrongCredentials):
        attempt(cast.claire.agent.email)
    assert not Session.objects.exists()


def test_an_account_suspended_while_the_password_is_being_hashed_lets_nobody_in(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_password(cast.claire.agent)
    real = hashing.matches

    def slow(hash_: str | None, clear: str) -> bool:
        answer = real(hash_, clear)
        type(cast.claire.agent).objects.filter(pk=cast.claire.agent.pk).update(state=AgentState.SUSPENDED)
        return answer

    monkeypatch.setattr(hashing, "matches", slow)
    with pytest.raises(WrongCredentials):
        attempt(cast.claire.agent.email)


def test_a_hash_of_weaker_settings_is_made_anew_at_sign_in(cast: Cast) -> None:
    weak = type(hashing.HASHER)(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    passwords.write(cast.claire.agent, weak)
    attempt(cast.claire.agent.email)
    kept = Password.objects.get(agent=cast.claire.agent).hash
    assert kept != weak
    assert not hashing.outdated(kept)
    attempt(cast.claire.agent.email)


@pytest.mark.parametrize("typed", ["", "\x00", "x" * 10_000, "\ud800", "é" * 300])
def test_odd_passwords_are_wrong_passwords(cast: Cast, typed: str) -> None:
    set_password(cast.claire.agent)
    with pytest.raises(WrongCredentials):
        attempt(cast.claire.agent.email, typed)


@pytest.mark.parametrize("typed", ["", "x" * 5_000, "\ud800@x", "\x00", "a@b" * 200, "'; DROP TABLE"])
def test_odd_identifiers_are_wrong_credentials(cast: Cast, typed: str) -> None:
    with pytest.raises((WrongCredentials, TooManyAttempts)):
        attempt(typed)
