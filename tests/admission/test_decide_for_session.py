"""What a session must do to enter: sign in, step up, choose an employer, or nothing."""

import datetime as dt

import pytest

from convergences.admission import services as admission
from convergences.admission.decisions import ChooseEmployer, Enter, Reason, Refuse, SignIn, StepUp
from convergences.admission.errors import NotAnEmployer
from convergences.admission.models import EmployerChoice
from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.catalog.models import Application, Assurance
from convergences.directory.models import Membership
from convergences.foundations import clock
from tests.admission.doing import entitle, session_of
from tests.cast import Cast, join

pytestmark = pytest.mark.database


@pytest.fixture
def elsewhere(cast: Cast) -> Membership:
    """Claire works at Romainville too, and may open BIP for both."""
    entitle(cast.claire, cast.bip, "reader")
    second = join(cast.claire.agent, cast.romainville)
    entitle(second, cast.bip, "manager")
    return second


def test_nobody_signs_in_first(cast: Cast) -> None:
    assert admission.decide_for_session(None, cast.bip) == SignIn()


@pytest.mark.parametrize("over", ["ended_at", "idle_at", "expires_at"])
def test_a_session_that_is_over_signs_in_again(cast: Cast, over: str) -> None:
    entitle(cast.claire, cast.bip)
    session = session_of(cast.claire.agent, **{over: clock.now() - dt.timedelta(seconds=1)})
    assert admission.decide_for_session(session, cast.bip) == SignIn()


def test_with_one_employer_nothing_is_asked(cast: Cast) -> None:
    entitle(cast.claire, cast.bip)
    said = admission.decide_for_session(session_of(cast.claire.agent), cast.bip)
    assert isinstance(said, Enter)
    assert said.membership == cast.claire


def test_the_only_employer_for_which_one_may_enter_is_taken(cast: Cast, elsewhere: Membership) -> None:
    Membership.objects.filter(pk=cast.claire.pk).update(suspended_at=clock.now())
    said = admission.decide_for_session(session_of(cast.claire.agent), cast.bip)
    assert isinstance(said, Enter)
    assert (said.membership, said.roles) == (elsewhere, ("manager",))


def test_among_several_one_is_asked(cast: Cast, elsewhere: Membership) -> None:
    said = admission.decide_for_session(session_of(cast.claire.agent), cast.bip)
    assert said == ChooseEmployer((cast.claire, elsewhere))


def test_the_choice_is_kept_for_that_application_only(cast: Cast, elsewhere: Membership) -> None:
    entitle(cast.claire, cast.cotisations)
    entitle(elsewhere, cast.cotisations)
    admission.choose_employer(cast.claire.agent, cast.bip, elsewhere, actor=SYSTEM)
    session = session_of(cast.claire.agent)
    said = admission.decide_for_session(session, cast.bip)
    assert isinstance(said, Enter)
    assert said.membership == elsewhere
    assert isinstance(admission.decide_for_session(session, cast.cotisations), ChooseEmployer)


def test_a_choice_that_no_longer_opens_is_asked_again_or_forgotten(cast: Cast, elsewhere: Membership) -> None:
    admission.choose_employer(cast.claire.agent, cast.bip, elsewhere, actor=SYSTEM)
    Membership.objects.filter(pk=elsewhere.pk).update(suspended_at=clock.now())
    said = admission.decide_for_session(session_of(cast.claire.agent), cast.bip)
    assert isinstance(said, Enter)
    assert said.membership == cast.claire


def test_the_employer_asked_for_is_obeyed_whatever_was_chosen(cast: Cast, elsewhere: Membership) -> None:
    admission.choose_employer(cast.claire.agent, cast.bip, elsewhere, actor=SYSTEM)
    said = admission.decide_for_session(session_of(cast.claire.agent), cast.bip, organization=cast.pantin)
    assert isinstance(said, Enter)
    assert said.membership == cast.claire


def test_a_choice_may_be_changed_and_is_told(cast: Cast, elsewhere: Membership) -> None:
    for membership in (elsewhere, cast.claire):
        admission.choose_employer(cast.claire.agent, cast.bip, membership, actor=SYSTEM)
    assert EmployerChoice.objects.get().membership == cast.claire
    assert AuditEvent.objects.filter(action="admission.employer_chosen").count() == 2


@pytest.mark.parametrize("whose", ["lucie", "karim"])
def test_one_does_not_choose_somebody_else_s_employer(cast: Cast, whose: str) -> None:
    entitle(getattr(cast, whose), cast.bip)
    with pytest.raises(NotAnEmployer):
        admission.choose_employer(cast.claire.agent, cast.bip, getattr(cast, whose), actor=SYSTEM)


def test_one_does_not_choose_an_employer_for_which_one_may_not_enter(cast: Cast) -> None:
    with pytest.raises(NotAnEmployer):
        admission.choose_employer(cast.claire.agent, cast.bip, cast.claire, actor=SYSTEM)


def test_a_session_too_weak_steps_up_then_goes_on(cast: Cast) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(assurance="second_factor")
    entitle(cast.claire, cast.bip)
    said = admission.decide_for_session(session_of(cast.claire.agent), cast.bip)
    assert said == StepUp(Assurance.SECOND_FACTOR)
    assert said.reason == Reason.STRONGER_AUTHENTICATION
    strong = session_of(cast.claire.agent, second_factor=True)
    assert isinstance(admission.decide_for_session(strong, cast.bip), Enter)


def test_the_employer_is_chosen_before_the_second_factor_is_asked(cast: Cast, elsewhere: Membership) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(assurance="second_factor")
    assert isinstance(admission.decide_for_session(session_of(cast.claire.agent), cast.bip), ChooseEmployer)


def test_refused_everywhere_the_nearest_refusal_is_told(cast: Cast) -> None:
    """Suspended in one town, only without the right in the other: the second is what somebody can repair."""
    Membership.objects.filter(pk=cast.claire.pk).update(suspended_at=clock.now())
    join(cast.claire.agent, cast.romainville)
    said = admission.decide_for_session(session_of(cast.claire.agent), cast.bip)
    assert isinstance(said, Refuse)
    assert (said.reason, said.organization) == (Reason.NOT_ENTITLED, cast.romainville)


def test_an_agent_whom_no_employer_declares_is_told_so(cast: Cast) -> None:
    Membership.objects.filter(pk=cast.claire.pk).update(closed_at=clock.now())
    said = admission.decide_for_session(session_of(cast.claire.agent), cast.bip)
    assert isinstance(said, Refuse)
    assert (said.reason, said.organization, said.correspondent) == (Reason.MEMBERSHIP_OVER, None, None)
