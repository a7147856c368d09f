"""Removing a right."""

import pytest

from convergences.catalog.models import Subscription
from convergences.entitlements import errors, services
from convergences.foundations import clock
from tests.cast import Cast
from tests.entitlements.doing import OPERATOR, grant, journal, mails, revoke, rights, subscribe, words

pytestmark = pytest.mark.database


def test_a_referent_of_another_town_is_refused(cast: Cast) -> None:
    right = grant(cast.claire, cast.bip, by=cast.nadia)
    with pytest.raises(errors.NotManaged):
        revoke(right, by=cast.karim)
    assert rights(cast.claire) == [right]


def test_the_row_stays_with_who_removed_it_when_and_why(cast: Cast) -> None:
    right = grant(cast.claire, cast.bip, by=cast.nadia)
    assert revoke(right, by=cast.moussa, reason="Changement de service") is True
    right.refresh_from_db()
    assert (right.closed_by, right.close_reason) == ("Moussa Diarra", "Changement de service")
    assert right.closed_at is not None
    assert journal()[-1].details["reason"] == "Changement de service"


def test_removing_twice_is_told_once(cast: Cast) -> None:
    right = grant(cast.claire, cast.bip, by=cast.nadia)
    assert [revoke(right, by=cast.nadia), revoke(right, by=cast.moussa)] == [True, False]
    assert words() == ["right_granted", "right_removed"]
    assert len(mails()) == 2


@pytest.mark.parametrize("what", ["application closed", "subscription over", "agent gone"])
def test_a_right_can_always_be_removed(cast: Cast, what: str) -> None:
    right = grant(cast.claire, cast.bip, by=cast.nadia)
    if what == "application closed":
        type(cast.bip).objects.filter(pk=cast.bip.pk).update(status="closed")
    elif what == "subscription over":
        type(cast.bip).objects.filter(pk=cast.bip.pk).update(affiliations=[])
    else:
        type(cast.claire).objects.filter(pk=cast.claire.pk).update(closed_at=clock.now())
    assert revoke(right, by=cast.nadia) is True


def test_all_rights_of_a_membership_end_with_it_and_those_elsewhere_stay(cast: Cast) -> None:
    for application in (cast.bip, cast.cotisations):
        grant(cast.claire, application)
    elsewhere = grant(cast.lucie, cast.bip)
    before = len(mails())
    assert services.revoke_all(cast.claire, actor=OPERATOR, reason="Départ") == 2
    assert (rights(cast.claire), rights(cast.lucie)) == ([], [elsewhere])
    assert words().count("right_removed") == 2
    assert len(mails()) == before, "the act that ends the membership tells the agent"


def test_the_seat_goes_to_the_first_right_that_waits(cast: Cast) -> None:
    subscription = subscribe(cast.pantin, cast.bip, seats=2)
    first = grant(cast.claire, cast.bip, by=cast.nadia)
    waiting = grant(cast.moussa, cast.bip, by=cast.nadia)
    Subscription.objects.filter(pk=subscription.pk).update(seats=1)
    services.assign_seats(subscription, actor=OPERATOR)
    revoke(first, by=cast.nadia)
    waiting.refresh_from_db()
    assert waiting.seat == 1
    assert words()[-3:] == ["seat_lost", "right_removed", "seat_given"]
