"""Changing one's own password while signed in."""

import pytest

from convergences.authentication.browsers import acting
from convergences.authentication.errors import SamePassword, TooManyAttempts, WeakPassword, WrongCurrentPassword
from convergences.authentication.services import passwords, sessions
from tests.authentication.doing import HERE, NEW, attempt, letters, told
from tests.cast import PASSWORD, Cast, set_password

pytestmark = pytest.mark.database


def _change(cast: Cast, current: str, new: str, token: str = "") -> str:
    agent = cast.claire.agent
    session = sessions.find(token) if token else None
    return passwords.change(agent, current, new, actor=acting(agent, HERE), session=session)


def test_a_session_left_open_does_not_serve_to_guess_the_password(cast: Cast) -> None:
    set_password(cast.claire.agent)
    refusals = []
    for _ in range(6):
        with pytest.raises((WrongCurrentPassword, TooManyAttempts)) as refused:
            _change(cast, "Faux mot de passe", NEW)
        refusals.append(refused.type)
    assert refusals == [WrongCurrentPassword] * 4 + [TooManyAttempts] * 2
    with pytest.raises(TooManyAttempts):
        _change(cast, PASSWORD, NEW)
    assert attempt(cast.claire.agent.email).token  # signing in is counted apart


def test_the_other_sessions_end_and_this_one_stays(cast: Cast) -> None:
    set_password(cast.claire.agent)
    here, elsewhere = attempt(cast.claire.agent.email), attempt(cast.claire.agent.email)
    renewed = sessions.find(_change(cast, PASSWORD, NEW, here.token))
    assert renewed is not None
    assert renewed.pk == here.session.pk
    assert sessions.find(elsewhere.token) is None
    assert attempt(cast.claire.agent.email, NEW).token
    assert letters()[-1].kind == "authentication.password_changed"
    assert told("password_changed")[0].actor_id == cast.claire.agent.pk


def test_a_copy_of_this_sessions_cookie_ends_too(cast: Cast) -> None:
    set_password(cast.claire.agent)
    here = attempt(cast.claire.agent.email)
    _change(cast, PASSWORD, NEW, here.token)
    assert sessions.find(here.token) is None


def test_a_weak_or_unchanged_password_is_refused(cast: Cast) -> None:
    set_password(cast.claire.agent)
    with pytest.raises(SamePassword):
        _change(cast, PASSWORD, PASSWORD)
    with pytest.raises(WeakPassword) as refused:
        _change(cast, PASSWORD, "motdepasse2026")
    assert refused.value.field == "new"
    assert attempt(cast.claire.agent.email).token
