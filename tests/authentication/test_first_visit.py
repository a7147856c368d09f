"""The first visit, once the mailbox is proved."""

import pytest

from convergences.authentication.errors import DeadLink, WeakPassword
from convergences.authentication.models import Password, Purpose
from convergences.authentication.services import codes, first_visit, sessions
from convergences.directory.models import AgentState
from tests.authentication.doing import HERE, NEW, attempt, letters, told
from tests.cast import Cast

pytestmark = pytest.mark.database


@pytest.fixture
def proof(cast: Cast) -> codes.Proof:
    """Lucie, invited, has typed her code."""
    cast.lucie.agent.state = AgentState.INVITED
    cast.lucie.agent.save()
    email = cast.lucie.agent.email or ""
    codes.send(Purpose.FIRST_VISIT, email, browser=HERE)
    return codes.redeem_code(Purpose.FIRST_VISIT, email, letters()[0].code, browser=HERE)


def test_the_account_becomes_active_and_the_agent_is_signed_in(cast: Cast, proof: codes.Proof) -> None:
    signed_in = first_visit.finish(proof, NEW, browser=HERE)
    cast.lucie.agent.refresh_from_db()
    assert cast.lucie.agent.state == AgentState.ACTIVE
    assert sessions.find(signed_in.token) is not None
    assert attempt(cast.lucie.agent.email, NEW).token
    assert [event.subject_id for event in told("password_set")] == [cast.lucie.agent.pk]


def test_a_weak_password_leaves_the_proof_good(cast: Cast, proof: codes.Proof) -> None:
    with pytest.raises(WeakPassword):
        first_visit.finish(proof, "Lucie2026Lucie2026", browser=HERE)
    assert not Password.objects.filter(agent=cast.lucie.agent).exists()
    assert first_visit.finish(codes.proof(Purpose.FIRST_VISIT, proof.code_id), NEW, browser=HERE).token


def test_the_proof_serves_once(proof: codes.Proof) -> None:
    first_visit.finish(proof, NEW, browser=HERE)
    with pytest.raises(DeadLink):
        first_visit.finish(proof, NEW + " encore", browser=HERE)


def test_the_browser_is_known_from_then_on(cast: Cast, proof: codes.Proof) -> None:
    known = first_visit.finish(proof, NEW, browser=HERE).known_browser_token
    assert attempt(cast.lucie.agent.email, NEW, known_browser=known).known_browser_token == known
