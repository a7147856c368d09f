"""Seats of a subscription."""

import datetime as dt

import pytest

from convergences.catalog.models import Subscription
from convergences.directory.models import Membership
from convergences.entitlements import errors, services
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from tests.cast import Cast, member
from tests.entitlements.doing import OPERATOR, grant, in_days, revoke, subscribe, words

pytestmark = pytest.mark.database


def people(cast: Cast, number: int) -> list[Membership]:
    """Write so many agents of Pantin."""
    return [member(cast.pantin, f"Agent Numéro{n}") for n in range(number)]


def seats(cast: Cast) -> list[int | None]:
    """The seats of the open rights on BIP in Pantin, in the order in which they were given."""
    rows = Entitlement.objects.filter(organization=cast.pantin, application=cast.bip, closed_at__isnull=True)
    return list(rows.order_by("pk").values_list("seat", flat=True))


def limit(subscription: Subscription, number: int | None) -> None:
    """Change the number of seats as `apply` does."""
    subscription.seats = number
    subscription.save()
    services.assign_seats(subscription, actor=OPERATOR)


def test_each_right_takes_the_lowest_free_seat(cast: Cast) -> None:
    subscribe(cast.pantin, cast.bip, seats=3)
    first, second, third, fourth = people(cast, 4)
    given = grant(first, cast.bip)
    grant(second, cast.bip)
    revoke(given, by=cast.nadia)
    assert [grant(third, cast.bip).seat, grant(fourth, cast.bip).seat] == [1, 3]


def test_when_all_are_taken_the_referent_is_told_how_many_there_are(cast: Cast) -> None:
    subscribe(cast.pantin, cast.bip, seats=20)
    for someone in people(cast, 20):
        grant(someone, cast.bip)
    with pytest.raises(errors.NoSeat, match=r"^Les 20 places de l’abonnement sont prises\."):
        grant(cast.claire, cast.bip, by=cast.nadia)
    with pytest.raises(errors.NoSeat):
        grant(cast.claire, cast.bip)


@pytest.mark.parametrize(("number", "words"), [(0, "ne comporte aucune place"), (1, "La seule place")])
def test_the_sentence_counts_in_french(cast: Cast, number: int, words: str) -> None:
    subscribe(cast.pantin, cast.bip, seats=number)
    for someone in people(cast, number):
        grant(someone, cast.bip)
    with pytest.raises(errors.NoSeat, match=words):
        grant(cast.claire, cast.bip, by=cast.nadia)


def test_another_town_s_seats_are_its_own(cast: Cast) -> None:
    subscribe(cast.pantin, cast.bip, seats=1)
    subscribe(cast.romainville, cast.bip, seats=1)
    assert [grant(cast.claire, cast.bip).seat, grant(cast.lucie, cast.bip).seat] == [1, 1]


@pytest.mark.parametrize("how", ["the right is over", "the agent left", "the agent's last day is past"])
def test_a_right_that_no_longer_serves_gives_its_seat(cast: Cast, how: str) -> None:
    subscribe(cast.pantin, cast.bip, seats=1)
    right = grant(cast.claire, cast.bip)
    if how == "the right is over":
        Entitlement.objects.filter(pk=right.pk).update(starts_on=in_days(-3), ends_on=in_days(-1))
    elif how == "the agent left":
        Membership.objects.filter(pk=cast.claire.pk).update(closed_at=clock.now())
    else:
        Membership.objects.filter(pk=cast.claire.pk).update(ends_on=in_days(-1))
    assert grant(cast.moussa, cast.bip, by=cast.nadia).seat == 1
    assert words() == ["right_granted", "right_expired", "right_granted"]


def test_when_a_subscription_becomes_limited_the_first_rights_take_the_seats(cast: Cast) -> None:
    subscription = subscribe(cast.pantin, cast.bip)
    for someone in people(cast, 4):
        grant(someone, cast.bip)
    assert seats(cast) == [None] * 4
    limit(subscription, 3)
    assert seats(cast) == [1, 2, 3, None]


def test_when_there_are_fewer_seats_those_given_last_lose_first(cast: Cast) -> None:
    subscription = subscribe(cast.pantin, cast.bip, seats=3)
    first, second, third, fourth = people(cast, 4)
    given = grant(first, cast.bip)
    grant(second, cast.bip)
    grant(third, cast.bip)
    revoke(given, by=cast.nadia)
    grant(fourth, cast.bip)  # on the lowest number, though it is the last
    assert seats(cast) == [2, 3, 1]
    limit(subscription, 2)
    assert seats(cast) == [2, 1, None]
    assert words()[-1] == "seat_lost"


def test_when_there_are_more_seats_who_waited_gets_one(cast: Cast) -> None:
    subscription = subscribe(cast.pantin, cast.bip, seats=3)
    for someone in people(cast, 3):
        grant(someone, cast.bip)
    limit(subscription, 1)
    assert seats(cast) == [1, None, None]
    limit(subscription, 2)
    assert seats(cast) == [1, 2, None]
    assert words()[-3:] == ["seat_lost", "seat_lost", "seat_given"]


def test_a_right_without_a_seat_cannot_be_widened(cast: Cast) -> None:
    subscription = subscribe(cast.pantin, cast.bip, seats=1)
    grant(cast.claire, cast.bip)
    limit(subscription, 0)
    right = Entitlement.objects.get(membership=cast.claire)
    with pytest.raises(errors.NoSeat):
        services.change(right, terms=services.Terms(("manager",)), giver=cast.nadia.agent, actor=OPERATOR)


def test_seats_given_in_an_unlimited_time_do_not_bind(cast: Cast) -> None:
    subscription = subscribe(cast.pantin, cast.bip, seats=1)
    grant(cast.claire, cast.bip)
    limit(subscription, None)
    assert [grant(someone, cast.bip).seat for someone in people(cast, 3)] == [None] * 3


def test_a_contract_that_begins_numbers_the_rights_it_finds(cast: Cast) -> None:
    for someone in people(cast, 3):
        grant(someone, cast.bip)
    subscribe(cast.pantin, cast.bip, seats=2, starts_on=in_days(1))
    services.close_expired(clock.now())
    assert seats(cast) == [None] * 3
    services.close_expired(clock.now() + dt.timedelta(days=1))
    assert seats(cast) == [1, 2, None]
