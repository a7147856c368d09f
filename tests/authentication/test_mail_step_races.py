"""A code by mail at the same moment: guessed, taken, asked for, and taken while a factor is added."""

from collections.abc import Iterator

import pytest
from django.db import connection

from convergences.authentication.errors import MailNotOffered, PendingOver, TooManyAttempts, WrongCode, WrongSecondStep
from convergences.authentication.models import MailCode, Session
from convergences.authentication.services import mail_step
from tests.authentication.doing import HERE, letters
from tests.authentication.mailing import allowed, mail_code_for
from tests.authentication.proving import opened
from tests.authentication.recovering_from import other_than
from tests.authentication.test_races import THREADS, _together
from tests.cast import Cast, build_cast

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def on_postgresql() -> Iterator[None]:
    """SQLite lets one transaction write at a time, and its test database lives in one connection."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    with allowed():
        yield


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """The cast, committed."""
    return build_cast()


def _finish(session: Session, code: str) -> str:
    return mail_step.finish(Session.objects.get(pk=session.pk), code, browser=HERE).token


def test_a_burst_of_guesses_over_many_sessions_gets_five_tries_in_all(people: Cast) -> None:
    stood = [opened(people.claire.agent) for _ in range(THREADS)]
    wrong = other_than(mail_code_for(stood[0]))
    MailCode.objects.all().delete()
    for session in stood:
        MailCode.objects.create(session=session, code_digest="x", code_expires_at=session.expires_at)
    each = iter(stood)
    outcomes = _together(lambda: _finish(next(each), wrong))
    assert outcomes.count(WrongSecondStep) == 4
    assert outcomes.count(TooManyAttempts) == THREADS - 4


def test_a_burst_on_one_code_is_compared_five_times(people: Cast) -> None:
    """Without the count of the second step, which would stop most of them before."""
    session = opened(people.claire.agent)
    wrong = other_than(mail_code_for(session))
    outcomes = _together(lambda: mail_step._proof(session, wrong))
    assert outcomes.count(None) == 5
    assert outcomes.count(WrongCode) == THREADS - 5


def test_taken_by_many_at_once_it_serves_once(people: Cast) -> None:
    session = opened(people.claire.agent)
    code = mail_code_for(session)
    outcomes = _together(lambda: _finish(session, code))
    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1
    left = {outcome for outcome in outcomes if not isinstance(outcome, str)}
    assert left <= {WrongCode, PendingOver, TooManyAttempts, MailNotOffered}
    assert Session.objects.get(pk=session.pk).factors == ["pwd", "mail"]


def test_asked_for_by_many_at_once_five_leave_and_the_last_serves(people: Cast) -> None:
    session = opened(people.claire.agent)
    outcomes = _together(lambda: mail_step.send_code(session, browser=HERE))
    assert outcomes.count(None) == 5
    assert outcomes.count(TooManyAttempts) == THREADS - 5
    assert len(letters()) == 5
    assert _finish(session, letters()[-1].code)
