"""Recoveries at the same moment: two starts, two ends, an end against a contest, a cancel, a telephone found again."""

import pytest
from django.db import connection

from convergences.authentication import queries
from convergences.authentication.errors import PendingOver, TooManyAttempts, WrongCode, WrongSecondStep
from convergences.authentication.models import Level, Recovery, SecurityChange, Session
from convergences.authentication.proofs import Pending
from convergences.authentication.recovery_errors import NoRecovery, RecoveryTooOften, RecoveryUnderWay
from convergences.authentication.services import changes, recoveries, recovering, second_step, totp
from convergences.foundations import clock as house_clock
from tests.authentication.doing import HERE, told
from tests.authentication.proving import Held, pending, with_totp
from tests.authentication.recovering_from import by, code_for, other_than, start, to, token_of
from tests.authentication.test_races import THREADS, _together
from tests.cast import Cast, build_cast

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def on_postgresql() -> None:
    """SQLite lets one transaction write at a time, and its test database lives in one connection."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """The cast, committed; Claire has an application of codes."""
    people = build_cast()
    with_totp(people.claire.agent)
    Session.objects.all().delete()
    return people


def _open(people: Cast) -> tuple[str, list[Pending]]:
    """Open a recovery now; return its code, and as many sign-ins that wait."""
    start(people.claire, people.nadia)
    Recovery.objects.update(opens_at=house_clock.now())
    stood = [pending(people.claire.agent) for _ in range(THREADS)]
    return code_for(people.claire.agent, stood[0]), stood


def test_started_by_many_at_once_it_is_started_once(people: Cast) -> None:
    outcomes = _together(lambda: start(people.claire, people.nadia))
    assert sum(isinstance(outcome, Recovery) for outcome in outcomes) == 1
    assert set(outcomes) - {RecoveryUnderWay, RecoveryTooOften} == {o for o in outcomes if isinstance(o, Recovery)}
    assert len(to(people.claire.agent)) == 1


def test_a_burst_of_guesses_gets_five_tries_in_all(people: Cast) -> None:
    code, stood = _open(people)
    each, wrong = iter(stood), other_than(code)
    outcomes = _together(lambda: recovering.come_back(next(each), wrong, browser=HERE))
    assert outcomes.count(WrongSecondStep) == 4
    assert outcomes.count(TooManyAttempts) == THREADS - 4


def test_a_burst_on_one_code_is_compared_five_times(people: Cast) -> None:
    """Without the count of the second step, which would stop most of them before."""
    code, _stood = _open(people)
    recovery, wrong = Recovery.objects.get(), other_than(code)
    outcomes = _together(lambda: recovering._proof(recovery, wrong))
    assert outcomes.count(None) == 5
    assert outcomes.count(WrongCode) == THREADS - 5


def test_finished_by_many_at_once_it_opens_one_session(people: Cast) -> None:
    code, stood = _open(people)
    each = iter(stood)
    outcomes = _together(lambda: recovering.come_back(next(each), code, browser=HERE).token)
    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1
    assert Session.objects.filter(ended_at=None).count() == 1
    assert len(told("recovery_proved")) == 1


def test_finished_while_it_is_contested_the_account_ends_up_shut(people: Cast) -> None:
    code, stood = _open(people)
    each, link = iter(stood), token_of(to(people.claire.agent)[0])
    turns = iter(range(THREADS))

    def one() -> object:
        if next(turns) % 2:
            return changes.contest(link, browser=HERE)
        return recovering.come_back(next(each), code, browser=HERE)

    _together(one)
    changes.contest(link, browser=HERE)  # whichever came first
    assert not Session.objects.filter(ended_at=None).exists()
    assert queries.has_second_factor(people.claire.agent_id)
    assert not SecurityChange.objects.filter(contested_at=None, kind__startswith="recovery").exists()


def test_come_back_while_it_is_cancelled_nothing_stays_open(people: Cast) -> None:
    code, stood = _open(people)
    each, turns = iter(stood), iter(range(THREADS))

    def one() -> object:
        if next(turns) % 2:
            return recoveries.cancel(people.claire, actor=by(people.moussa.agent))
        return recovering.come_back(next(each), code, browser=HERE)

    outcomes = _together(one)
    assert Recovery.objects.get().cancelled_at is not None
    assert not Session.objects.filter(ended_at=None).exists()
    assert set(outcomes) & {NoRecovery, WrongCode, PendingOver, TooManyAttempts, WrongSecondStep}


def test_a_telephone_found_while_one_comes_back_ends_what_the_code_opened(people: Cast) -> None:
    code, stood = _open(people)
    each, turns = iter(stood), iter(range(THREADS))
    proof = second_step.FactorProof("totp", people.claire.agent_id)

    def one() -> object:
        if next(turns) % 2:
            return second_step.complete(next(each), proof, browser=HERE).token
        return recovering.come_back(next(each), code, browser=HERE).token

    _together(one)
    assert Recovery.objects.get().cancelled_at is not None
    assert not Session.objects.filter(ended_at=None, level=Level.ONE_FACTOR).exists()


def test_two_means_added_at_once_one_finishes(people: Cast) -> None:
    """The other would stand beside it, whoever added it."""
    code, stood = _open(people)
    done = recovering.come_back(stood[0], code, browser=HERE)
    agent, started = people.claire.agent, totp.start(people.claire.agent, "Nouveau", session=done.session)
    typed = Held(started.totp, started.secret).code()
    outcomes = _together(
        lambda: totp.confirm(agent, started.totp.uid, typed, session=done.session, actor=by(agent)).kind
    )
    assert outcomes.count("totp") == 1
    assert [each.name for each in queries.methods_of(agent).totps] == ["Nouveau"]
    assert len(told("recovery_finished")) == 1


def test_two_workers_tell_once_that_it_opens(people: Cast) -> None:
    start(people.claire, people.nadia)
    Recovery.objects.update(opens_at=house_clock.now())
    outcomes = _together(recoveries.tend)
    assert sum(int(str(outcome)) for outcome in outcomes) == 1
    assert len(to(people.claire.agent)) == 2
