"""The figures of the day: exact, counted once, and never again once a month is over."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.adoption import queries
from convergences.adoption.models import Headcount, RightsFigure
from convergences.adoption.services import counting
from convergences.directory.models import AgentState, Membership
from convergences.directory.narrowing import Narrowing
from convergences.directory.queries import member_counts
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from tests.cast import Cast, join, member

pytestmark = pytest.mark.database


def _at(year: int, month: int, day: int) -> dt.datetime:
    return dt.datetime(year, month, day, 11, tzinfo=dt.UTC)


def _right(holder: Membership, application: object, given: dt.datetime, **fields: object) -> Entitlement:
    return Entitlement.objects.create(
        membership=holder, organization=holder.organization, application=application, roles=["reader"],
        starts_on=given.date(), granted_at=given, **fields,
    )  # fmt: skip


def _drain() -> None:
    while counting.count_rights():
        pass


def _figures(slug: str) -> dict[str, int]:
    rows = RightsFigure.objects.filter(application__slug=slug, rights__gt=0)
    return {f"{month:%Y-%m}": rights for month, rights in rows.values_list("month", "rights")}


def test_what_waits_is_what_each_employer_sees_as_invited(cast: Cast) -> None:
    member(cast.pantin, "Rose Amar", state=AgentState.INVITED)
    member(cast.pantin, "Hugo Petit", state=AgentState.INVITED, suspended_at=clock.now())
    member(cast.pantin, "Abel Roy", state=AgentState.INVITED, ends_on=clock.today() - dt.timedelta(days=1))
    join(cast.lucie.agent, cast.pantin, confirmed_at=None)
    assert counting.count_accounts() == 3
    counted = Headcount.objects.get(organization=cast.pantin)
    seen = member_counts(cast.pantin)
    assert (counted.accounts, counted.waiting) == (seen["all"], seen["invited"]) == (7, 2)
    assert queries.accounts(Narrowing(department="92")).accounts == 0


def test_employers_are_counted_once_a_day_a_part_at_a_time(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "EMPLOYERS_AT_ONCE", 2)
    assert [counting.count_accounts() for _ in range(3)] == [2, 1, 0]
    with time_machine.travel(clock.now() + dt.timedelta(days=1), tick=False):
        member(cast.pantin, "Rose Amar", state=AgentState.INVITED)
        assert [counting.count_accounts() for _ in range(3)] == [2, 1, 0]
    assert Headcount.objects.get(organization=cast.pantin).waiting == 1


def test_a_month_holds_the_rights_that_served_on_its_last_day(cast: Cast) -> None:
    with time_machine.travel(_at(2026, 11, 10), tick=False):
        _right(cast.claire, cast.bip, _at(2026, 8, 31), closed_at=_at(2026, 10, 5))
        _right(cast.moussa, cast.bip, _at(2026, 9, 1), ends_on=dt.date(2026, 9, 29))
        _right(cast.lucie, cast.bip, _at(2026, 9, 30))
        _right(cast.nadia, cast.bip, _at(2026, 11, 10))
        _drain()
    assert _figures("bip") == {"2026-08": 1, "2026-09": 2, "2026-10": 1, "2026-11": 2}
    assert RightsFigure.objects.filter(application=cast.cotisations).count() == 12


def test_a_month_that_is_over_outlives_its_rights_and_the_present_one_follows_them(cast: Cast) -> None:
    with time_machine.travel(_at(2026, 10, 20), tick=False):
        right = _right(cast.claire, cast.bip, _at(2026, 9, 10))
        _drain()
        right.delete()
        _drain()
        assert _figures("bip") == {"2026-09": 1, "2026-10": 1}  # counted already today
    with time_machine.travel(_at(2026, 11, 2), tick=False):
        _drain()
        assert _figures("bip") == {"2026-09": 1}  # October's last day had not been counted
        assert counting.count_rights() == 0


def test_reading_costs_the_same_for_many_rights(cast: Cast) -> None:
    _drain()
    for holder in (cast.claire, cast.moussa, cast.lucie):
        _right(holder, cast.bip, clock.now())
    with CaptureQueriesContext(connection) as taken:
        queries.rights()
    assert len(taken) == 1
    assert "entitlement" not in taken[0]["sql"]
