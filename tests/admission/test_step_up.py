"""How strong a session must be: a second factor, a fresh one, and what a remembered device stands for."""

import datetime as dt

import pytest

from convergences.admission import services as admission
from convergences.admission.decisions import Enter, SessionAssurance, StepUp
from convergences.admission.queries import visits_to_end
from convergences.audit.services import SYSTEM
from convergences.authentication.models import Level, RememberedDevice, Session
from convergences.authentication.services import devices
from convergences.catalog.models import Application, Assurance
from convergences.foundations import clock
from tests.admission.doing import entitle, session_of
from tests.cast import Cast

pytestmark = pytest.mark.database
MINUTES = dt.timedelta(minutes=1)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def medical(cast: Cast) -> Application:
    """An application that asks for a fresh second factor."""
    return _asking(cast, Assurance.FRESH_SECOND_FACTOR)


@pytest.fixture
def files(cast: Cast) -> Application:
    """An application that asks for a second factor, and trusts remembered devices."""
    return _asking(cast, Assurance.SECOND_FACTOR)


def _asking(cast: Cast, assurance: Assurance) -> Application:
    Application.objects.filter(pk=cast.bip.pk).update(assurance=assurance, remembers_devices=True)
    entitle(cast.claire, cast.bip)
    return Application.objects.get(pk=cast.bip.pk)


def _on_a_device(cast: Cast) -> Session:
    now = clock.now()
    device = RememberedDevice.objects.create(
        agent=cast.claire.agent,
        token_digest="d",
        created_at=now,
        last_used_at=now,
        expires_at=now + 30 * 1440 * MINUTES,
    )
    return session_of(cast.claire.agent, remembered_device=device)


def _enters(session: Session, application: Application) -> bool:
    return isinstance(admission.decide_for_session(session, application), Enter)


@pytest.mark.parametrize(("ago", "enters"), [(0 * MINUTES, True), (5 * MINUTES, True), (5 * MINUTES + SECOND, False)])
def test_a_fresh_proof_is_five_minutes_old_at_most(
    cast: Cast, medical: Application, ago: dt.timedelta, enters: bool
) -> None:
    session = session_of(cast.claire.agent, second_factor_at=clock.now() - ago + SECOND / 2)
    assert _enters(session, medical) == enters


def test_a_sign_in_of_now_does_not_freshen_the_second_factor_of_before(cast: Cast, medical: Application) -> None:
    session = session_of(cast.claire.agent, second_factor_at=clock.now() - 6 * MINUTES, password_at=clock.now())
    assert isinstance(admission.decide_for_session(session, medical), StepUp)


def test_a_remembered_device_stands_for_a_second_factor(cast: Cast, files: Application) -> None:
    assert _enters(_on_a_device(cast), files)


def test_not_where_the_application_does_not_trust_devices(cast: Cast, files: Application) -> None:
    Application.objects.update(remembers_devices=False)
    assert not _enters(_on_a_device(cast), files)


def test_nor_for_a_fresh_one_whatever_the_sheet_says(cast: Cast, medical: Application) -> None:
    assert medical.remembers_devices
    assert not _enters(_on_a_device(cast), medical)


def test_a_device_raises_no_level(cast: Cast) -> None:
    assurance = SessionAssurance.of(_on_a_device(cast))
    assert assurance.remembered
    assert (assurance.level, assurance.factors) == (Level.ONE_FACTOR, ("pwd",))


def test_a_code_by_mail_is_no_second_factor(cast: Cast, files: Application) -> None:
    session = session_of(cast.claire.agent, factors=["pwd", "mail"], level=Level.TWO_STEPS)
    assert isinstance(admission.decide_for_session(session, files), StepUp)


def test_the_visit_of_a_device_that_is_no_longer_trusted_ends(cast: Cast, files: Application) -> None:
    session = _on_a_device(cast)
    visit = admission.enter(session, files, cast.claire, protocol="oidc", actor=SYSTEM)
    assert list(visits_to_end(clock.now())) == []
    Session.objects.filter(pk=session.pk).update(remembered_device=None)
    assert [end.reason for end in visits_to_end(clock.now())] == ["stronger_authentication"]
    assert isinstance(admission.decide_for_visit(visit, now=clock.now()), StepUp)


def test_a_device_withdrawn_in_the_middle_of_a_session_is_felt_at_the_next_application(
    cast: Cast, files: Application
) -> None:
    session = _on_a_device(cast)
    device = devices.of(cast.claire.agent)[0]
    assert _enters(session, files)
    devices.end(cast.claire.agent, device.uid, actor=SYSTEM)
    assert isinstance(admission.decide_for_session(Session.objects.get(pk=session.pk), files), StepUp)


def test_a_visit_goes_on_after_its_proof_is_no_longer_fresh(cast: Cast, medical: Application) -> None:
    session = session_of(cast.claire.agent, second_factor=True)
    visit = admission.enter(session, medical, cast.claire, protocol="oidc", actor=SYSTEM)
    later = clock.now() + 20 * MINUTES
    assert isinstance(admission.decide_for_visit(visit, now=later), Enter)
    assert list(visits_to_end(later)) == []
