"""Whatever ends a right, a session or an employer's part is felt at the next request, and what remains is told."""

import pytest

from convergences.admission.queries import visits_to_end
from convergences.foundations import clock
from tests.cast import Cast
from tests.forward_auth.serving import PAGE, Surfer, define, header
from tests.oidc.relying import entitle
from tests.oidc.test_dispatcher_states import ALIVE, DEAD, ONLY_THE_SESSION

pytestmark = pytest.mark.database

OF_TOKENS = {"grant revoked", "token over"}
ENDING = {name: act for name, act in {**DEAD, **ONLY_THE_SESSION}.items() if name not in OF_TOKENS}


@pytest.fixture
def inside(cast: Cast, claire: Surfer) -> Surfer:
    """Claire, inside BIP, which is behind a web server here."""
    entitle(cast.claire, cast.bip, "reader")
    define(cast.bip)
    assert claire.enter().code == 200
    return claire


@pytest.mark.parametrize("state", ENDING)
def test_what_ends_is_felt_at_the_next_request(inside: Surfer, state: str) -> None:
    ENDING[state]()
    answer = inside.check(PAGE)
    session = state in ONLY_THE_SESSION or state == "visit ended"
    assert answer.code == (401 if session else 403)
    assert not header(answer, "Remote-User") + header(answer, "Remote-Token")


@pytest.mark.parametrize("state", sorted(set(ENDING) - {"told", "visit ended"}))
def test_the_worker_and_the_check_agree(inside: Surfer, state: str) -> None:
    ENDING[state]()
    assert len(list(visits_to_end(clock.now()))) == 1


@pytest.mark.parametrize("state", ALIVE)
def test_what_remains_is_told(inside: Surfer, state: str) -> None:
    ALIVE[state]()
    answer = inside.check(PAGE)
    assert answer.code == 200
    assert all(value.isascii() and value.isprintable() for _name, value in answer.headers)
