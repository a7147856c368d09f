"""Giving a right."""

import datetime as dt

import pytest

from convergences.catalog.models import Pilot
from convergences.directory.models import AgentState
from convergences.entitlements import errors
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from tests.cast import Cast, application, join
from tests.entitlements.doing import grant, in_days, journal, opens, rights, subscribe

pytestmark = pytest.mark.database


def test_a_referent_of_another_town_is_refused(cast: Cast) -> None:
    with pytest.raises(errors.NotManaged):
        grant(cast.claire, cast.bip, by=cast.karim)
    assert (rights(cast.claire), journal()) == ([], [])


@pytest.mark.parametrize("giver", ["claire", "lucie"])
def test_an_agent_gives_no_right_not_even_to_themself(cast: Cast, giver: str) -> None:
    with pytest.raises(errors.NotManaged):
        grant(cast.claire, cast.bip, by=getattr(cast, giver))


def test_a_referent_suspended_since_the_page_was_shown_is_refused(cast: Cast) -> None:
    stale = cast.nadia
    type(stale.agent).objects.filter(pk=stale.agent_id).update(state=AgentState.SUSPENDED)
    with pytest.raises(errors.NotManaged):
        grant(cast.claire, cast.bip, by=stale)


def test_a_referent_whose_mandate_ended_is_refused(cast: Cast) -> None:
    type(cast.nadia).objects.filter(pk=cast.nadia.pk).update(ends_on=in_days(-1))
    with pytest.raises(errors.NotManaged):
        grant(cast.claire, cast.bip, by=cast.nadia)


def test_a_referent_gives_a_right_to_an_agent_of_their_town(cast: Cast) -> None:
    given = grant(cast.claire, cast.bip, "manager", by=cast.nadia, ends_on=in_days(30))
    given.refresh_from_db()
    assert (given.roles, given.ends_on, given.starts_on) == (["manager"], in_days(30), clock.today())
    assert (given.granted_by_id, given.granted_by) == (cast.nadia.agent_id, "Nadia Ferhat")
    assert (given.organization_id, given.seat, given.closed_at) == (cast.pantin.pk, None, None)


def test_a_correspondant_of_the_centre_may_help_any_town(cast: Cast) -> None:
    assert grant(cast.claire, cast.bip, by=cast.julien).granted_by == "Julien Moreau"


def test_a_correspondant_who_left_the_centre_may_not(cast: Cast) -> None:
    type(cast.julien).objects.filter(pk=cast.julien.pk).update(closed_at=clock.now())
    with pytest.raises(errors.NotManaged):
        grant(cast.claire, cast.bip, by=cast.julien)


def test_a_referent_may_give_themself_a_right_and_the_journal_says_so(cast: Cast) -> None:
    grant(cast.nadia, cast.bip, by=cast.nadia)
    [event] = journal()
    assert event.actor_id == event.subject_id == cast.nadia.agent_id


def test_the_journal_tells_who_gave_what_to_whom_until_when(cast: Cast) -> None:
    grant(cast.claire, cast.bip, "manager", "reader", by=cast.nadia, ends_on=dt.date(2090, 3, 1))
    [event] = journal()
    assert (event.actor_label, event.subject_label, event.application) == ("Nadia Ferhat", "Claire Nguyen", "bip")
    assert event.organization_id == cast.pantin.pk
    assert event.details == {"roles": ["Consulter", "Gérer"], "until": "2090-03-01", "reason": ""}


def test_roles_are_kept_once_and_in_the_catalogue_s_order(cast: Cast) -> None:
    assert grant(cast.claire, cast.bip, "manager", "reader", "manager").roles == ["reader", "manager"]


@pytest.mark.parametrize("roles", [("payer",), ("reader", "payer"), ("",), ("reader'--",)])
def test_a_role_of_another_application_is_refused(cast: Cast, roles: tuple[str, ...]) -> None:
    with pytest.raises(errors.UnknownRole) as refusal:
        grant(cast.claire, cast.bip, *roles, by=cast.nadia)
    assert (refusal.value.field, refusal.value.application) == ("roles", cast.bip)


def test_an_application_without_roles_is_given_without(cast: Cast) -> None:
    site = application("site", "Site internet", [])
    with pytest.raises(errors.UnknownRole):
        grant(cast.claire, site, "reader")


def test_a_last_day_already_past_is_refused_today_is_not(cast: Cast) -> None:
    with pytest.raises(errors.DatesInDisorder) as refusal:
        grant(cast.claire, cast.bip, by=cast.nadia, ends_on=in_days(-1))
    assert refusal.value.field == "ends_on"
    assert grant(cast.claire, cast.bip, by=cast.nadia, ends_on=in_days(0)).ends_on == in_days(0)


def test_the_same_right_is_not_given_twice(cast: Cast) -> None:
    grant(cast.claire, cast.bip, by=cast.nadia)
    with pytest.raises(errors.AlreadyGranted):
        grant(cast.claire, cast.bip, by=cast.moussa)
    assert len(rights(cast.claire)) == 1


def test_an_expired_right_is_closed_and_given_anew(cast: Cast) -> None:
    old = grant(cast.claire, cast.bip)
    Entitlement.objects.filter(pk=old.pk).update(starts_on=in_days(-9), ends_on=in_days(-1))
    grant(cast.claire, cast.bip, by=cast.nadia)
    old.refresh_from_db()
    assert old.close_reason == "expired"
    assert len(rights(cast.claire)) == 1


@pytest.mark.parametrize("fields", [{"closed_at": "now"}, {"ends_on": "yesterday"}])
def test_an_agent_who_left_is_given_nothing_even_by_the_operator(cast: Cast, fields: dict[str, str]) -> None:
    values = {"now": clock.now(), "yesterday": in_days(-1)}
    left = {name: values[value] for name, value in fields.items()}
    type(cast.claire).objects.filter(pk=cast.claire.pk).update(**left)
    with pytest.raises(errors.MembershipOver):
        grant(cast.claire, cast.bip)


def test_a_right_may_be_given_to_who_is_invited_or_suspended(cast: Cast) -> None:
    type(cast.claire.agent).objects.update_or_create(pk=cast.claire.agent_id, defaults={"state": AgentState.INVITED})
    type(cast.moussa).objects.filter(pk=cast.moussa.pk).update(suspended_at=clock.now())
    assert grant(cast.claire, cast.bip, by=cast.nadia)
    assert grant(cast.moussa, cast.bip, by=cast.nadia)


@pytest.mark.parametrize("status", ["draft", "closed"])
def test_nothing_is_given_on_an_application_that_is_not_offered(cast: Cast, status: str) -> None:
    hidden = application("octime", "Octime", [("reader", "Consulter")], status=status)
    with pytest.raises(errors.ApplicationClosed):
        grant(cast.claire, hidden, by=cast.nadia)


def test_the_status_is_read_anew_whatever_the_page_held(cast: Cast) -> None:
    type(cast.bip).objects.filter(pk=cast.bip.pk).update(status="closed")
    with pytest.raises(errors.ApplicationClosed):
        grant(cast.claire, cast.bip, by=cast.nadia)


def test_on_trial_only_pilots_are_given_a_right(cast: Cast) -> None:
    trial = application("octime", "Octime", [("reader", "Consulter")], status="pilot")
    Pilot.objects.create(application=trial, agent=cast.moussa.agent)
    assert grant(cast.moussa, trial, by=cast.nadia)
    with pytest.raises(errors.NotOpenYet):
        grant(cast.claire, trial, by=cast.nadia)


def test_that_somebody_pilots_elsewhere_does_not_show_before_they_accept(cast: Cast) -> None:
    trial = application("octime", "Octime", [("reader", "Consulter")], status="pilot")
    Pilot.objects.create(application=trial, agent=cast.lucie.agent)
    attached = join(cast.lucie.agent, cast.pantin, confirmed_at=None)
    with pytest.raises(errors.NotOpenYet):
        grant(attached, trial, by=cast.nadia)


@pytest.mark.parametrize(("days", "given"), [(15, False), (14, True), (1, True)])
def test_rights_are_given_from_14_days_before_the_opening(cast: Cast, days: int, given: bool) -> None:
    opens(cast.bip, cast.pantin, on=in_days(days))
    if given:
        assert grant(cast.claire, cast.bip, by=cast.nadia)
        return
    with pytest.raises(errors.NotOpenYet, match="dès le"):
        grant(cast.claire, cast.bip, by=cast.nadia)


def test_the_operator_may_prepare_rights_before_the_opening_or_on_a_draft(cast: Cast) -> None:
    opens(cast.bip, cast.pantin, on=in_days(100))
    assert grant(cast.claire, cast.bip)
    assert grant(cast.claire, application("octime", "Octime", [("reader", "Consulter")], status="draft"))


def test_without_a_subscription_nobody_gives_not_even_the_operator(cast: Cast) -> None:
    octime = application("octime", "Octime", [("reader", "Consulter")], affiliations=[])
    for giver in (cast.nadia, None):
        with pytest.raises(errors.NotSubscribed, match="de la Ville de Pantin"):
            grant(cast.claire, octime, by=giver)


@pytest.mark.parametrize(
    ("first", "last", "subscribed"), [(0, 0, True), (0, None, True), (-5, -1, False), (1, None, False)]
)
def test_a_subscription_counts_within_its_dates(cast: Cast, first: int, last: int | None, subscribed: bool) -> None:
    octime = application("octime", "Octime", [("reader", "Consulter")], affiliations=[])
    ends_on = None if last is None else in_days(last)
    subscribe(cast.pantin, octime, starts_on=in_days(first), ends_on=ends_on)
    if subscribed:
        assert grant(cast.claire, octime, by=cast.nadia)
        return
    with pytest.raises(errors.NotSubscribed):
        grant(cast.claire, octime, by=cast.nadia)


def test_an_explicit_subscription_that_is_over_leaves_what_the_affiliation_gives(cast: Cast) -> None:
    subscribe(cast.pantin, cast.bip, seats=0, starts_on=in_days(-9), ends_on=in_days(-1))
    assert grant(cast.claire, cast.bip, by=cast.nadia).seat is None
