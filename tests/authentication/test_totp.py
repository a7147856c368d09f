"""Applications of codes: proved before they count, each code taken once, seeds that nobody reads."""

import datetime as dt

import pyotp
import pytest
import time_machine
from django.forms import model_to_dict

from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.authentication import queries
from convergences.authentication.errors import (
    CodeAlreadyUsed,
    LastFactor,
    ProofNeeded,
    TooManyFactors,
    TotpNotOffered,
    UnknownFactor,
    WrongConfirmation,
    WrongSecondStep,
)
from convergences.authentication.models import RecoveryCode, RememberedDevice, Totp
from convergences.authentication.services import factors, second_step, totp
from convergences.authentication.services.sign_in import SignedIn
from tests.authentication.doing import HERE, letters, told
from tests.authentication.proving import WRONG, opened, pending, trusted, typed_password, with_codes, with_totp
from tests.cast import Cast, set_password

pytestmark = pytest.mark.database

NOON = dt.datetime(2026, 11, 20, 11, 0, 5, tzinfo=dt.UTC)
PERIOD = dt.timedelta(seconds=30)


def _at(moment: dt.datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=True)  # two sign-ins are never at the same instant


def test_an_application_that_was_never_confirmed_counts_for_nothing(cast: Cast) -> None:
    set_password(cast.claire.agent)
    started = totp.start(cast.claire.agent, "Téléphone", session=opened(cast.claire.agent))
    assert not queries.has_second_factor(cast.claire.agent.pk)
    assert not queries.methods_of(cast.claire.agent).any
    assert isinstance(typed_password(cast.claire.agent), SignedIn)
    code = pyotp.TOTP(started.secret).now()
    with pytest.raises(WrongSecondStep):
        second_step.by_totp(opened(cast.claire.agent), code, browser=HERE)


def test_a_wrong_code_confirms_nothing(cast: Cast) -> None:
    session = opened(cast.claire.agent)
    started = totp.start(cast.claire.agent, "Téléphone", session=session)
    with pytest.raises(WrongConfirmation):
        totp.confirm(cast.claire.agent, started.totp.uid, WRONG, session=session, actor=SYSTEM)
    assert not queries.has_second_factor(cast.claire.agent.pk)


def test_nobody_confirms_the_application_of_another(cast: Cast) -> None:
    started = totp.start(cast.claire.agent, "Téléphone", session=opened(cast.claire.agent))
    code, lucie = pyotp.TOTP(started.secret).now(), cast.lucie.agent
    with pytest.raises(UnknownFactor):
        totp.confirm(lucie, started.totp.uid, code, session=opened(lucie), actor=SYSTEM)
    with pytest.raises(UnknownFactor):
        totp.resume(lucie, started.totp.uid, session=opened(lucie))


def test_the_code_that_confirmed_opens_nothing(cast: Cast) -> None:
    agent, session = cast.claire.agent, opened(cast.claire.agent)
    started = totp.start(agent, "Téléphone", session=session)
    code = pyotp.TOTP(started.secret).now()
    totp.confirm(agent, started.totp.uid, code, session=session, actor=SYSTEM)
    with pytest.raises(CodeAlreadyUsed):
        second_step.by_totp(opened(agent), code, browser=HERE)


def test_a_code_serves_once_in_its_period_and_in_the_next(cast: Cast) -> None:
    with _at(NOON):
        held = with_totp(cast.claire.agent)
        code = held.code()
        second_step.by_totp(pending(cast.claire.agent), code, browser=HERE)
        with pytest.raises(CodeAlreadyUsed):
            second_step.by_totp(pending(cast.claire.agent), code, browser=HERE)
    with _at(NOON + PERIOD), pytest.raises(CodeAlreadyUsed):
        second_step.by_totp(pending(cast.claire.agent), code, browser=HERE)


def test_an_older_code_seen_over_a_shoulder_is_dead_once_a_newer_one_was_taken(cast: Cast) -> None:
    with _at(NOON):
        held = with_totp(cast.claire.agent)
        second_step.by_totp(pending(cast.claire.agent), held.code(later=1), browser=HERE)
        for older in (-1, 0):
            with pytest.raises(CodeAlreadyUsed):
                second_step.by_totp(pending(cast.claire.agent), held.code(older), browser=HERE)


@pytest.mark.parametrize("later", [-1, 0, 1])
def test_a_clock_half_a_minute_off_is_forgiven(cast: Cast, later: int) -> None:
    with _at(NOON):
        held = with_totp(cast.claire.agent)
        done = second_step.by_totp(pending(cast.claire.agent), held.code(later), browser=HERE)
        assert done.session.factors == ["pwd", "otp", "mfa"]


@pytest.mark.parametrize("later", [-2, 2, 100])
def test_a_code_of_another_time_is_wrong(cast: Cast, later: int) -> None:
    with _at(NOON):
        held = with_totp(cast.claire.agent)
        with pytest.raises(WrongSecondStep):
            second_step.by_totp(pending(cast.claire.agent), held.code(later), browser=HERE)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "١٢٣٤٥٦", "12345a", "\x00" * 6, "-12345", "1" * 10_000])
def test_what_is_no_code_is_wrong(cast: Cast, typed: str) -> None:
    with_totp(cast.claire.agent)
    with pytest.raises(WrongSecondStep):
        second_step.by_totp(pending(cast.claire.agent), typed, browser=HERE)


def test_a_code_is_read_with_the_space_that_applications_show(cast: Cast) -> None:
    held = with_totp(cast.claire.agent)
    code = held.code()
    second_step.by_totp(pending(cast.claire.agent), f" {code[:3]} {code[3:]} ", browser=HERE)


def test_the_code_of_another_agent_is_wrong(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    lucies = with_totp(cast.lucie.agent)
    with pytest.raises(WrongSecondStep):
        second_step.by_totp(pending(cast.claire.agent), lucies.code(), browser=HERE)


def test_a_session_left_open_starts_nothing(cast: Cast) -> None:
    with _at(NOON):
        session = opened(cast.claire.agent)
    with _at(NOON + dt.timedelta(minutes=5, seconds=1)), pytest.raises(ProofNeeded) as needed:
        totp.start(cast.claire.agent, "Téléphone", session=session)
    assert not needed.value.second_factor


def test_a_password_alone_adds_nothing_beside_a_factor(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    with pytest.raises(ProofNeeded) as needed:
        totp.start(cast.claire.agent, "Celui du voleur", session=opened(cast.claire.agent))
    assert needed.value.second_factor


def test_a_start_left_unfinished_is_dead_within_the_hour(cast: Cast) -> None:
    with _at(NOON):
        started = totp.start(cast.claire.agent, "Téléphone", session=opened(cast.claire.agent))
    with _at(NOON + dt.timedelta(hours=1, minutes=1)):
        session, code = opened(cast.claire.agent), pyotp.TOTP(started.secret).now()
        with pytest.raises(UnknownFactor):
            totp.confirm(cast.claire.agent, started.totp.uid, code, session=session, actor=SYSTEM)


def test_starting_again_forgets_the_seed_that_was_shown_before(cast: Cast) -> None:
    session = opened(cast.claire.agent)
    first = totp.start(cast.claire.agent, "Téléphone", session=session)
    second = totp.start(cast.claire.agent, "Téléphone", session=session)
    assert first.secret != second.secret
    assert list(Totp.objects.values_list("uid", flat=True)) == [second.totp.uid]
    assert totp.resume(cast.claire.agent, second.totp.uid, session=session).secret == second.secret


def test_there_are_no_more_than_five(cast: Cast) -> None:
    for number in range(totp.MOST):
        with_totp(cast.claire.agent, f"Téléphone {number}", password=False)
    with pytest.raises(TooManyFactors):
        totp.start(cast.claire.agent, "Un de trop", session=opened(cast.claire.agent, "pwd", "otp"))


def test_without_a_key_none_is_offered(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    monkeypatch.setattr(settings.CONFIGURATION, "second_factor_key", "")  # type: ignore[attr-defined]
    with pytest.raises(TotpNotOffered):
        totp.start(cast.claire.agent, "Téléphone", session=opened(cast.claire.agent))


def test_what_is_removed_opens_nothing_and_takes_what_stood_beside_it(cast: Cast) -> None:
    agent, held = cast.claire.agent, with_totp(cast.claire.agent)
    with_codes(agent)
    trusted(agent)
    before = pending(agent)
    factors.remove(agent, held.totp.uid, session=opened(agent, "pwd", "otp"), actor=SYSTEM)
    with pytest.raises(WrongSecondStep):
        second_step.by_totp(before, held.code(), browser=HERE)
    assert not RecoveryCode.objects.filter(removed_at=None).exists()
    assert not RememberedDevice.objects.filter(ended_at=None).exists()
    assert told("totp_removed")[0].subject_id == agent.pk


def test_nobody_removes_the_factor_of_another_nor_with_a_stale_proof(cast: Cast) -> None:
    held = with_totp(cast.claire.agent)
    with pytest.raises(UnknownFactor):
        factors.remove(cast.lucie.agent, held.totp.uid, session=opened(cast.lucie.agent), actor=SYSTEM)
    with pytest.raises(ProofNeeded):
        factors.remove(cast.claire.agent, held.totp.uid, session=opened(cast.claire.agent), actor=SYSTEM)
    with pytest.raises(UnknownFactor):
        factors.rename(cast.lucie.agent, held.totp.uid, "Volé", session=opened(cast.lucie.agent), actor=SYSTEM)


@pytest.mark.parametrize("who", ["nadia", "julien"])
def test_a_referent_and_the_centre_keep_one(cast: Cast, who: str) -> None:
    agent = getattr(cast, who).agent
    first = with_totp(agent)
    with pytest.raises(LastFactor):
        factors.remove(agent, first.totp.uid, session=opened(agent, "pwd", "otp"), actor=SYSTEM)
    second = with_totp(agent, "Tablette")
    factors.remove(agent, first.totp.uid, session=opened(agent, "pwd", "otp"), actor=SYSTEM)
    with pytest.raises(LastFactor):
        factors.remove(agent, second.totp.uid, session=opened(agent, "pwd", "otp"), actor=SYSTEM)


def test_adding_one_is_told_by_mail_and_in_the_journal(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    assert told("totp_added")[0].details["name"] == "Téléphone"
    assert letters()[-1].recipient == cast.claire.agent.email


def test_a_seed_is_nowhere_in_clear(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    agent = cast.claire.agent
    started = totp.start(agent, "Téléphone", session=opened(agent))
    held = with_totp(agent, "Tablette", password=False)
    kept = [str(model_to_dict(row)) for row in Totp.objects.all()]
    journal = [str(model_to_dict(event)) for event in AuditEvent.objects.all()]
    mails = [letter.text for letter in letters()]
    said = "".join([*kept, *journal, *mails, repr(started), str(started), caplog.text])
    assert started.secret not in said
    assert held.secret not in said
