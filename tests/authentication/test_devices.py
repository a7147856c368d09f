"""Devices of confidence: bound to an agent and a secret, for thirty days, and worth no second factor of today."""

import datetime as dt

import pytest
import time_machine
from django.forms import model_to_dict

from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.authentication import queries
from convergences.authentication.browsers import acting
from convergences.authentication.errors import ProofNeeded, UnknownFactor
from convergences.authentication.models import Level, Purpose, RememberedDevice, Session
from convergences.authentication.proofs import FactorProof
from convergences.authentication.services import (
    codes,
    devices,
    factors,
    fresh,
    passwords,
    reset,
    second_step,
    sessions,
)
from convergences.authentication.services.sign_in import SecondStepNeeded, SignedIn
from tests.authentication.doing import HERE, NEW, letters
from tests.authentication.passkeying import enrol
from tests.authentication.proving import opened, pending, trusted, typed_password, with_codes, with_totp
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.database

NOON = dt.datetime(2026, 11, 20, 11, 0, 5, tzinfo=dt.UTC)


def _let_in(cast: Cast, token: str, password: str = PASSWORD) -> bool:
    return isinstance(typed_password(cast.claire.agent, password, device_token=token), SignedIn)


def test_a_trusted_device_skips_the_step_and_says_that_it_did(cast: Cast) -> None:
    held = with_totp(cast.claire.agent)
    done = second_step.by_totp(pending(cast.claire.agent), held.code(), browser=HERE, remember=True)
    again = typed_password(cast.claire.agent, device_token=done.device_token)
    assert isinstance(again, SignedIn)
    session = Session.objects.get(pk=again.session.pk)
    assert (session.factors, session.level, session.second_factor_at) == (["pwd"], Level.ONE_FACTOR, None)
    assert session.remembered_device == devices.of(cast.claire.agent)[0]


def test_a_trusted_device_changes_no_way_in(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    answer = typed_password(cast.claire.agent, device_token=trusted(cast.claire.agent)[1])
    assert isinstance(answer, SignedIn)
    with pytest.raises(ProofNeeded):
        fresh.require(answer.session, queries.methods_of(cast.claire.agent))


def test_nothing_is_trusted_that_was_not_asked_for(cast: Cast) -> None:
    held = with_totp(cast.claire.agent)
    done = second_step.by_totp(pending(cast.claire.agent), held.code(), browser=HERE)
    assert done.device_token == ""
    assert devices.of(cast.claire.agent) == []


@pytest.mark.parametrize("kind", ["recovery_code", "mail"])
def test_a_code_on_paper_or_by_mail_makes_no_device_trusted(cast: Cast, kind: str) -> None:
    with_totp(cast.claire.agent)
    proof = FactorProof(kind, cast.claire.agent.pk)  # type: ignore[arg-type]
    done = second_step.complete(pending(cast.claire.agent), proof, browser=HERE, remember=True)
    assert done.device_token == ""
    assert done.session.remembered_device is None


def test_the_secret_of_one_agent_opens_nothing_for_another(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    with_totp(cast.lucie.agent)
    _device, token = trusted(cast.lucie.agent)
    assert not _let_in(cast, token)


def test_what_the_table_holds_opens_nothing_and_neither_does_an_invention(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    device, token = trusted(cast.claire.agent)
    assert len(token) >= 43  # 256 bits
    for invented in ("", device.token_digest, str(device.uid), "\x00", "é" * 5000):
        assert not _let_in(cast, invented)


def test_the_secret_without_the_password_opens_nothing(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    _device, token = trusted(cast.claire.agent)
    with pytest.raises(Exception, match="Identifiant ou mot de passe incorrect"):
        _let_in(cast, token, "Faux mot de passe 2026")


def test_a_device_lasts_thirty_days_however_it_is_used(cast: Cast) -> None:
    with time_machine.travel(NOON):
        with_totp(cast.claire.agent)
        _device, token = trusted(cast.claire.agent)
    for days in (10, 20, 29):
        with time_machine.travel(NOON + dt.timedelta(days=days)):
            assert _let_in(cast, token), days
    with time_machine.travel(NOON + dt.timedelta(days=30, minutes=1)):
        assert not _let_in(cast, token)
        assert devices.of(cast.claire.agent) == []


def test_no_session_outlives_the_device_that_opened_it(cast: Cast) -> None:
    """The attack: signed in at the last minute, to be trusted ten hours more."""
    with time_machine.travel(NOON):
        with_totp(cast.claire.agent)
        device, token = trusted(cast.claire.agent)
    with time_machine.travel(device.expires_at - sessions.ABSOLUTE):
        assert isinstance(typed_password(cast.claire.agent, device_token=token), SecondStepNeeded)
    with time_machine.travel(device.expires_at - sessions.ABSOLUTE - dt.timedelta(seconds=1)):
        answer = typed_password(cast.claire.agent, device_token=token)
        assert isinstance(answer, SignedIn)
    assert answer.session.expires_at < device.expires_at


def test_a_stolen_secret_is_dead_once_the_device_is_revoked_and_so_are_its_sessions_graces(cast: Cast) -> None:
    agent = cast.claire.agent
    with_totp(agent)
    device, token = trusted(agent)
    assert _let_in(cast, token)
    devices.end(agent, device.uid, actor=acting(agent, HERE))
    assert not _let_in(cast, token)
    assert not Session.objects.filter(remembered_device__isnull=False).exists()
    with pytest.raises(UnknownFactor):
        devices.end(agent, device.uid, actor=acting(agent, HERE))


def test_nobody_ends_the_device_of_another(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    device, token = trusted(cast.claire.agent)
    with pytest.raises(UnknownFactor):
        devices.end(cast.lucie.agent, device.uid, actor=acting(cast.lucie.agent, HERE))
    devices.end_all(cast.lucie.agent, reason="ended_by_owner", actor=SYSTEM)
    assert _let_in(cast, token)


def test_a_new_password_ends_trust_everywhere(cast: Cast) -> None:
    agent = cast.claire.agent
    with_totp(agent)
    _device, token = trusted(agent)
    passwords.change(agent, PASSWORD, NEW, actor=SYSTEM, session=opened(agent))
    assert not _let_in(cast, token, NEW)


def test_a_reset_ends_trust_everywhere_and_a_mailbox_alone_opens_nothing(cast: Cast) -> None:
    agent = cast.claire.agent
    with_totp(agent)
    _device, token = trusted(agent)
    codes.send(Purpose.RESET, agent.email or "", browser=HERE)
    reset.finish(codes.check_link(Purpose.RESET, letters()[-1].token), NEW, browser=HERE)
    answer = typed_password(agent, NEW, device_token=token)
    assert isinstance(answer, SecondStepNeeded)


def test_a_device_trusted_beside_a_factor_that_is_gone_stands_for_no_other(cast: Cast) -> None:
    agent, held = cast.claire.agent, with_totp(cast.claire.agent)
    _device, token = trusted(agent)
    factors.remove(agent, held.totp.uid, session=opened(agent, "pwd", "otp"), actor=SYSTEM)
    with_totp(agent, "Un autre")
    assert not _let_in(cast, token)


@pytest.mark.parametrize("kind", ["totp", "passkey"])
def test_a_stolen_telephone_that_is_removed_takes_the_devices_it_made_trusted(cast: Cast, kind: str) -> None:
    agent, lost = cast.claire.agent, with_totp(cast.claire.agent)
    with_totp(agent, "Un autre", password=False)
    key, _ = enrol(agent, session=opened(agent, "pwd", "otp"))
    _device, token = trusted(agent)
    uid = lost.totp.uid if kind == "totp" else key.uid
    factors.remove(agent, uid, session=opened(agent, "pwd", "otp"), actor=SYSTEM)
    assert not _let_in(cast, token)


def test_trusting_a_browser_again_leaves_one_device(cast: Cast) -> None:
    agent, held = cast.claire.agent, with_totp(cast.claire.agent)
    first = second_step.by_totp(pending(agent), held.code(), browser=HERE, remember=True)
    session = Session.objects.select_related("agent").get(pk=first.session.pk)
    again = second_step.by_totp(session, held.code(later=1), browser=HERE, remember=True)
    assert len(devices.of(agent)) == 1
    assert not _let_in(cast, first.device_token)
    assert _let_in(cast, again.device_token)


def test_a_secret_is_nowhere_in_clear(cast: Cast) -> None:
    held = with_totp(cast.claire.agent)
    with_codes(cast.claire.agent)
    done = second_step.by_totp(pending(cast.claire.agent), held.code(), browser=HERE, remember=True)
    rows = [*AuditEvent.objects.all(), *RememberedDevice.objects.all(), *Session.objects.all()]
    said = repr(done) + "".join(str(model_to_dict(row)) for row in rows)
    assert done.device_token not in said
    assert done.token not in said
