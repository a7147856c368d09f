"""`/gate/check`: yes with who it is, 401 with where to go, 403; each answer is of this instant."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError
from joserfc import jwt
from joserfc.jwk import KeySet

from convergences.admission.leading import Leading
from convergences.admission.models import Visit
from convergences.admission.services import request_ends
from convergences.authentication.models import Session
from convergences.catalog.models import Application
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock, keys
from tests.cast import Cast
from tests.forward_auth.conftest import surfer
from tests.forward_auth.serving import PAGE, PROXY, SNAPI, STRANGER, Surfer, header
from tests.oidc.dispatched import Request, Sent, is_lean, same

pytestmark = pytest.mark.database


def told(answer: Sent) -> dict[str, str]:
    """Return what the application is told."""
    return {name: value for name, value in answer.headers if name.startswith("remote-")}


def statement(answer: Sent) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the signed statement, verified by the published keys: its header, its claims."""
    token = jwt.decode(header(answer, "Remote-Token"), KeySet.import_key_set(keys.published_jwks()), ["ES256"])
    return token.header, token.claims


def test_who_enters_is_told_to_the_application(snapi: Application, claire: Surfer, cast: Cast) -> None:
    answer = claire.enter()
    assert answer.code == 200
    named = {name: value for name, value in told(answer).items() if name != "remote-token"}
    assert named == {
        "remote-user": cast.claire.agent.subject,
        "remote-email": "claire.nguyen@pantin.example",
        "remote-name": "Claire Nguyen",
        "remote-groups": "reader",
        "remote-organization": "Ville de Pantin",
        "remote-siret": "21930055500014",
        "remote-acr": "eidas1",
        "remote-amr": "pwd",
    }
    assert header(answer, "Cache-Control") == "no-store"


def test_the_statement_is_signed_short_and_for_this_application(snapi: Application, claire: Surfer) -> None:
    head, said = statement(claire.enter())
    assert (head["typ"], said["aud"], said["iss"]) == ("gate+jwt", "snapi-cap", "http://testserver")
    assert said["exp"] - said["iat"] <= 60
    assert (said["email"], said["roles"]) == ("claire.nguyen@pantin.example", ["reader"])


def test_nothing_leaves_that_is_not_on_the_sheet(snapi: Application, claire: Surfer) -> None:
    Application.objects.filter(pk=snapi.pk).update(attributes=["roles"])
    answer = claire.enter()
    assert [name for name, value in told(answer).items() if value] == [
        "remote-acr",
        "remote-amr",
        "remote-groups",
        "remote-token",
        "remote-user",
    ]
    assert set(statement(answer)[1]) == {"aud", "sub", "acr", "amr", "roles", "iss", "iat", "exp"}


def test_a_statement_is_signed_once_for_a_while_and_again_when_it_says_otherwise(
    snapi: Application, claire: Surfer
) -> None:
    first = header(claire.enter(), "Remote-Token")
    assert header(claire.check(PAGE), "Remote-Token") == first
    Entitlement.objects.update(roles=["manager"])
    answer = claire.check(PAGE)
    assert (header(answer, "Remote-Groups"), statement(answer)[1]["roles"]) == ("manager", ["manager"])
    second = header(answer, "Remote-Token")
    with time_machine.travel(clock.now() + dt.timedelta(seconds=30)):
        assert header(claire.check(PAGE), "Remote-Token") != second


def test_a_value_is_ascii_whatever_the_name(snapi: Application, claire: Surfer, cast: Cast) -> None:
    cast.claire.agent.given_name = "Zoé\r\nRemote-Groups: manager, 100 %"
    cast.claire.agent.save()
    answer = claire.enter()
    assert header(answer, "Remote-Name") == "Zo%C3%A9%0D%0ARemote-Groups: manager, 100 %25 Nguyen"
    assert header(answer, "Remote-Groups") == "reader"


def test_a_stranger_is_told_where_to_sign_in(snapi: Application) -> None:
    answer = Surfer().check(PAGE)
    assert answer.code == 401
    start = f"http://{SNAPI}/gate/start?rd=http%3A%2F%2Fsnapi.example%2Fdossiers%2F12%3Fonglet%3Dpaie"
    assert header(answer, "Location") == header(answer, "X-Gate-Start") == start
    assert f'content="0;url={start}"' in answer.body.decode()
    assert header(answer, "WWW-Authenticate")


SCRIPTS = [
    {"Accept": "application/json"},
    {"X_Requested_With": "XMLHttpRequest"},
    {"HX_Request": "true"},
    {"Sec_Fetch_Mode": "cors"},
    {"method": "POST"},
    {"method": "PUT"},
    {"method": ""},
]


@pytest.mark.parametrize("said", SCRIPTS)
def test_what_would_be_lost_in_a_redirect_is_answered_401_alone(snapi: Application, said: dict[str, str]) -> None:
    answer = Surfer().check(PAGE, **said)
    assert answer.code == 401
    assert answer.body.decode().startswith("Vous n’êtes plus connecté. Rien n’a été envoyé")
    assert not header(answer, "Location") + header(answer, "X-Gate-Start")


def test_a_page_of_a_long_address_opens(snapi: Application, claire: Surfer) -> None:
    """A table that a script draws asks by addresses of some thousands of signs; web servers let eight thousand by."""
    long = f"http://{SNAPI}/dossiers?{'columns%5B0%5D=a&' * 300}"
    assert claire.enter().code == 200
    assert claire.check(long, Sec_Fetch_Mode="cors").code == 200
    stranger = Surfer().check(long)
    assert stranger.code == 401
    assert header(stranger, "X-Gate-Start").endswith(f"rd=http%3A%2F%2F{SNAPI}%2Fdossiers")
    assert Surfer().check(f"http://{SNAPI}/?{'a' * 9000}").code == 403


def test_who_comes_by_a_long_address_enters(snapi: Application, claire: Surfer) -> None:
    answer = claire.ask(header(claire.check(f"http://{SNAPI}/{'a' * 2000}?b=1"), "X-Gate-Start"))
    arrived = claire.ask(header(claire.ask(header(answer, "Location")), "Location"))
    assert header(arrived, "Location") == f"http://{SNAPI}/"


def test_a_removed_right_is_refused_at_the_next_request(snapi: Application, claire: Surfer) -> None:
    assert claire.enter().code == 200
    Entitlement.objects.all().delete()
    answer = claire.check(PAGE)
    assert answer.code == 403
    assert not told(answer)
    page = claire.enter()
    assert page.code == 403
    assert "Nadia Ferhat" in page.body.decode()


def test_a_sign_out_is_felt_at_the_next_request(snapi: Application, claire: Surfer) -> None:
    claire.enter()
    Session.objects.update(ended_at=clock.now())
    assert claire.check(PAGE).code == 401


def test_an_agent_without_the_right_never_gets_in(snapi: Application, cast: Cast) -> None:
    page = surfer(cast.moussa.agent).enter()
    assert page.code == 403
    assert "Nadia Ferhat" in page.body.decode()


def test_use_keeps_the_session_awake_but_not_beyond_its_day(snapi: Application, claire: Surfer) -> None:
    start = clock.now()
    claire.enter()
    for minutes in range(50, 601, 50):
        with time_machine.travel(start + dt.timedelta(minutes=minutes)):
            code = claire.check(PAGE).code
        assert code == (200 if minutes < 600 else 401), minutes


def test_trouble_is_503_and_opens_nothing(snapi: Application, claire: Surfer, monkeypatch: pytest.MonkeyPatch) -> None:
    claire.enter()

    def breaks(*_given: object, **_named: object) -> None:
        raise DatabaseError("gone")

    monkeypatch.setattr(Leading, "all", breaks)
    answer = claire.check(PAGE)
    assert (answer.code, told(answer)) == (503, {})


def test_django_answers_as_the_dispatcher_does(snapi: Application, claire: Surfer) -> None:
    claire.enter()
    pages = {"X-Original-URL": PAGE, "X-Original-Method": "GET", "Accept": "text/html"}
    inside = {**pages, "Cookie": f"gate={claire.cookies(SNAPI)['gate']}"}
    for headers, peer, code in ((inside, PROXY, 200), (pages, PROXY, 401), (inside, STRANGER, 403)):
        request = Request("/gate/check", headers=headers, server={"REMOTE_ADDR": peer})
        assert is_lean(request)
        assert same(request).code == code
    assert claire.check(PAGE, Origin=f"http://{SNAPI}").code == 200  # Django's alone


def test_the_end_of_a_visit_is_written_as_known_at_once(snapi: Application, claire: Surfer) -> None:
    """There is nobody to tell: the page after a sign-out says that the application is closed, and it is."""
    claire.enter()
    Entitlement.objects.all().delete()
    assert request_ends(clock.now()) == 1
    visit = Visit.objects.get()
    assert visit.ended_at == visit.told_at == visit.end_requested_at
    assert visit.end_reason == "not_entitled"
