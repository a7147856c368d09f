"""What the database does for an answer does not grow with what it holds: counted in SQLite's own instructions."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser

from convergences.foundations import keys
from tests.cast import Cast, member
from tests.oidc.dispatched import is_lean
from tests.oidc.relying import Relying, entitle
from tests.oidc.test_dispatcher_states import introspect, userinfo

pytestmark = [
    pytest.mark.database,
    pytest.mark.usefixtures("kept_connection"),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="counts SQLite's instructions"),
]
SLACK = 10  # a tree that is one level deeper


def instructions(act: Callable[[], Any]) -> int:
    """Return how many instructions of SQLite's machine an act takes."""
    done = 0

    def count() -> int:
        nonlocal done
        done += 1
        return 0

    connection.ensure_connection()
    connection.connection.set_progress_handler(count, 1)
    try:
        act()
    finally:
        connection.connection.set_progress_handler(None, 0)
    return done


def test_a_token_is_answered_for_by_as_much_work_in_a_crowd(bip: Relying, cast: Cast, claire: Browser) -> None:
    token = bip.tokens(claire)["access_token"]
    keys.published_jwks()  # read once a minute per process
    asked = (userinfo(token), introspect(bip, token))
    assert all(is_lean(request) for request in asked)
    alone = [instructions(lambda request=request: is_lean(request)) for request in asked]
    for number in range(60):
        entitle(member(cast.pantin, f"Agent Nombre{number}"), cast.bip)
        if number % 3 == 0:
            bip.tokens(claire)
    crowded = [instructions(lambda request=request: is_lean(request)) for request in asked]
    assert min(alone) > SLACK
    assert all(after <= before + SLACK for before, after in zip(alone, crowded, strict=True)), (alone, crowded)
