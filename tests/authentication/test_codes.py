"""Codes and links by mail: guessed, reused, taken for another purpose, asked for somebody else."""

import datetime as dt

import pytest
import time_machine

from convergences.authentication.errors import DeadLink, TooManyAttempts, WrongCode
from convergences.authentication.limits import CODES_FROM_ADDRESS
from convergences.authentication.models import AttemptCounter, Purpose, SingleUseCode
from convergences.authentication.services import codes, first_visit, known_browsers, reset
from convergences.directory.models import AgentState
from convergences.foundations import clock
from tests.authentication.doing import HERE, NEW, UNKNOWN, letters, told, work_of
from tests.cast import Cast, set_password

pytestmark = pytest.mark.database

NOON = dt.datetime(2026, 11, 20, 11, 0, tzinfo=dt.UTC)
FIRST, RESET = Purpose.FIRST_VISIT, Purpose.RESET


@pytest.fixture
def sophie(cast: Cast) -> str:
    """The identifier of an agent who is invited."""
    cast.lucie.agent.state = AgentState.INVITED
    cast.lucie.agent.save()
    return cast.lucie.agent.email or ""


@pytest.fixture
def claire(cast: Cast) -> str:
    """The identifier of an active agent."""
    set_password(cast.claire.agent)
    return cast.claire.agent.email or ""


def _wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.mark.parametrize("purpose", [FIRST, RESET])
@pytest.mark.parametrize("state", ["unknown", AgentState.SUSPENDED, AgentState.DELETED, AgentState.ERASED])
def test_nobody_and_accounts_put_to_sleep_receive_nothing(cast: Cast, purpose: Purpose, state: str) -> None:
    email = UNKNOWN
    if state != "unknown":
        cast.claire.agent.state = state
        cast.claire.agent.save()
        email = cast.claire.agent.email or ""
    codes.send(purpose, email, browser=HERE)
    assert letters() == []
    with pytest.raises(WrongCode):
        codes.redeem_code(purpose, email, "123456", browser=HERE)


@pytest.mark.parametrize("purpose", [FIRST, RESET])
def test_asking_costs_the_same_work_whoever_is_asked_for(
    cast: Cast, sophie: str, claire: str, purpose: Purpose, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.moussa.agent.state = AgentState.SUSPENDED
    cast.moussa.agent.save()
    asked = [sophie, claire, UNKNOWN, cast.moussa.agent.email or ""]
    works = [work_of(lambda email=email: codes.send(purpose, email, browser=HERE), monkeypatch) for email in asked]
    alike = [[query.replace("ROLLBACK", "RELEASE") for query in work.queries] for work in works]
    assert alike[0] == alike[1] == alike[2] == alike[3]
    assert "INSERT foundations_outboxmessage" in alike[2]


def test_an_unknown_address_is_not_written_in_clear_anywhere(cast: Cast) -> None:
    codes.send(FIRST, UNKNOWN, browser=HERE)
    line = told("code_not_sent")[-1]
    assert UNKNOWN not in str(line.details) + line.subject_label + line.search_text
    assert UNKNOWN not in str(list(SingleUseCode.objects.values()))


def test_neither_code_nor_token_is_in_the_database_in_clear(sophie: str) -> None:
    codes.send(FIRST, sophie, browser=HERE)
    [letter] = letters()
    rows = str(list(SingleUseCode.objects.values())) + str(told("code_sent")[0].details)
    assert letter.code not in rows
    assert letter.token not in rows


def test_a_code_is_worth_five_tries_and_the_right_one_comes_too_late_after(sophie: str) -> None:
    codes.send(FIRST, sophie, browser=HERE)
    code = letters()[0].code
    for _ in range(5):
        with pytest.raises(WrongCode):
            codes.redeem_code(FIRST, sophie, _wrong(code), browser=HERE)
    with pytest.raises(WrongCode) as refused:
        codes.redeem_code(FIRST, sophie, code, browser=HERE)
    assert "lien" in refused.value.sentence
    assert codes.check_link(FIRST, letters()[0].token).agent.email == sophie
    assert len(told("code_wrong")) == 5


def test_an_unknown_address_answers_tries_of_codes_as_a_known_one(sophie: str) -> None:
    sentences = []
    for email in (sophie, UNKNOWN):
        codes.send(FIRST, email, browser=HERE)
        for _ in range(7):
            with pytest.raises(WrongCode) as refused:
                codes.redeem_code(FIRST, email, "not it", browser=HERE)
            sentences.append(refused.value.sentence)
    assert sentences[:7] == sentences[7:]


def test_new_codes_give_no_more_than_25_tries_a_day(sophie: str) -> None:
    tried = 0
    for hour in range(12):
        with time_machine.travel(NOON + dt.timedelta(hours=hour), tick=False):
            codes.send(FIRST, sophie, browser=HERE)
            for _ in range(5):
                with pytest.raises(WrongCode):
                    codes.redeem_code(FIRST, sophie, "000000x", browser=HERE)
    tried = sum(SingleUseCode.objects.values_list("tries", flat=True))
    assert tried == 25


def test_only_the_code_of_the_last_mail_serves(sophie: str) -> None:
    codes.send(FIRST, sophie, browser=HERE)
    codes.send(FIRST, sophie, browser=HERE)
    first, last = letters()
    if first.code != last.code:
        with pytest.raises(WrongCode):
            codes.redeem_code(FIRST, sophie, first.code, browser=HERE)
    assert codes.redeem_code(FIRST, sophie, last.code, browser=HERE).agent.email == sophie


def test_a_code_is_typed_once(sophie: str) -> None:
    codes.send(FIRST, sophie, browser=HERE)
    code = letters()[0].code
    assert codes.redeem_code(FIRST, sophie.upper(), code, browser=HERE)
    with pytest.raises(WrongCode):
        codes.redeem_code(FIRST, sophie, code, browser=HERE)


def test_a_code_opens_nobody_elses_account(cast: Cast, sophie: str) -> None:
    cast.karim.agent.state = AgentState.INVITED
    cast.karim.agent.save()
    codes.send(FIRST, sophie, browser=HERE)
    codes.send(FIRST, cast.karim.agent.email or "", browser=HERE)
    if letters()[0].code != letters()[1].code:
        with pytest.raises(WrongCode):
            codes.redeem_code(FIRST, cast.karim.agent.email or "", letters()[0].code, browser=HERE)


def test_a_link_serves_for_its_own_purpose_only(sophie: str, claire: str) -> None:
    codes.send(FIRST, sophie, browser=HERE)
    codes.send(RESET, claire, browser=HERE)
    first, other = letters()
    with pytest.raises(DeadLink):
        codes.check_link(RESET, first.token)
    with pytest.raises(DeadLink):
        codes.check_link(FIRST, other.token)


@pytest.mark.parametrize(("purpose", "minutes"), [(FIRST, 30), (RESET, 60)])
def test_code_and_link_expire(sophie: str, claire: str, purpose: Purpose, minutes: int) -> None:
    email = sophie if purpose == FIRST else claire
    with time_machine.travel(NOON, tick=False):
        codes.send(purpose, email, browser=HERE)
    token = letters()[0].token
    with time_machine.travel(NOON + dt.timedelta(minutes=minutes, seconds=-1), tick=False):
        assert codes.check_link(purpose, token)
    with time_machine.travel(NOON + dt.timedelta(minutes=minutes), tick=False):
        with pytest.raises(DeadLink):
            codes.check_link(purpose, token)
        with pytest.raises(WrongCode):
            codes.redeem_code(purpose, email, "123456", browser=HERE)


def test_reading_a_link_consumes_nothing_and_choosing_a_password_does(claire: str) -> None:
    codes.send(RESET, claire, browser=HERE)
    token = letters()[0].token
    for _ in range(3):
        proof = codes.check_link(RESET, token)
    reset.finish(proof, NEW, browser=HERE)
    with pytest.raises(DeadLink):
        codes.check_link(RESET, token)
    with pytest.raises(DeadLink):
        reset.finish(proof, NEW + " bis", browser=HERE)
    with pytest.raises(DeadLink):
        codes.proof(RESET, proof.code_id)


def test_a_password_chosen_kills_every_other_link_of_the_agent(claire: str) -> None:
    for _ in range(3):
        codes.send(RESET, claire, browser=HERE)
    tokens = [letter.token for letter in letters()]
    reset.finish(codes.check_link(RESET, tokens[0]), NEW, browser=HERE)
    for token in tokens:
        with pytest.raises(DeadLink):
            codes.check_link(RESET, token)


def test_a_link_sent_to_an_address_dies_when_the_account_has_another(cast: Cast, claire: str) -> None:
    codes.send(RESET, claire, browser=HERE)
    cast.claire.agent.email = "claire.martin@pantin.example"
    cast.claire.agent.save()
    with pytest.raises(DeadLink):
        codes.check_link(RESET, letters()[0].token)


def test_an_account_suspended_after_the_mail_is_not_woken_by_it(cast: Cast, claire: str, sophie: str) -> None:
    codes.send(RESET, claire, browser=HERE)
    codes.send(FIRST, sophie, browser=HERE)
    by_link = codes.check_link(RESET, letters()[0].token)
    by_code = codes.redeem_code(FIRST, sophie, letters()[1].code, browser=HERE)
    for agent in (cast.claire.agent, cast.lucie.agent):
        type(agent).objects.filter(pk=agent.pk).update(state=AgentState.SUSPENDED)
    with pytest.raises(DeadLink):
        reset.finish(by_link, NEW, browser=HERE)
    with pytest.raises(DeadLink):
        first_visit.finish(by_code, NEW, browser=HERE)
    cast.lucie.agent.refresh_from_db()
    assert cast.lucie.agent.state == AgentState.SUSPENDED


@pytest.mark.parametrize(("purpose", "most", "minutes"), [(FIRST, 3, 30), (RESET, 5, 60)])
def test_few_mails_leave_for_one_address_and_one_of_them_always_serves(
    cast: Cast, sophie: str, purpose: Purpose, most: int, minutes: int
) -> None:
    """The attack: a stranger asks in somebody's place, so that nothing leaves when they ask."""
    email = sophie if purpose == FIRST else cast.moussa.agent.email or ""
    for minute in (0, minutes - 1, minutes, 2 * minutes - 1):
        with time_machine.travel(NOON + dt.timedelta(minutes=minute), tick=False):
            for _ in range(most + 1):
                codes.send(purpose, email, browser=HERE)
            assert codes.check_link(purpose, letters()[-1].token), minute
    assert len(letters()) == 2 * most


def _spend_what_the_network_may_ask() -> None:
    codes.send(FIRST, "somebody@pantin.example", browser=HERE)
    AttemptCounter.objects.update(window_count=CODES_FROM_ADDRESS.cap - 1)
    codes.send(FIRST, "somebody.else@pantin.example", browser=HERE)


def test_a_network_that_asks_for_everybody_is_stopped(cast: Cast) -> None:
    _spend_what_the_network_may_ask()
    with pytest.raises(TooManyAttempts):
        codes.send(FIRST, "one.more@pantin.example", browser=HERE)


def test_a_neighbour_who_asks_for_everybody_stops_nobody_who_has_signed_in_here(cast: Cast) -> None:
    token = known_browsers.remember(cast.moussa.agent, "")
    _spend_what_the_network_may_ask()
    codes.send(RESET, cast.claire.agent.email or "", browser=HERE, known_browser_token=token)
    assert letters()[-1].recipient == cast.claire.agent.email
    for invented in ("", "x" * 43):
        with pytest.raises(TooManyAttempts):
            codes.send(RESET, cast.claire.agent.email or "", browser=HERE, known_browser_token=invented)


@pytest.mark.parametrize(
    ("purpose", "state", "kind"),
    [
        (FIRST, AgentState.ACTIVE, "authentication.already_active"),
        (RESET, AgentState.INVITED, "authentication.not_yet_active"),
    ],
)
def test_who_asks_for_the_wrong_thing_is_told_by_mail_alone(
    cast: Cast, purpose: Purpose, state: str, kind: str
) -> None:
    cast.claire.agent.state = state
    cast.claire.agent.save()
    codes.send(purpose, cast.claire.agent.email or "", browser=HERE)
    [letter] = letters()
    assert letter.kind == kind
    assert "/lien" not in letter.text + letter.html


def test_an_invitation_that_has_expired_gives_no_code(cast: Cast, sophie: str) -> None:
    cast.lucie.agent.invited_until = clock.today() - dt.timedelta(days=1)
    cast.lucie.agent.save()
    codes.send(FIRST, sophie, browser=HERE)
    [letter] = letters()
    assert letter.kind == "authentication.invitation_over"
