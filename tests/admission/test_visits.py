"""Visits: entering is told once, and what must end is found whoever ended it."""

import datetime as dt
from collections.abc import Callable

import pytest

from convergences.admission import services as admission
from convergences.admission.decisions import Enter, Refuse, SignIn, StepUp
from convergences.admission.models import Visit
from convergences.admission.queries import visits_to_end
from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.authentication.models import Session
from convergences.catalog.models import Application, Subscription
from convergences.directory.models import Agent, Membership, Organization
from convergences.entitlements import services as entitlements
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from tests.admission.doing import entitle, session_of, visit
from tests.cast import LONG_AGO, Cast, join

pytestmark = pytest.mark.database


def reasons(now: dt.datetime | None = None) -> list[str]:
    """Why each visit that must end must."""
    return [ending.reason for ending in visits_to_end(now or clock.now())]


def test_entering_again_renews_the_visit_and_is_told_once(cast: Cast) -> None:
    session = session_of(cast.claire.agent)
    first = admission.enter(session, cast.bip, cast.claire, protocol="oidc", actor=SYSTEM)
    again = admission.enter(session, cast.bip, cast.claire, protocol="oidc", actor=SYSTEM)
    assert first == again
    assert again.last_entered_at > first.entered_at
    assert AuditEvent.objects.filter(action="admission.application_entered").count() == 1


def test_each_session_employer_and_protocol_has_its_own_visit(cast: Cast) -> None:
    elsewhere = join(cast.claire.agent, cast.romainville)
    session = session_of(cast.claire.agent)
    for membership, protocol in ((cast.claire, "oidc"), (cast.claire, "saml"), (elsewhere, "oidc")):
        admission.enter(session, cast.bip, membership, protocol=protocol, actor=SYSTEM)
    visit(cast.claire, cast.bip)
    assert Visit.objects.count() == 4


def test_after_an_end_one_enters_anew(cast: Cast) -> None:
    session = session_of(cast.claire.agent)
    first = admission.enter(session, cast.bip, cast.claire, protocol="oidc", actor=SYSTEM)
    admission.request_ends(clock.now())  # no right was given
    assert admission.enter(session, cast.bip, cast.claire, protocol="oidc", actor=SYSTEM) != first


def test_a_visit_that_stands_is_left_alone(cast: Cast) -> None:
    entitle(cast.claire, cast.bip)
    visit(cast.claire, cast.bip)
    assert reasons() == []
    assert admission.request_ends(clock.now()) == 0


Cut = Callable[[Cast], object]
CUTS: list[tuple[str, Cut]] = [
    ("session_over", lambda _cast: Session.objects.update(ended_at=clock.now())),
    ("session_over", lambda _cast: Session.objects.update(idle_at=clock.now())),
    ("session_over", lambda _cast: Session.objects.update(expires_at=clock.now())),
    ("agent_inactive", lambda cast: Agent.objects.filter(pk=cast.claire.agent_id).update(state="suspended")),
    ("membership_over", lambda cast: Membership.objects.filter(pk=cast.claire.pk).update(closed_at=clock.now())),
    ("membership_over", lambda cast: Membership.objects.filter(pk=cast.claire.pk).update(suspended_at=clock.now())),
    ("organization_inactive", lambda cast: Organization.objects.filter(pk=cast.pantin.pk).update(active=False)),
    ("not_subscribed", lambda cast: Application.objects.filter(pk=cast.bip.pk).update(affiliations=[])),
    (
        "no_seat",
        lambda cast: Subscription.objects.create(
            organization=cast.pantin, application=cast.bip, seats=0, starts_on=LONG_AGO
        ),
    ),
    ("not_open_yet", lambda cast: Application.objects.filter(pk=cast.bip.pk).update(status="pilot")),
    ("application_closed", lambda cast: Application.objects.filter(pk=cast.bip.pk).update(status="closed")),
    ("not_entitled", lambda _cast: Entitlement.objects.update(closed_at=clock.now())),
    ("not_entitled", lambda cast: Entitlement.objects.update(application=cast.cotisations)),
    (
        "stronger_authentication",
        lambda cast: Application.objects.filter(pk=cast.bip.pk).update(assurance="second_factor"),
    ),
]


@pytest.mark.parametrize(("why", "cut"), CUTS)
def test_whatever_is_cut_ends_the_visit_with_its_reason(cast: Cast, why: str, cut: Cut) -> None:
    entitle(cast.claire, cast.bip)
    entitle(cast.lucie, cast.cotisations)
    opened = visit(cast.claire, cast.bip)
    cut(cast)
    assert reasons() == [why]
    assert admission.request_ends(clock.now()) == 1
    opened.refresh_from_db()
    assert (opened.end_reason, opened.ended_at) == (why, None)
    assert opened.end_requested_at is not None


@pytest.mark.parametrize(("why", "cut"), CUTS)
def test_what_must_end_does_not_go_on_either(cast: Cast, why: str, cut: Cut) -> None:
    entitle(cast.claire, cast.bip)
    opened = visit(cast.claire, cast.bip)
    assert isinstance(admission.decide_for_visit(opened, now=clock.now()), Enter)
    cut(cast)
    said = admission.decide_for_visit(opened, now=clock.now())
    if why == "session_over":
        assert said == SignIn()
    elif why == "stronger_authentication":
        assert isinstance(said, StepUp)
    else:
        assert isinstance(said, Refuse)
        assert said.reason.value == why


def test_a_right_changed_for_another_role_goes_on_with_it(cast: Cast) -> None:
    right = entitle(cast.claire, cast.bip, "reader")
    opened = visit(cast.claire, cast.bip)
    entitlements.change(right, terms=entitlements.Terms(("manager",)), giver=None, actor=SYSTEM)
    assert reasons() == []
    said = admission.decide_for_visit(opened, now=clock.now())
    assert isinstance(said, Enter)
    assert said.roles == ("manager",)


def test_the_age_of_a_second_factor_is_asked_at_the_door_only(cast: Cast) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(assurance="fresh_second_factor")
    entitle(cast.claire, cast.bip)
    opened = visit(cast.claire, cast.bip, second_factor_at=clock.now() - dt.timedelta(hours=2))
    assert reasons() == []
    assert isinstance(admission.decide_for_visit(opened, now=clock.now()), Enter)


def test_a_visit_for_a_membership_that_is_over_is_not_saved_by_a_new_one(cast: Cast) -> None:
    entitle(cast.claire, cast.bip)
    visit(cast.claire, cast.bip)
    Membership.objects.filter(pk=cast.claire.pk).update(closed_at=clock.now())
    entitle(join(cast.claire.agent, cast.pantin), cast.bip)
    assert reasons() == ["membership_over"]


def test_an_end_is_asked_once(cast: Cast) -> None:
    visit(cast.claire, cast.bip)
    assert [admission.request_ends(clock.now()), admission.request_ends(clock.now())] == [1, 0]


def test_behind_a_link_nobody_can_be_told_and_the_visit_ends_at_once(cast: Cast) -> None:
    opened = visit(cast.claire, cast.bip, protocol="link")
    admission.request_ends(clock.now())
    opened.refresh_from_db()
    assert opened.ended_at == opened.end_requested_at is not None


def test_a_visit_that_the_application_ended_is_over_and_not_told(cast: Cast) -> None:
    opened = visit(cast.claire, cast.bip)
    admission.leave(opened)
    opened.refresh_from_db()
    assert (opened.end_reason, opened.ended_at) == ("left", opened.end_requested_at)
    assert reasons() == []
    assert admission.decide_for_visit(opened, now=clock.now()) == SignIn()


def test_leaving_does_not_rewrite_an_end_already_asked(cast: Cast) -> None:
    opened = visit(cast.claire, cast.bip)
    admission.request_ends(clock.now())
    admission.leave(opened)
    opened.refresh_from_db()
    assert opened.end_reason == "not_entitled"
