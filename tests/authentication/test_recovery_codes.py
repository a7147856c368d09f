"""Recovery codes: ten, shown once, each taken once, none without a real factor beside them."""

import datetime as dt
import re

import pytest
import time_machine
from django.forms import model_to_dict

from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.authentication import queries
from convergences.authentication.errors import NoCodesAlone, ProofNeeded, WrongSecondStep
from convergences.authentication.models import Level, RecoveryCode
from convergences.authentication.services import factors, fresh, recovery_codes, second_step
from convergences.foundations.sealing import digest, keyed_digest
from tests.authentication.doing import HERE, letters, told
from tests.authentication.proving import opened, pending, with_codes, with_totp
from tests.cast import Cast

pytestmark = pytest.mark.database


def test_ten_codes_without_a_letter_that_reads_like_another(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    codes = with_codes(cast.claire.agent)
    assert len(set(codes)) == recovery_codes.left(cast.claire.agent) == 10
    assert all(re.fullmatch(r"[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}", code) for code in codes)


def test_a_code_opens_once_and_says_so(cast: Cast) -> None:
    agent = cast.claire.agent
    with_totp(agent)
    [code, *_others] = with_codes(agent)
    done = second_step.by_recovery_code(pending(agent), code, browser=HERE)
    assert (done.session.factors, done.session.level) == (["pwd", "otp"], Level.TWO_STEPS)
    assert fresh.is_fresh(done.session, queries.methods_of(agent), done.session.created_at)
    with pytest.raises(WrongSecondStep):
        second_step.by_recovery_code(pending(agent), code, browser=HERE)
    assert told("recovery_code_used")[0].details == {"left": 9}
    assert letters()[-1].kind == "authentication.recovery_code_used"
    assert "Il vous en reste 9" in letters()[-1].text


@pytest.mark.parametrize("typed", [str.lower, lambda code: code.replace("-", ""), lambda code: f"  {code} "])
def test_a_code_is_read_however_it_is_typed(cast: Cast, typed: object) -> None:
    with_totp(cast.claire.agent)
    code = with_codes(cast.claire.agent)[3]
    second_step.by_recovery_code(pending(cast.claire.agent), typed(code), browser=HERE)  # type: ignore[operator]


@pytest.mark.parametrize("typed", ["", "-", "\x00", "AAAA", "É" * 8, "2" * 100_000])
def test_what_is_no_code_is_wrong(cast: Cast, typed: str) -> None:
    with_totp(cast.claire.agent)
    with_codes(cast.claire.agent)
    with pytest.raises(WrongSecondStep):
        second_step.by_recovery_code(pending(cast.claire.agent), typed, browser=HERE)


def test_the_codes_of_another_agent_and_of_a_former_set_are_wrong(cast: Cast) -> None:
    for agent in (cast.claire.agent, cast.lucie.agent):
        with_totp(agent)
    former, lucies = with_codes(cast.claire.agent), with_codes(cast.lucie.agent)
    with_codes(cast.claire.agent)
    for code in (former[0], lucies[0]):
        with pytest.raises(WrongSecondStep):
            second_step.by_recovery_code(pending(cast.claire.agent), code, browser=HERE)
    assert recovery_codes.left(cast.claire.agent) == recovery_codes.left(cast.lucie.agent) == 10


def test_frozen_codes_are_wrong(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    codes = with_codes(cast.claire.agent)
    RecoveryCode.objects.update(frozen_at=cast.claire.created_at)
    with pytest.raises(WrongSecondStep):
        second_step.by_recovery_code(pending(cast.claire.agent), codes[0], browser=HERE)


def test_of_two_sets_that_live_both_serve(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    own, newer = with_codes(cast.claire.agent), with_codes(cast.claire.agent)
    RecoveryCode.objects.update(removed_at=None)
    for code in (own[0], newer[0], own[1]):
        second_step.by_recovery_code(pending(cast.claire.agent), code, browser=HERE)


def test_there_are_none_without_a_real_factor(cast: Cast) -> None:
    with pytest.raises(NoCodesAlone):
        recovery_codes.make(cast.claire.agent, session=opened(cast.claire.agent), actor=SYSTEM)
    held = with_totp(cast.claire.agent)
    codes, session = with_codes(cast.claire.agent), opened(cast.claire.agent)
    factors.remove(cast.claire.agent, held.totp.uid, session=opened(cast.claire.agent, "pwd", "otp"), actor=SYSTEM)
    with pytest.raises(WrongSecondStep):
        second_step.by_recovery_code(session, codes[0], browser=HERE)


def test_a_stale_proof_makes_none(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    with pytest.raises(ProofNeeded):
        recovery_codes.make(cast.claire.agent, session=opened(cast.claire.agent), actor=SYSTEM)
    session = opened(cast.claire.agent, "pwd", "otp")
    late = session.authenticated_at + dt.timedelta(minutes=6)
    with time_machine.travel(late), pytest.raises(ProofNeeded):
        recovery_codes.make(cast.claire.agent, session=session, actor=SYSTEM)


def test_codes_are_kept_as_slow_digests_and_shown_nowhere_else(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    codes = with_codes(cast.claire.agent)
    kept = set(RecoveryCode.objects.values_list("digest", flat=True))
    plain = [code.replace("-", "") for code in codes]
    assert not kept & {digest(each) for each in (*codes, *plain)}
    assert not kept & {keyed_digest(each, use="authentication/code") for each in plain}
    said = "".join(
        [str(model_to_dict(row)) for row in (*AuditEvent.objects.all(), *RecoveryCode.objects.all())]
        + [letter.text + letter.html for letter in letters()]
    )
    assert not [code for code in (*codes, *plain) if code in said]


def test_codes_outlive_the_keys_of_the_installation(cast: Cast, settings: object) -> None:
    with_totp(cast.claire.agent)
    codes, session = with_codes(cast.claire.agent), opened(cast.claire.agent)
    settings.SECRET_KEY = "another secret key altogether, of forty-two"  # type: ignore[attr-defined]
    second_step.by_recovery_code(session, codes[0], browser=HERE)
