"""A server that asks lets in who made the second step, and no other; browsers are led to it, scripts are told no."""

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from convergences.authentication.models import RememberedDevice, Session
from convergences.catalog.models import Application
from convergences.foundations import clock
from tests.cast import Cast, strengthen
from tests.forward_auth.serving import PAGE, Surfer, define, header
from tests.forward_auth.test_check import statement
from tests.oidc.dispatched import Sent
from tests.oidc.relying import entitle

pytestmark = pytest.mark.database
SCRIPT = {"Accept": "application/json", "Sec-Fetch-Mode": "cors"}


@pytest.fixture
def snapi(cast: Cast) -> Application:
    """BIP, which is behind a web server here, and asks for a second factor."""
    entitle(cast.claire, cast.bip, "reader")
    define(cast.bip)
    Application.objects.filter(pk=cast.bip.pk).update(assurance="second_factor")
    return cast.bip


def step_up(answer: Sent) -> str:
    """The address that the page of the second step leads back to."""
    address = urlsplit(header(answer, "Location"))
    assert (answer.code, address.path) == (303, "/verification")
    assert parse_qs(address.query)["application"] == ["bip"]
    return parse_qs(address.query)["next"][0]


def at_the_portal(claire: Surfer) -> Sent:
    """What the portal answers to a browser that the application's server sends it."""
    start = claire.ask(header(claire.check(PAGE), "X-Gate-Start"))
    return claire.ask(header(start, "Location"))


def weaken() -> None:
    Session.objects.update(second_factor_at=None, level="eidas1", factors=["pwd"], remembered_device=None)


def test_the_agent_makes_the_second_step_and_comes_to_the_deep_address(
    snapi: Application, cast: Cast, claire: Surfer
) -> None:
    back = step_up(at_the_portal(claire))
    assert back.startswith("/gate/start?")
    strengthen(cast.claire.agent)
    arrival = header(claire.ask(f"http://testserver{back}"), "Location")
    assert header(claire.ask(arrival), "Location") == PAGE
    assert claire.check(PAGE).code == 200


def test_the_application_is_told_what_was_proved_as_soon_as_it_is(
    snapi: Application, cast: Cast, claire: Surfer
) -> None:
    Application.objects.filter(pk=snapi.pk).update(assurance="password")
    before = claire.enter()
    strengthen(cast.claire.agent)
    after = claire.check(PAGE)
    assert [header(answer, "Remote-Acr") for answer in (before, after)] == ["eidas1", "eidas2"]
    assert [header(answer, "Remote-Amr") for answer in (before, after)] == ["pwd", "pwd,otp,mfa"]
    said = statement(after)[1]
    assert (said["acr"], said["amr"]) == ("eidas2", ["pwd", "otp", "mfa"])


def test_going_straight_back_gives_no_code(snapi: Application, claire: Surfer) -> None:
    """The attack: the second step is skipped."""
    back = step_up(at_the_portal(claire))
    assert step_up(claire.ask(f"http://testserver{back}")) == back


def test_a_script_is_told_no_and_led_nowhere(snapi: Application, cast: Cast, claire: Surfer) -> None:
    strengthen(cast.claire.agent)
    assert claire.enter().code == 200
    weaken()
    answer = claire.check(PAGE, **SCRIPT)
    assert (answer.code, header(answer, "Location")) == (403, "")
    assert parse_qs(urlsplit(header(claire.check(PAGE), "Location")).query)["rd"] == [PAGE]


def test_a_device_that_is_no_longer_trusted_closes_at_the_next_request(
    snapi: Application, cast: Cast, claire: Surfer
) -> None:
    now = clock.now()
    device = RememberedDevice.objects.create(
        agent=cast.claire.agent, token_digest="d", created_at=now, last_used_at=now, expires_at=now + dt.timedelta(1)
    )
    Session.objects.update(remembered_device=device)
    assert claire.enter().code == 200
    weaken()
    assert claire.check(PAGE).code == 403


def test_a_proof_of_five_minutes_and_a_second_ago_opens_nothing(snapi: Application, cast: Cast, claire: Surfer) -> None:
    Application.objects.update(assurance="fresh_second_factor")
    strengthen(cast.claire.agent)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=5, seconds=1)):
        assert step_up(at_the_portal(claire))
