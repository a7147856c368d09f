"""The sheet of an agent's rights: one line an application, and why a right cannot be given."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.catalog.models import Pilot
from convergences.entitlements import queries
from convergences.entitlements.models import Entitlement
from convergences.entitlements.queries import RightLine
from tests.cast import Cast, application, join, member
from tests.entitlements.doing import grant, in_days, opens, subscribe

pytestmark = pytest.mark.database
ROLES = [("reader", "Consulter"), ("manager", "Gérer")]


def line(cast: Cast, slug: str = "bip") -> RightLine:
    """The line of an application on Claire's sheet."""
    return next(line for line in queries.rights_sheet(cast.claire) if line.application.slug == slug)


def obstacle(cast: Cast, slug: str = "bip") -> tuple[str, str] | None:
    """Code and sentence of the obstacle."""
    found = line(cast, slug).obstacle
    return (found.code, found.sentence.replace("\u00a0", " ")) if found else None


def test_every_application_offered_has_its_line_in_the_catalogue_s_order(cast: Cast) -> None:
    application("octime", "Octime", ROLES, position=1)
    assert [found.application.slug for found in queries.rights_sheet(cast.claire)] == [
        "octime",
        "bip",
        "net-cotisations",
    ]


def test_a_line_without_a_right_has_roles_to_choose(cast: Cast) -> None:
    found = line(cast)
    assert [role.name for role in found.roles] == ["Consulter", "Gérer"]
    assert (found.entitlement, found.obstacle, found.expires_in_days, found.opens_on) == (None, None, None, None)


@pytest.mark.parametrize(("days", "shown"), [(0, 0), (9, 9), (30, 30), (31, None)])
def test_a_right_that_ends_soon_says_in_how_many_days(cast: Cast, days: int, shown: int | None) -> None:
    right = grant(cast.claire, cast.bip, ends_on=in_days(days))
    assert (line(cast).entitlement, line(cast).expires_in_days) == (right, shown)


def test_an_expired_right_is_no_longer_on_the_sheet(cast: Cast) -> None:
    right = grant(cast.claire, cast.bip)
    Entitlement.objects.filter(pk=right.pk).update(starts_on=in_days(-3), ends_on=in_days(-1))
    assert line(cast).entitlement is None


@pytest.mark.parametrize("status", ["draft", "closed", "pilot"])
def test_what_is_not_offered_has_no_line(cast: Cast, status: str) -> None:
    application("octime", "Octime", ROLES, status=status)
    assert "octime" not in {found.application.slug for found in queries.rights_sheet(cast.claire)}


def test_a_trial_is_shown_to_its_pilots(cast: Cast) -> None:
    Pilot.objects.create(application=application("octime", "Octime", ROLES, status="pilot"), agent=cast.claire.agent)
    assert obstacle(cast, "octime") is None


def test_a_right_on_a_closed_application_keeps_its_line(cast: Cast) -> None:
    octime = application("octime", "Octime", ROLES)
    grant(cast.claire, octime)
    type(octime).objects.filter(pk=octime.pk).update(status="closed")
    sentence = "Cette application est fermée : plus aucun droit n’y est donné."
    assert obstacle(cast, "octime") == ("application_closed", sentence)


def test_without_a_subscription(cast: Cast) -> None:
    application("octime", "Octime", ROLES, affiliations=[])
    lacking = "Aucun abonnement de la Ville de Pantin ne couvre cette application."
    remedy = "Demandez-le à votre correspondant au centre de gestion."
    assert obstacle(cast, "octime") == ("not_subscribed", f"{lacking} {remedy}")


def test_without_a_seat(cast: Cast) -> None:
    subscribe(cast.pantin, cast.bip, seats=2)
    grant(cast.nadia, cast.bip)
    assert obstacle(cast) is None
    grant(cast.moussa, cast.bip)
    code, sentence = obstacle(cast) or ("", "")
    assert code == "no_seat"
    assert sentence.startswith("Les 2 places de l’abonnement sont prises.")


@time_machine.travel(dt.datetime(2026, 11, 21, 9, tzinfo=dt.UTC))
def test_before_the_opening_it_says_from_when_the_right_can_be_given(cast: Cast) -> None:
    opens(cast.bip, cast.pantin, on=dt.date(2027, 3, 15))
    assert obstacle(cast) == ("not_open_yet", "Vous pourrez donner ce droit dès le 1er mars 2027.")
    assert line(cast).opens_on == dt.date(2027, 3, 15)


def test_within_14_days_of_the_opening_there_is_no_obstacle(cast: Cast) -> None:
    opens(cast.bip, cast.pantin, on=in_days(14))
    assert (obstacle(cast), line(cast).opens_on) == (None, in_days(14))


def test_a_newcomer_is_offered_what_can_be_given_today(cast: Cast) -> None:
    application("octime", "Octime", ROLES, affiliations=[])
    opens(cast.cotisations, cast.pantin, on=in_days(60))
    assert [found.application for found in queries.first_rights(cast.pantin)] == [cast.bip]


def test_an_attachment_not_accepted_shows_the_same_sheet_as_an_invitation(cast: Cast) -> None:
    trial = application("octime", "Octime", ROLES, status="pilot")
    Pilot.objects.create(application=trial, agent=cast.lucie.agent)
    attached = join(cast.lucie.agent, cast.pantin, confirmed_at=None)
    invited = member(cast.pantin, "Léa Marchand", state="invited")
    assert queries.rights_sheet(attached) == queries.rights_sheet(invited)


@pytest.mark.parametrize("number", [1, 10, 200])
def test_its_queries_do_not_grow(cast: Cast, number: int) -> None:
    subscribe(cast.pantin, cast.bip, seats=500)
    _crowd(cast, number)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        queries.rights_sheet(cast.claire)
    assert len(captured) <= 7


@pytest.mark.parametrize("number", [1, 10, 200])
def test_current_rights_of_many_are_one_query(cast: Cast, number: int) -> None:
    memberships = _crowd(cast, number)
    with CaptureQueriesContext(connection) as captured:
        found = queries.current_for([one.pk for one in memberships])
        assert all(len(rights) == 1 and rights[0].application.name for rights in found.values())
    assert (len(captured), len(found)) == (1, number)


def test_those_that_expire_are_of_this_town_and_soonest_first(cast: Cast) -> None:
    late, soon = grant(cast.claire, cast.bip, ends_on=in_days(29)), grant(cast.moussa, cast.bip, ends_on=in_days(2))
    grant(cast.claire, cast.cotisations, ends_on=in_days(31))
    grant(cast.lucie, cast.bip, ends_on=in_days(2))
    assert list(queries.expiring(cast.pantin)) == [soon, late]


def _crowd(cast: Cast, number: int) -> list[Any]:
    """Write so many agents with a right, and as many applications."""
    memberships = [member(cast.pantin, f"Agent Numéro{n}") for n in range(number)]
    rows = [
        Entitlement(
            membership=one,
            organization=cast.pantin,
            application=cast.bip,
            roles=["reader"],
            starts_on=in_days(0),
            seat=position + 1,
            granted_at=one.created_at,
        )
        for position, one in enumerate(memberships)
    ]
    Entitlement.objects.bulk_create(rows)
    for n in range(min(number, 20)):
        application(f"app-{n}", f"Application {n}", ROLES)
    return memberships
