"""One answer sent twelve times at once, two uses of one key at once: the database decides (PostgreSQL)."""

import pytest
from django.db import connection

from convergences.authentication.errors import ChallengeOver, PasskeyFrozen, PasskeyRefused
from convergences.authentication.models import Passkey
from convergences.authentication.proofs import FactorProof
from convergences.authentication.services import changes, passkey_proofs
from tests.authentication.doing import HERE, letters, told
from tests.authentication.passkeying import enrol
from tests.authentication.test_changes import tokens
from tests.authentication.test_races import THREADS, _together
from tests.authenticator import Authenticator
from tests.cast import Cast, build_cast, set_password

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def on_postgresql() -> None:
    """SQLite lets one transaction write at a time, and its test database lives in one connection."""
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """The cast, committed."""
    return build_cast()


def test_one_answer_sent_many_times_at_once_proves_once(people: Cast) -> None:
    _, key = enrol(people.claire.agent, Authenticator(steps=0))
    options = passkey_proofs.options_to_sign_in()
    answer = key.get(options.json)
    outcomes = _together(lambda: passkey_proofs.identify(options.sealed, answer, browser=HERE))
    assert sum(isinstance(outcome, FactorProof) for outcome in outcomes) == 1
    assert outcomes.count(ChallengeOver) == THREADS - 1


def test_a_copy_used_at_the_same_moment_is_seen(people: Cast) -> None:
    _, key = enrol(people.claire.agent, Authenticator(steps=0))
    key.counter = 7
    given = [passkey_proofs.options_to_sign_in() for _ in range(THREADS)]
    answers = [(options.sealed, key.get(options.json)) for options in given]
    outcomes = _together(lambda: passkey_proofs.identify(*answers.pop(), browser=HERE))
    assert sum(isinstance(outcome, FactorProof) for outcome in outcomes) == 1
    assert outcomes.count(PasskeyFrozen) == 1
    assert outcomes.count(PasskeyRefused) == THREADS - 2
    assert Passkey.objects.get().frozen_at is not None


def test_contesting_many_times_at_once_does_it_once(people: Cast) -> None:
    set_password(people.claire.agent)
    enrol(people.claire.agent)
    (token,) = tokens()
    outcomes = _together(lambda: changes.contest(token, browser=HERE).done_now)
    assert outcomes.count(True) == 1
    assert len(told("change_contested")) == 1
    assert [letter.kind for letter in letters()].count("authentication.reset") == 1
