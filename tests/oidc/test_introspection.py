"""RFC 7662: whether a token is good at this instant, told to the client that it was given to and to nobody else."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from convergences.authentication.models import Session
from convergences.catalog.models import Application, Status
from convergences.directory.models import AgentState
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from tests.cast import Cast
from tests.oidc.relying import ISSUER, Relying, define, encoded, entitle

pytestmark = pytest.mark.database


def asked(client: Relying, *, header: bool = True, **form: str) -> HttpResponse:
    headers = {"Authorization": client.basic()} if header else {}
    response: HttpResponse = client.machine.post(
        "/oauth/introspect", encoded(form), content_type="application/x-www-form-urlencoded", headers=headers
    )
    return response


def told(client: Relying, token: str) -> dict[str, Any]:
    response = asked(client, token=token)
    assert response.status_code == 200
    content: dict[str, Any] = response.json()  # type: ignore[attr-defined]
    return content


def test_a_stranger_is_told_nothing(bip: Relying, claire: Browser) -> None:
    """2.1: "To prevent token scanning attacks, the endpoint MUST also require some form of authorization"."""
    token = bip.tokens(claire)["access_token"]
    for response in (asked(bip, header=False, token=token), asked(bip, header=False, token=token, client_id="bip")):
        assert response.status_code == 401
        assert response.json()["error"] == "invalid_client"  # type: ignore[attr-defined]


def test_a_public_client_is_told_nothing(cast: Cast, claire: Browser) -> None:
    """4: "the authorization server MUST require authentication of protected resources"."""
    entitle(cast.claire, cast.bip)
    bip = Relying(define(cast.bip, token_endpoint_auth_method="none", client_secret=None))
    token = bip.tokens(claire)["access_token"]
    response = asked(bip, header=False, token=token, client_id="bip")
    assert response.status_code == 401


def test_the_token_of_another_client_is_dead_to_this_one(bip: Relying, rival: Relying, claire: Browser) -> None:
    """2.2: "If the … protected resource is not allowed to introspect this particular token", active is false."""
    given = bip.tokens(claire)
    for name in ("access_token", "refresh_token"):
        assert told(rival, given[name]) == {"active": False}
        assert told(bip, given[name])["active"] is True


@pytest.mark.parametrize("token", ["unknown", "x" * 4000, "é", "\x00", " "])
def test_an_unknown_token_is_dead_without_a_reason(bip: Relying, token: str) -> None:
    """2.2: "the authorization server SHOULD NOT include any additional information about an inactive token"."""
    assert told(bip, token) == {"active": False}


def test_no_token_is_an_error(bip: Relying) -> None:
    assert asked(bip).json()["error"] == "invalid_request"  # type: ignore[attr-defined]
    assert bip.machine.get("/oauth/introspect").status_code == 405


def _remove_the_right(_cast: Cast) -> None:
    Entitlement.objects.update(closed_at=clock.now())


def _suspend_the_agent(cast: Cast) -> None:
    cast.claire.agent.state = AgentState.SUSPENDED
    cast.claire.agent.save()


def _suspend_the_membership(cast: Cast) -> None:
    cast.claire.suspended_at = clock.now()
    cast.claire.save()


def _end_the_session(_cast: Cast) -> None:
    Session.objects.update(ended_at=clock.now())


def _close_the_application(_cast: Cast) -> None:
    Application.objects.update(status=Status.CLOSED)


@pytest.mark.parametrize(
    "end", [_remove_the_right, _suspend_the_agent, _suspend_the_membership, _end_the_session, _close_the_application]
)
def test_a_token_is_dead_the_moment_its_right_is(bip: Relying, cast: Cast, claire: Browser, end: Any) -> None:
    given = bip.tokens(claire)
    assert told(bip, given["access_token"])["active"] is True
    end(cast)
    assert told(bip, given["access_token"]) == told(bip, given["refresh_token"]) == {"active": False}


def test_a_token_is_dead_when_its_time_has_come(bip: Relying, claire: Browser) -> None:
    token = bip.tokens(claire)["access_token"]
    with time_machine.travel(clock.now() + dt.timedelta(minutes=10), tick=False):
        assert told(bip, token) == {"active": False}


def test_a_replaced_refresh_token_and_a_revoked_family_are_dead(bip: Relying, claire: Browser) -> None:
    first = bip.tokens(claire)
    second = bip.refresh(first["refresh_token"]).json()
    assert told(bip, first["refresh_token"]) == {"active": False}
    assert told(bip, second["refresh_token"])["active"] is True
    form = encoded({"token": second["refresh_token"]})
    kind = "application/x-www-form-urlencoded"
    bip.machine.post("/oauth/revoke", form, content_type=kind, headers={"Authorization": bip.basic()})
    for dead in (first["access_token"], second["access_token"], second["refresh_token"]):
        assert told(bip, dead) == {"active": False}


def test_a_living_token_is_described(bip: Relying, cast: Cast, claire: Browser) -> None:
    """2.2: active, scope, client_id, token_type, exp, iat, sub, aud, iss."""
    token = bip.tokens(claire, scope="openid email")["access_token"]
    response = asked(bip, token=token, token_type_hint="refresh_token")
    described = response.json()  # type: ignore[attr-defined]
    assert described.pop("exp") - described.pop("iat") == 600
    assert described == {
        "active": True,
        "iss": ISSUER,
        "client_id": "bip",
        "aud": "bip",
        "scope": "openid email",
        "token_type": "Bearer",
        "sub": cast.claire.agent.subject,
    }
    assert response["Cache-Control"] == "no-store"


def test_what_it_asks_of_the_database(bip: Relying, claire: Browser) -> None:
    given = bip.tokens(claire)
    counts = []
    for token in (given["access_token"], given["refresh_token"], "unknown"):
        with CaptureQueriesContext(connection) as captured:
            told(bip, token)
        counts.append(len(captured))
    assert counts == [2, 3, 3]
