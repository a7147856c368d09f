"""Guessing passwords: by one account, by many accounts, by many addresses, over days; and locking somebody else out."""

import datetime as dt

import pytest
import time_machine

from convergences.authentication.errors import TooManyAttempts, WrongCredentials
from convergences.authentication.limits import ADDRESS, network
from convergences.authentication.models import AttemptCounter
from tests.authentication.doing import UNKNOWN, attempt, fail, told
from tests.cast import Cast, set_password

pytestmark = pytest.mark.database

NOON = dt.datetime(2026, 11, 20, 11, 0, tzinfo=dt.UTC)


@pytest.fixture
def claire(cast: Cast) -> str:
    """Claire's identifier, with a password."""
    set_password(cast.claire.agent)
    return cast.claire.agent.email or ""


def test_the_fifth_failure_suspends_sign_in_even_with_the_right_password(claire: str) -> None:
    with time_machine.travel(NOON, tick=False):
        assert fail(claire, 5) == [WrongCredentials] * 4 + [TooManyAttempts]
        with pytest.raises(TooManyAttempts) as refused:
            attempt(claire)
        assert refused.value.until == NOON + dt.timedelta(minutes=2)
        assert "12\u00a0h\u00a002" in refused.value.sentence
    with time_machine.travel(NOON + dt.timedelta(minutes=2), tick=False):
        assert attempt(claire).token


def test_each_failure_says_how_many_tries_remain(claire: str) -> None:
    remaining = []
    for _ in range(4):
        with pytest.raises(WrongCredentials) as refused:
            attempt(claire, "Faux mot de passe")
        remaining.append(refused.value.remaining)
    assert remaining == [4, 3, 2, 1]
    assert refused.value.sentence.endswith("Il vous reste 1 essai.")


def test_an_unknown_identifier_is_counted_and_blocked_exactly_as_a_known_one(claire: str) -> None:
    with time_machine.travel(NOON, tick=False):
        assert fail(claire, 7, address="192.0.2.1") == fail(UNKNOWN, 7, address="192.0.2.2")
        blocked = AttemptCounter.objects.filter(blocked_until__isnull=False).values_list("blocked_until", flat=True)
        assert len(blocked) == 2
        assert len(set(blocked)) == 1


def test_changing_address_gives_no_more_tries_on_one_account(claire: str) -> None:
    refusals = [fail(claire, address=f"198.51.100.{n}")[0] for n in range(20)]
    assert refusals.count(WrongCredentials) == 4
    with pytest.raises(TooManyAttempts):
        attempt(claire, address="203.0.113.1")


def test_an_address_that_tries_many_accounts_is_slowed_down(cast: Cast) -> None:
    refusals = [fail(f"agent{n}@pantin.example", address="198.51.100.7")[0] for n in range(ADDRESS.free + 3)]
    assert refusals[: ADDRESS.free] == [WrongCredentials] * ADDRESS.free
    assert refusals[-1] is TooManyAttempts
    assert fail("agent1000@pantin.example", address="198.51.100.8") == [WrongCredentials]


def test_an_ipv6_network_is_one_address() -> None:
    assert network("2001:db8:1:2::1") == network("2001:db8:1:2:ffff::9")
    assert network("2001:db8:1:2::1") != network("2001:db8:1:3::1")
    assert network("::ffff:192.0.2.1") == network("192.0.2.1")
    assert network("") == ""


def test_nobody_locks_an_agent_out_of_a_browser_that_has_signed_in_before(claire: str) -> None:
    known = attempt(claire).known_browser_token
    fail(claire, 10, address="203.0.113.66")
    with pytest.raises(TooManyAttempts):
        attempt(claire, address="203.0.113.67")
    assert attempt(claire, known_browser=known).token


def test_a_known_browser_is_not_held_up_by_its_neighbours_address(cast: Cast, claire: str) -> None:
    known = attempt(claire, address="198.51.100.7").known_browser_token
    for n in range(ADDRESS.free):
        fail(f"agent{n}@pantin.example", address="198.51.100.7")
    with pytest.raises(TooManyAttempts):
        attempt(claire, address="198.51.100.7")
    assert attempt(claire, address="198.51.100.7", known_browser=known).token


def test_a_known_browser_has_its_own_tries_and_no_more(claire: str) -> None:
    known = attempt(claire).known_browser_token
    assert fail(claire, 5, known_browser=known)[-1] is TooManyAttempts
    with pytest.raises(TooManyAttempts):
        attempt(claire, known_browser=known)


def test_a_browser_known_to_one_agent_is_a_stranger_to_another(cast: Cast, claire: str) -> None:
    set_password(cast.nadia.agent)
    nadias = attempt(cast.nadia.agent.email).known_browser_token
    fail(claire, 4)
    assert fail(claire, known_browser=nadias) == [TooManyAttempts]


def test_a_browser_token_that_we_never_gave_is_not_taken(claire: str) -> None:
    planted = "planted-by-an-attacker"
    assert attempt(claire, known_browser=planted).known_browser_token != planted


def test_a_browser_shared_by_two_agents_is_known_to_both(cast: Cast, claire: str) -> None:
    set_password(cast.nadia.agent)
    token = attempt(claire).known_browser_token
    assert attempt(cast.nadia.agent.email, known_browser=token).known_browser_token == token


def test_a_success_forgets_the_failures_in_a_row_and_not_those_of_the_day(claire: str) -> None:
    fail(claire, 4)
    attempt(claire)
    assert fail(claire, 5) == [WrongCredentials] * 4 + [TooManyAttempts]
    counter = AttemptCounter.objects.order_by("-window_count").first()
    assert counter is not None
    assert counter.window_count == 9


def test_at_most_25_tries_a_day_even_when_the_agent_signs_in_between(claire: str) -> None:
    with time_machine.travel(NOON, tick=False):
        for _ in range(6):
            fail(claire, 4)
            attempt(claire)
        with pytest.raises(TooManyAttempts) as refused:
            attempt(claire, "Faux mot de passe")
        assert refused.value.until == NOON + dt.timedelta(days=1)
    with time_machine.travel(NOON + dt.timedelta(days=1), tick=False):
        assert attempt(claire).token


def test_a_guesser_who_never_stops_has_at_most_25_tries_in_any_24_hours(claire: str) -> None:
    tries: list[dt.datetime] = []
    moment = NOON
    while moment < NOON + dt.timedelta(days=5):
        with time_machine.travel(moment, tick=False):
            try:
                attempt(claire, "Faux mot de passe", address=f"2001:db8:{len(tries):x}::1")
            except WrongCredentials:
                tries.append(moment)
            except TooManyAttempts as refused:
                if _counted_now(moment):
                    tries.append(moment)
                moment = refused.until
                continue
        moment += dt.timedelta(seconds=1)
    most = max(sum(start <= t < start + dt.timedelta(days=1) for t in tries) for start in tries)
    assert most <= 25
    assert len(tries) > 50


def _counted_now(moment: dt.datetime) -> bool:
    return AttemptCounter.objects.filter(updated_at=moment).exists()


def test_blocked_tries_do_not_push_the_delay_back(claire: str) -> None:
    with time_machine.travel(NOON, tick=False):
        fail(claire, 5)
    with time_machine.travel(NOON + dt.timedelta(seconds=90), tick=False):
        fail(claire, 50)
    with time_machine.travel(NOON + dt.timedelta(minutes=2), tick=False):
        assert attempt(claire).token


def test_a_blocking_is_told_once_in_the_journal(claire: str) -> None:
    fail(claire, 30)
    assert len(told("sign_in_failed")) == 4
    assert len(told("sign_in_blocked")) == 1


def test_counters_tell_nothing_about_who_tried(claire: str) -> None:
    fail(claire, 2, address="192.0.2.77")
    rows = str(list(AttemptCounter.objects.values()))
    assert "claire" not in rows
    assert "192.0.2" not in rows
