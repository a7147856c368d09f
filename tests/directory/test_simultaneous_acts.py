"""Two people act in the same instant. On PostgreSQL only: SQLite lets one transaction write at a time."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from convergences.directory import queries
from convergences.directory.errors import AlreadyMember, DirectoryRefusal
from convergences.directory.models import Agent, Membership
from convergences.directory.services import memberships
from tests.cast import build_cast
from tests.directory.acting import actor, created

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs transactions that overlap"),
]


def together(*acts: Callable[[], object]) -> list[object]:
    """Run the acts in threads that start at once; return what each returned, or its refusal."""
    start, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(position: int) -> None:
        start.wait()
        try:
            outcomes[position] = acts[position]()
        except DirectoryRefusal as refusal:
            outcomes[position] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(position,)) for position in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return list(outcomes)


@pytest.mark.parametrize("attempt", range(5))
def test_two_referents_who_remove_each_other_leave_one(attempt: int) -> None:
    cast = build_cast()
    outcomes = together(
        lambda: memberships.close(cast.moussa, actor=actor(cast.nadia)),
        lambda: memberships.suspend(cast.nadia, reason="", actor=actor(cast.moussa)),
    )
    assert len(queries.referents_of(cast.pantin.pk)) == 1
    assert sum(isinstance(outcome, DirectoryRefusal) for outcome in outcomes) == 1


@pytest.mark.parametrize("attempt", range(5))
def test_two_referents_of_one_town_create_an_address_once(attempt: int) -> None:
    cast = build_cast()
    outcomes = together(lambda: created(cast.nadia), lambda: created(cast.moussa, email="LEA.marchand@pantin.example"))
    assert Agent.objects.filter(email="lea.marchand@pantin.example").count() == 1
    assert Membership.objects.filter(organization=cast.pantin, shown_family_name="Marchand").count() == 1
    assert sum(isinstance(outcome, AlreadyMember) for outcome in outcomes) == 1


@pytest.mark.parametrize("attempt", range(5))
def test_two_towns_that_create_an_address_both_succeed_and_one_owns_it(attempt: int) -> None:
    cast = build_cast()
    email = "lea.marchand@ailleurs.example"
    outcomes = together(lambda: created(cast.nadia, email=email), lambda: created(cast.karim, email=email))
    assert all(isinstance(outcome, Membership) for outcome in outcomes), outcomes
    agent = Agent.objects.get(email=email)
    assert agent.memberships.filter(confirmed_at__isnull=False).count() == 1
    assert agent.memberships.filter(confirmed_at__isnull=True).count() == 1
