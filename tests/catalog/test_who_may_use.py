"""Contracts, waves and pilots: what an employer is offered, and when."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from convergences.audit.models import AuditEvent
from convergences.catalog import queries
from convergences.catalog.errors import DatesInDisorder, InvalidField
from convergences.catalog.models import Application, Opening, Pilot, Subscription
from convergences.catalog.offers import Contract
from convergences.catalog.services import openings, pilots, subscriptions
from convergences.directory.errors import ForTheCentre
from tests.cast import Cast
from tests.directory.acting import OPERATOR, actor

pytestmark = pytest.mark.database

TODAY = dt.date(2027, 3, 10)
DAY = dt.timedelta(days=1)


@pytest.fixture
def unsubscribed(cast: Cast) -> Application:
    """BIP, which no affiliation gives."""
    cast.bip.affiliations = []
    cast.bip.save()
    return cast.bip


@pytest.mark.parametrize(
    "act",
    [
        lambda c, who: subscriptions.set(c.pantin, c.bip, terms=Contract(TODAY), actor=who),
        lambda c, who: subscriptions.remove(c.pantin, c.bip, actor=who),
        lambda c, who: openings.set(c.bip, c.pantin, TODAY, actor=who),
        lambda c, who: openings.clear(c.bip, c.pantin, actor=who),
        lambda c, who: pilots.add(c.bip, c.claire.agent, actor=who),
        lambda c, who: pilots.remove(c.bip, c.claire.agent, actor=who),
    ],
)
def test_no_employer_gives_itself_an_application(cast: Cast, act: Callable[[Cast, Any], object]) -> None:
    for meddler in (cast.nadia, cast.claire, cast.karim):
        with pytest.raises(ForTheCentre):
            act(cast, actor(meddler))
    assert not any(table.objects.exists() for table in (Subscription, Opening, Pilot))


@pytest.mark.parametrize(
    ("starts", "ends", "subscribed"),
    [(TODAY, None, True), (TODAY, TODAY, True), (TODAY + DAY, None, False), (TODAY - DAY, TODAY - DAY, False)],
)
def test_a_contract_counts_from_its_first_day_to_its_last(
    cast: Cast, unsubscribed: Application, starts: dt.date, ends: dt.date | None, *, subscribed: bool
) -> None:
    subscriptions.set(cast.pantin, unsubscribed, terms=Contract(starts, ends, 20), actor=actor(cast.julien))
    assert queries.is_subscribed(unsubscribed, cast.pantin, TODAY) is subscribed
    assert not queries.is_subscribed(unsubscribed, cast.romainville, TODAY)


def test_an_affiliation_is_served_without_asking(cast: Cast) -> None:
    assert queries.is_subscribed(cast.bip, cast.pantin, TODAY)
    cast.pantin.affiliation = "subscriber"
    cast.bip.affiliations = ["affiliated"]
    assert not queries.is_subscribed(cast.bip, cast.pantin, TODAY)


def test_a_contract_in_disorder_or_of_fewer_than_no_seat_is_refused(cast: Cast) -> None:
    with pytest.raises(DatesInDisorder):
        subscriptions.set(cast.pantin, cast.bip, terms=Contract(TODAY, TODAY - DAY), actor=OPERATOR)
    for seats in (-1, 2**40):
        with pytest.raises(InvalidField) as refused:
            subscriptions.set(cast.pantin, cast.bip, terms=Contract(TODAY, None, seats), actor=OPERATOR)
        assert refused.value.field == "seats"


def test_a_contract_is_changed_and_removed_and_each_is_told_once(cast: Cast) -> None:
    for seats in (20, 20, 25):
        subscriptions.set(cast.pantin, cast.bip, terms=Contract(TODAY, None, seats), actor=OPERATOR)
    held = queries.subscription(cast.bip.pk, cast.pantin.pk)
    assert held is not None
    assert held.seats == 25
    for _time in range(2):
        subscriptions.remove(cast.pantin, cast.bip, actor=OPERATOR)
    assert queries.subscription(cast.bip.pk, cast.pantin.pk) is None
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "catalog.subscription_set",
        "catalog.subscription_set",
        "catalog.subscription_removed",
    ]


def test_a_wave_comes_before_the_applications_own_date(cast: Cast) -> None:
    cast.bip.opens_on = TODAY
    cast.bip.save()
    openings.set(cast.bip, cast.pantin, TODAY + DAY, actor=OPERATOR, wave=" Deuxième  vague ")
    openings.set(cast.bip, cast.pantin, TODAY + DAY, actor=OPERATOR, wave="Deuxième vague")
    assert queries.opens_on(cast.bip, cast.pantin.pk) == TODAY + DAY
    assert queries.opens_on(cast.bip, cast.romainville.pk) == TODAY
    openings.clear(cast.bip, cast.pantin, actor=OPERATOR)
    assert queries.opens_on(cast.bip, cast.pantin.pk) == TODAY
    assert AuditEvent.objects.count() == 2


def test_the_name_of_a_wave_is_simple(cast: Cast) -> None:
    with pytest.raises(InvalidField):
        openings.set(cast.bip, cast.pantin, TODAY, actor=OPERATOR, wave="x" * 81)


def test_pilots_are_added_and_removed_once(cast: Cast) -> None:
    for _time in range(2):
        pilots.add(cast.bip, cast.claire.agent, actor=OPERATOR)
    assert queries.piloted_by(cast.claire.agent_id) == {cast.bip.pk}
    assert queries.offers(cast.pantin, agent_id=cast.claire.agent_id)[cast.bip.pk].pilot
    for _time in range(2):
        pilots.remove(cast.bip, cast.claire.agent, actor=OPERATOR)
    assert queries.piloted_by(cast.claire.agent_id) == frozenset()
    assert AuditEvent.objects.count() == 2


def test_what_an_employer_is_offered_costs_the_same_however_many_applications(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(5):
        assert set(queries.offers(cast.pantin, agent_id=cast.claire.agent_id)) == {cast.bip.pk, cast.cotisations.pk}
