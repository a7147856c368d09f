"""The one decision: yes with roles, or no with one reason."""

import datetime as dt
from collections.abc import Callable

import pytest

from convergences.admission import services as admission
from convergences.admission.decisions import Enter, Reason, Refuse, SessionAssurance, StepUp
from convergences.admission.rules import FRESH, RULES
from convergences.catalog.models import Application, Opening, Pilot, Subscription
from convergences.directory.models import Agent, Membership, Organization
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from tests.admission.doing import PASSWORD_ONLY, ask, entitle, reason
from tests.cast import LONG_AGO, Cast, application, join, member

pytestmark = pytest.mark.database
TODAY = dt.timedelta(0)
DAY = dt.timedelta(days=1)


def day(delta: int) -> dt.date:
    """The day that comes in so many days."""
    return clock.today() + delta * DAY


def buy(cast: Cast, offered: Application, **fields: object) -> None:
    """Write an explicit subscription of Pantin."""
    Subscription.objects.create(
        **{"organization": cast.pantin, "application": offered, "starts_on": LONG_AGO, **fields}
    )


def test_the_table_asks_in_the_order_of_the_reasons() -> None:
    assert [rule.reason for rule in RULES] == list(Reason)[:-1]


def test_every_rule_says_itself_in_plain_words() -> None:
    assert all(rule.holds.__doc__ and rule.sentence.__doc__ for rule in RULES)


def test_an_entitled_agent_enters_with_their_roles(cast: Cast) -> None:
    entitle(cast.claire, cast.bip, "reader", "manager")
    said = ask(cast.claire, cast.bip)
    assert isinstance(said, Enter)
    assert (said.membership, said.roles) == (cast.claire, ("reader", "manager"))
    assert (said.membership.agent, said.membership.organization) == (cast.claire.agent, cast.pantin)


def test_a_right_at_one_employer_opens_nothing_at_another(cast: Cast) -> None:
    entitle(cast.claire, cast.bip)
    elsewhere = join(cast.claire.agent, cast.romainville)
    assert reason(elsewhere, cast.bip) == "not_entitled"


def test_asking_for_an_employer_where_one_is_not_tells_nothing_of_it(cast: Cast) -> None:
    said = admission.decide(cast.claire.agent, cast.bip, cast.romainville, now=clock.now(), assurance=PASSWORD_ONLY)
    assert isinstance(said, Refuse)
    assert (said.reason, said.organization, said.referents) == (Reason.MEMBERSHIP_OVER, None, ())
    assert "Romainville" not in said.sentence
    assert "Karim" not in said.sentence


def test_what_the_caller_holds_is_not_believed(cast: Cast) -> None:
    entitle(cast.claire, cast.bip)
    Agent.objects.filter(pk=cast.claire.agent_id).update(state="suspended")
    assert cast.claire.agent.state == "active"
    assert reason(cast.claire, cast.bip) == "agent_inactive"


Break = Callable[[Cast], object]
BREAKS: dict[str, list[Break]] = {
    "agent_inactive": [
        lambda cast, state=state: Agent.objects.filter(pk=cast.claire.agent_id).update(state=state)  # type: ignore[misc]
        for state in ("invited", "suspended", "deleted", "erased")
    ],
    "membership_over": [
        lambda cast, fields=fields: Membership.objects.filter(pk=cast.claire.pk).update(**fields())  # type: ignore[misc]
        for fields in (
            lambda: {"closed_at": clock.now()},
            lambda: {"suspended_at": clock.now()},
            lambda: {"confirmed_at": None},
            lambda: {"ends_on": day(-1)},
            lambda: {"starts_on": day(1)},
        )
    ],
    "organization_inactive": [lambda cast: Organization.objects.filter(pk=cast.pantin.pk).update(active=False)],
    "not_subscribed": [
        lambda cast: Application.objects.filter(pk=cast.bip.pk).update(affiliations=["subscriber"]),
        lambda cast: Organization.objects.filter(pk=cast.pantin.pk).update(affiliation=""),
    ],
    "no_seat": [lambda cast: buy(cast, cast.bip, seats=0), lambda cast: buy(cast, cast.bip, seats=9)],
    "not_open_yet": [
        lambda cast: Application.objects.filter(pk=cast.bip.pk).update(opens_on=day(1)),
        lambda cast: Application.objects.filter(pk=cast.bip.pk).update(status="pilot"),
        lambda cast: Opening.objects.create(application=cast.bip, organization=cast.pantin, opens_on=day(1)),
    ],
    "application_closed": [
        lambda cast, status=status: Application.objects.filter(pk=cast.bip.pk).update(status=status)  # type: ignore[misc]
        for status in ("draft", "closed")
    ],
    "not_entitled": [
        lambda _cast: Entitlement.objects.all().delete(),
        lambda _cast: Entitlement.objects.update(closed_at=clock.now()),
        lambda _cast: Entitlement.objects.update(ends_on=day(-1)),
        lambda _cast: Entitlement.objects.update(starts_on=day(1)),
    ],
}


@pytest.mark.parametrize(("expected", "broken"), [(name, one) for name, breaks in BREAKS.items() for one in breaks])
def test_each_thing_missing_has_its_reason(cast: Cast, expected: str, broken: Break) -> None:
    entitle(cast.claire, cast.bip)
    assert isinstance(ask(cast.claire, cast.bip), Enter)
    broken(cast)
    assert reason(cast.claire, cast.bip) == expected


def test_with_everything_missing_the_reasons_come_in_order_as_each_is_repaired(cast: Cast) -> None:
    """Broken from the last to the first, each new fault hides those already there."""
    entitle(cast.claire, cast.bip)
    order = ["not_entitled", "not_open_yet", "not_subscribed", "organization_inactive", "membership_over"]
    for name in [*order, "agent_inactive"]:
        BREAKS[name][0](cast)
        assert reason(cast.claire, cast.bip) == ("membership_over" if name == "membership_over" else name)


@pytest.mark.parametrize(("last", "enters"), [(0, True), (-1, False)])
def test_last_days_are_included(cast: Cast, last: int, enters: bool) -> None:
    Membership.objects.filter(pk=cast.claire.pk).update(ends_on=day(last))
    entitle(cast.claire, cast.bip, ends_on=day(last))
    assert isinstance(ask(cast.claire, cast.bip), Enter) == enters


@pytest.mark.parametrize(
    ("contract", "enters"),
    [
        ({}, True),
        ({"ends_on": 0}, True),
        ({"ends_on": -1}, False),
        ({"starts_on": 0}, True),
        ({"starts_on": 1}, False),
    ],
)
def test_an_explicit_subscription_counts_within_its_dates(cast: Cast, contract: dict[str, int], enters: bool) -> None:
    octime = application("octime", "Octime", [("reader", "Consulter")], affiliations=[])
    buy(cast, octime, **{name: day(delta) for name, delta in contract.items()})
    entitle(cast.claire, octime)
    assert isinstance(ask(cast.claire, octime), Enter) == enters


def test_the_affiliation_covers_without_asking_when_the_explicit_subscription_is_over(cast: Cast) -> None:
    buy(cast, cast.bip, seats=0, ends_on=day(-1))
    entitle(cast.claire, cast.bip)
    assert isinstance(ask(cast.claire, cast.bip), Enter)


@pytest.mark.parametrize(("seat", "enters"), [(1, True), (3, True), (4, False), (None, False)])
def test_a_right_enters_when_its_seat_is_within_the_contract(cast: Cast, seat: int | None, enters: bool) -> None:
    buy(cast, cast.bip, seats=3)
    entitle(cast.claire, cast.bip, seat=seat)
    assert isinstance(ask(cast.claire, cast.bip), Enter) == enters


def test_without_a_right_the_reason_is_the_right_not_the_seats(cast: Cast) -> None:
    buy(cast, cast.bip, seats=0)
    assert reason(cast.claire, cast.bip) == "not_entitled"


def test_an_employer_s_wave_replaces_the_application_s_date(cast: Cast) -> None:
    entitle(cast.claire, cast.bip)
    entitle(cast.lucie, cast.bip)
    Application.objects.filter(pk=cast.bip.pk).update(opens_on=day(30))
    Opening.objects.create(application=cast.bip, organization=cast.pantin, opens_on=day(0))
    assert isinstance(ask(cast.claire, cast.bip), Enter)
    assert reason(cast.lucie, cast.bip) == "not_open_yet"


@pytest.mark.parametrize(
    ("status", "opens_on", "expected"),
    [
        ("pilot", None, "enter"),
        ("pilot", 30, "enter"),
        ("open", 30, "enter"),
        ("draft", None, "application_closed"),
        ("closed", 30, "application_closed"),
    ],
)
def test_pilots_do_not_wait_but_open_nothing_withdrawn(
    cast: Cast, status: str, opens_on: int | None, expected: str
) -> None:
    entitle(cast.claire, cast.bip)
    opening = day(opens_on) if opens_on else None
    Application.objects.filter(pk=cast.bip.pk).update(status=status, opens_on=opening)
    Pilot.objects.create(application=cast.bip, agent=cast.claire.agent)
    said = ask(cast.claire, cast.bip)
    assert (said.reason.value if isinstance(said, Refuse) else "enter") == expected


def test_a_pilot_needs_a_right_too(cast: Cast) -> None:
    Pilot.objects.create(application=cast.bip, agent=cast.claire.agent)
    assert reason(cast.claire, cast.bip) == "not_entitled"


@pytest.mark.parametrize(
    ("asked", "ago", "enters"),
    [
        ("password", None, True),
        ("second_factor", None, False),
        ("second_factor", dt.timedelta(hours=9), True),
        ("fresh_second_factor", None, False),
        ("fresh_second_factor", FRESH, True),
        ("fresh_second_factor", FRESH + dt.timedelta(seconds=1), False),
    ],
)
def test_the_session_must_be_as_strong_as_the_application_asks(
    cast: Cast, asked: str, ago: dt.timedelta | None, enters: bool
) -> None:
    now = clock.now()
    Application.objects.filter(pk=cast.bip.pk).update(assurance=asked)
    entitle(cast.claire, cast.bip)
    proved = SessionAssurance(("pwd", "otp"), now, now - ago if ago is not None else None)
    said = ask(cast.claire, cast.bip, assurance=proved, now=now)
    assert isinstance(said, Enter) == enters
    assert enters or said == StepUp(asked)  # type: ignore[arg-type]


def test_a_second_factor_is_not_asked_of_who_would_be_refused_anyway(cast: Cast) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(assurance="second_factor")
    assert reason(cast.claire, cast.bip) == "not_entitled"


def test_an_agent_who_left_and_came_back_needs_a_new_right(cast: Cast) -> None:
    entitle(cast.claire, cast.bip)
    Membership.objects.filter(pk=cast.claire.pk).update(closed_at=clock.now())
    assert reason(join(cast.claire.agent, cast.pantin), cast.bip) == "not_entitled"


def test_an_application_that_does_not_exist_is_a_fault_of_the_caller(cast: Cast) -> None:
    cast.bip.pk = 424242
    with pytest.raises(ValueError, match="no such"):
        ask(member(cast.pantin, "Léa Marchand"), cast.bip)
