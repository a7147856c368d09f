"""A hundred requests at the same moment: the database decides, not the order in which Python reads."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections

from convergences.audit.services import SYSTEM
from convergences.authentication.errors import (
    CodeAlreadyUsed,
    DeadLink,
    LastFactor,
    PendingOver,
    TooManyAttempts,
    UnknownFactor,
    WrongCode,
    WrongCredentials,
    WrongSecondStep,
)
from convergences.authentication.limits import of_account
from convergences.authentication.models import AttemptCounter, Purpose, RecoveryCode, Session, SingleUseCode, Totp
from convergences.authentication.services import attempts, codes, factors, reset, second_step, totp
from convergences.directory.models import AgentState
from convergences.foundations.errors import Refusal
from tests.authentication.doing import HERE, NEW, attempt, letters
from tests.authentication.proving import WRONG, opened, pending, with_codes, with_totp
from tests.cast import Cast, build_cast, set_password

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

THREADS = 12


@pytest.fixture(autouse=True)
def on_postgresql() -> None:
    """SQLite lets one transaction write at a time, and its test database lives in one connection."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """The cast, committed."""
    return build_cast()


def _together(doing: Callable[[], object]) -> list[object]:
    """Do the same thing in many threads at once; return what each gave, or the class of its refusal."""
    outcomes: list[object] = []
    start = threading.Barrier(THREADS)

    def one() -> None:
        start.wait()
        try:
            outcomes.append(doing())
        except Refusal as refusal:
            outcomes.append(type(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_a_burst_of_guesses_gets_five_tries_in_all(people: Cast) -> None:
    set_password(people.claire.agent)
    email = people.claire.agent.email
    outcomes = _together(lambda: attempt(email, "Faux mot de passe"))
    assert outcomes.count(WrongCredentials) == 4
    assert outcomes.count(TooManyAttempts) == THREADS - 4
    assert AttemptCounter.objects.order_by("-failures").values_list("failures", flat=True)[0] == 5


def test_the_first_attempts_of_a_new_source_are_all_counted(people: Cast) -> None:
    source = of_account("personne@pantin.example")
    outcomes = _together(lambda: attempts.take(source).remaining)
    assert sorted(o for o in outcomes if isinstance(o, int)) == [0, 1, 2, 3, 4]


def test_a_burst_of_codes_gets_five_tries_in_all(people: Cast) -> None:
    agent = people.lucie.agent
    agent.state = AgentState.INVITED
    agent.save()
    codes.send(Purpose.FIRST_VISIT, agent.email or "", browser=HERE)
    outcomes = _together(lambda: codes.redeem_code(Purpose.FIRST_VISIT, agent.email or "", "wrong", browser=HERE))
    assert outcomes == [WrongCode] * THREADS
    assert SingleUseCode.objects.get().tries == 5


def test_one_code_typed_twice_at_once_gives_one_proof(people: Cast) -> None:
    agent = people.lucie.agent
    agent.state = AgentState.INVITED
    agent.save()
    codes.send(Purpose.FIRST_VISIT, agent.email or "", browser=HERE)
    code = letters()[0].code
    outcomes = _together(lambda: codes.redeem_code(Purpose.FIRST_VISIT, agent.email or "", code, browser=HERE))
    assert sum(isinstance(outcome, codes.Proof) for outcome in outcomes) == 1


def test_one_link_used_twice_at_once_sets_one_password(people: Cast) -> None:
    set_password(people.claire.agent)
    codes.send(Purpose.RESET, people.claire.agent.email or "", browser=HERE)
    proof = codes.check_link(Purpose.RESET, letters()[0].token)
    outcomes = _together(lambda: reset.finish(proof, NEW, browser=HERE))
    assert outcomes.count(DeadLink) == THREADS - 1


def test_one_agent_may_sign_in_on_several_browsers_at_once(people: Cast) -> None:
    set_password(people.claire.agent)
    known = attempt(people.claire.agent.email).known_browser_token
    outcomes = _together(lambda: attempt(people.claire.agent.email, known_browser=known).token)
    signed_in = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert signed_in
    assert Session.objects.count() == len(signed_in) + 1


def test_one_code_typed_in_many_browsers_at_once_opens_one_session(people: Cast) -> None:
    agent = people.claire.agent
    held = with_totp(agent)
    Session.objects.all().delete()
    stood, code = iter([pending(agent) for _ in range(THREADS)]), held.code()
    outcomes = _together(lambda: second_step.by_totp(next(stood), code, browser=HERE).token)
    assert sum(isinstance(outcome, str) for outcome in outcomes) == Session.objects.count() == 1
    assert set(outcomes) - {CodeAlreadyUsed, TooManyAttempts} == {o for o in outcomes if isinstance(o, str)}


def test_one_code_taken_at_once_is_taken_once(people: Cast) -> None:
    """Without the count of tries, which would stop most of them before."""
    held = with_totp(people.claire.agent)
    code = held.code()
    outcomes = _together(lambda: bool(totp.prove(people.claire.agent, code)))
    assert outcomes.count(True) == 1
    assert outcomes.count(CodeAlreadyUsed) == THREADS - 1


def test_one_recovery_code_typed_at_once_serves_once(people: Cast) -> None:
    with_totp(people.claire.agent)
    code, session = with_codes(people.claire.agent)[0], opened(people.claire.agent)
    outcomes = _together(lambda: bool(second_step.by_recovery_code(session, code, browser=HERE)))
    assert outcomes.count(True) == 1
    assert RecoveryCode.objects.filter(used_at__isnull=False).count() == 1


def test_one_pending_completed_at_once_opens_one_session(people: Cast) -> None:
    agent = people.claire.agent
    with_totp(agent)
    Session.objects.all().delete()
    stood, proof = pending(agent), second_step.FactorProof("passkey", agent.pk)
    outcomes = _together(lambda: second_step.complete(stood, proof, browser=HERE).token)
    assert outcomes.count(PendingOver) == THREADS - 1
    assert Session.objects.count() == 1


def test_one_session_strengthened_at_once_has_one_token(people: Cast) -> None:
    agent = people.claire.agent
    uid = opened(agent).uid
    proof = second_step.FactorProof("totp", agent.pk)
    read = iter([Session.objects.select_related("agent").get(uid=uid) for _ in range(THREADS)])
    outcomes = _together(lambda: second_step.complete(next(read), proof, browser=HERE).token)
    assert outcomes.count(PendingOver) == THREADS - 1


def test_a_burst_of_guesses_at_the_second_step_gets_five_tries_in_all(people: Cast) -> None:
    agent = people.claire.agent
    with_totp(agent)
    stood = iter([pending(agent) for _ in range(THREADS)])
    outcomes = _together(lambda: second_step.by_totp(next(stood), WRONG, browser=HERE))
    assert outcomes.count(WrongSecondStep) == 4
    assert outcomes.count(TooManyAttempts) == THREADS - 4


def test_two_factors_removed_at_once_leave_one_to_a_referent(people: Cast) -> None:
    agent = people.nadia.agent
    uids = iter([with_totp(agent, f"Téléphone {n}", password=False).totp.uid for n in range(2)] * (THREADS // 2))
    session = opened(agent, "pwd", "otp")
    outcomes = _together(lambda: factors.remove(agent, next(uids), session=session, actor=SYSTEM))
    assert outcomes.count(None) == 1
    assert set(outcomes) == {None, LastFactor, UnknownFactor}
    assert Totp.objects.filter(removed_at=None).count() == 1
