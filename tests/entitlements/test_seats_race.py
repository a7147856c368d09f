"""Two référents ask for the last seat in the same instant, on two real connections."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections

from convergences.entitlements import errors
from convergences.entitlements.models import Entitlement
from convergences.entitlements.services import register
from tests.cast import Cast, build_cast
from tests.entitlements.doing import grant, subscribe

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer in at a time"),
]


@pytest.fixture
def town() -> Cast:
    """The cast, committed: two connections must see it."""
    return build_cast()


def _looked_together(monkeypatch: pytest.MonkeyPatch, parties: int) -> None:
    """Make everyone look for a free seat before anyone takes one: the worst moment, each time."""
    barrier = threading.Barrier(parties)
    first_look = threading.local()
    look: Callable[..., int | None] = register.lowest_free_seat

    def together(organization_id: int, application_id: int, *, seats: int) -> int | None:
        found = look(organization_id, application_id, seats=seats)
        if not hasattr(first_look, "done"):
            first_look.done = True
            barrier.wait(timeout=20)
        return found

    monkeypatch.setattr(register, "lowest_free_seat", together)


def _at_once(*acts: Callable[[], object]) -> list[object]:
    """Run each act in its own thread and connection; return what each gave or refused."""
    answers: list[object] = []

    def run(act: Callable[[], object]) -> None:
        try:
            answers.append(act())
        except errors.RightRefused as refusal:
            answers.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return answers


def _seats(town: Cast) -> list[int | None]:
    rows = Entitlement.objects.filter(application=town.bip, closed_at__isnull=True)
    return sorted(rows.values_list("seat", flat=True))


def test_one_gets_the_last_seat_and_the_other_is_told(town: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribe(town.pantin, town.bip, seats=1)
    _looked_together(monkeypatch, 2)
    answers = _at_once(
        lambda: grant(town.claire, town.bip, by=town.nadia), lambda: grant(town.moussa, town.bip, by=town.nadia)
    )
    assert len([answer for answer in answers if isinstance(answer, Entitlement)]) == 1
    assert "no_seat" in answers
    assert _seats(town) == [1]


def test_with_two_seats_both_get_one_each_their_own(town: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribe(town.pantin, town.bip, seats=2)
    _looked_together(monkeypatch, 2)
    answers = _at_once(
        lambda: grant(town.claire, town.bip, by=town.nadia), lambda: grant(town.moussa, town.bip, by=town.nadia)
    )
    assert all(isinstance(answer, Entitlement) for answer in answers)
    assert _seats(town) == [1, 2]


def test_the_same_right_asked_twice_is_given_once(town: Cast) -> None:
    subscribe(town.pantin, town.bip, seats=5)
    answers = _at_once(
        lambda: grant(town.claire, town.bip, by=town.nadia), lambda: grant(town.claire, town.bip, by=town.moussa)
    )
    assert "already_granted" in answers
    assert _seats(town) == [1]


def test_the_database_itself_refuses_a_seat_taken(town: Cast) -> None:
    subscribe(town.pantin, town.bip, seats=5)
    grant(town.claire, town.bip)
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'entitlement_seat_unique'")
        assert "UNIQUE" in cursor.fetchone()[0]
