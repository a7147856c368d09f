"""Changing a right."""

import pytest

from convergences.entitlements import errors
from convergences.entitlements.models import Entitlement
from tests.cast import Cast
from tests.entitlements.doing import change, grant, in_days, journal, opens, revoke, rights, subscribe, words

pytestmark = pytest.mark.database


def test_a_referent_of_another_town_is_refused(cast: Cast) -> None:
    right = grant(cast.claire, cast.bip, by=cast.nadia)
    with pytest.raises(errors.NotManaged):
        change(right, "manager", by=cast.karim)
    assert rights(cast.claire) == [right]


def test_a_change_closes_the_row_and_writes_another(cast: Cast) -> None:
    before = grant(cast.claire, cast.bip, by=cast.nadia)
    after = change(before, "manager", by=cast.moussa, ends_on=in_days(9))
    before.refresh_from_db()
    assert (before.roles, before.closed_by, before.close_reason) == (["reader"], "Moussa Diarra", "changed")
    assert (after.roles, after.ends_on, after.granted_by) == (["manager"], in_days(9), "Moussa Diarra")
    assert rights(cast.claire) == [after]


def test_the_journal_tells_what_it_was_before(cast: Cast) -> None:
    change(grant(cast.claire, cast.bip, by=cast.nadia), "manager", by=cast.nadia)
    event = journal()[-1]
    assert event.details["roles"] == ["Gérer"]
    assert event.details["before"] == {"roles": ["Consulter"], "until": None}


def test_a_change_that_changes_nothing_leaves_no_trace(cast: Cast) -> None:
    right = grant(cast.claire, cast.bip, by=cast.nadia)
    assert change(right, "reader", by=cast.nadia) == right
    assert words() == ["right_granted"]


def test_a_right_removed_meanwhile_is_not_brought_back(cast: Cast) -> None:
    stale = grant(cast.claire, cast.bip, by=cast.nadia)
    revoke(stale, by=cast.moussa)
    with pytest.raises(errors.RightGone):
        change(stale, "manager", by=cast.nadia)
    assert rights(cast.claire) == []


def test_a_right_changed_meanwhile_is_not_overwritten(cast: Cast) -> None:
    stale = grant(cast.claire, cast.bip, by=cast.nadia)
    change(stale, "manager", by=cast.moussa)
    with pytest.raises(errors.RightGone):
        change(stale, "reader", by=cast.nadia, ends_on=in_days(1))


def test_an_expired_right_is_given_anew_not_changed(cast: Cast) -> None:
    right = grant(cast.claire, cast.bip, by=cast.nadia)
    Entitlement.objects.filter(pk=right.pk).update(starts_on=in_days(-9), ends_on=in_days(-1))
    with pytest.raises(errors.RightGone):
        change(right, "manager", by=cast.nadia)


def test_the_seat_and_the_seniority_are_kept(cast: Cast) -> None:
    subscribe(cast.pantin, cast.bip, seats=1)
    right = grant(cast.claire, cast.bip, by=cast.nadia)
    Entitlement.objects.filter(pk=right.pk).update(starts_on=in_days(-9))
    after = change(right, "manager", by=cast.nadia)
    assert (after.seat, after.starts_on) == (1, in_days(-9))


@pytest.mark.parametrize("roles", [(), ("payer",)])
def test_an_unknown_role_is_refused_and_the_right_stays(cast: Cast, roles: tuple[str, ...]) -> None:
    right = grant(cast.claire, cast.bip, by=cast.nadia)
    with pytest.raises(errors.UnknownRole):
        change(right, *roles, by=cast.nadia)
    assert rights(cast.claire) == [right]


def test_a_right_that_could_not_be_given_today_cannot_be_widened(cast: Cast) -> None:
    right = grant(cast.claire, cast.bip)
    opens(cast.bip, cast.pantin, on=in_days(60))
    with pytest.raises(errors.NotOpenYet):
        change(right, "manager", by=cast.nadia)
