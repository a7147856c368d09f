"""Choosing a new password by mail."""

import pytest

from convergences.authentication.errors import TooManyAttempts, WeakPassword, WrongCredentials
from convergences.authentication.models import Purpose, Session
from convergences.authentication.services import codes, reset, sessions
from tests.authentication.doing import HERE, NEW, attempt, fail, letters, told
from tests.cast import PASSWORD, Cast, set_password

pytestmark = pytest.mark.database


@pytest.fixture
def proof(cast: Cast) -> codes.Proof:
    """Claire has opened the link of her mail."""
    set_password(cast.claire.agent)
    codes.send(Purpose.RESET, cast.claire.agent.email or "", browser=HERE)
    return codes.check_link(Purpose.RESET, letters()[0].token)


def test_the_new_password_replaces_the_old_one_and_ends_every_session(cast: Cast, proof: codes.Proof) -> None:
    stolen = attempt(cast.claire.agent.email)
    reset.finish(proof, NEW, browser=HERE)
    assert sessions.find(stolen.token) is None
    with pytest.raises(WrongCredentials):
        attempt(cast.claire.agent.email, PASSWORD)
    assert attempt(cast.claire.agent.email, NEW).token
    assert told("password_reset")[0].subject_id == cast.claire.agent.pk


def test_no_session_opens_by_itself(proof: codes.Proof) -> None:
    reset.finish(proof, NEW, browser=HERE)
    assert not Session.objects.filter(ended_at__isnull=True).exists()


def test_the_agent_is_told_by_mail(cast: Cast, proof: codes.Proof) -> None:
    reset.finish(proof, NEW, browser=HERE)
    letter = letters()[-1]
    assert letter.kind == "authentication.password_changed"
    assert letter.recipient == cast.claire.agent.email
    assert "Edge sur Windows" in letter.text
    assert NEW not in letter.text + letter.html


def test_a_weak_password_changes_nothing(cast: Cast, proof: codes.Proof) -> None:
    with pytest.raises(WeakPassword):
        reset.finish(proof, "Claire2026Claire2026", browser=HERE)
    assert attempt(cast.claire.agent.email, PASSWORD).token


def test_an_agent_blocked_from_elsewhere_comes_in_after_a_reset(cast: Cast, proof: codes.Proof) -> None:
    fail(cast.claire.agent.email, 6, address="203.0.113.66")
    known = reset.finish(proof, NEW, browser=HERE)
    with pytest.raises(TooManyAttempts):
        attempt(cast.claire.agent.email, NEW)
    assert attempt(cast.claire.agent.email, NEW, known_browser=known).token
