"""What each machine's endpoint asks of the database: a number that nothing may raise unseen."""

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from convergences.foundations import keys
from tests.cast import Cast, member
from tests.oidc.holding import Holder
from tests.oidc.relying import Relying, define, entitle

pytestmark = pytest.mark.database


def counted(captured: CaptureQueriesContext) -> list[str]:
    control = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(control)]


def crowd(cast: Cast) -> None:
    for number in range(30):
        entitle(member(cast.pantin, f"Agent Nombre{number}"), cast.bip)


@pytest.mark.parametrize("crowded", [False, True])
def test_each_endpoint_asks_the_same_whatever_the_crowd(
    bip: Relying, cast: Cast, claire: Browser, *, crowded: bool
) -> None:
    if crowded:
        crowd(cast)
    bip.tokens(claire)
    keys.published_jwks()  # read once a minute per process
    with CaptureQueriesContext(connection) as authorize:
        code = bip.code(claire)
    with CaptureQueriesContext(connection) as token:
        given = bip.exchange(code).json()
    with CaptureQueriesContext(connection) as userinfo:
        bip.userinfo(given["access_token"])
    with CaptureQueriesContext(connection) as refresh:
        bip.refresh(given["refresh_token"])
    with CaptureQueriesContext(connection) as refused:
        bip.userinfo("unknown")
    counts = [len(counted(each)) for each in (authorize, token, userinfo, refresh, refused)]
    assert counts == [5, 7, 1, 6, 1]


def test_discovery_and_keys_ask_nothing(bip: Relying, claire: Browser) -> None:
    bip.machine.get("/oauth/jwks")
    with CaptureQueriesContext(connection) as captured:
        bip.machine.get("/.well-known/openid-configuration")
        bip.machine.get("/oauth/jwks")
    assert counted(captured) == []


def test_a_machine_and_a_proof_cost_what_they_write(cast: Cast, claire: Browser) -> None:
    entitle(cast.claire, cast.bip)
    grants = ["authorization_code", "client_credentials"]
    bip = Relying(define(cast.bip, grant_types=grants, scope="openid payroll.read"))
    holder = Holder(bip)
    token = holder.exchange(claire)["access_token"]
    with CaptureQueriesContext(connection) as machine:
        assert bip.token(grant_type="client_credentials").status_code == 200
    with CaptureQueriesContext(connection) as userinfo:
        assert holder.userinfo(token).status_code == 200
    with CaptureQueriesContext(connection) as refused:
        assert holder.userinfo(token, nonce="wrong").status_code == 401
    assert [len(counted(each)) for each in (machine, userinfo, refused)] == [2, 2, 0]
