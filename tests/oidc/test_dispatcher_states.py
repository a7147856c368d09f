"""The hot answers are those of the views, to the byte, whatever the state of what they speak of."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client as Browser

from convergences.admission.models import Visit
from convergences.authentication.models import Session
from convergences.catalog.models import Application, Assurance, Opening, Status, Subscription
from convergences.directory.models import Agent, AgentState, Membership, Organization, Photo
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock, keys
from convergences.protocols.oidc.models import AccessToken, Client, Grant
from tests.cast import Cast
from tests.oidc.dispatched import Request, Sent, is_lean, same
from tests.oidc.relying import Relying, define, encoded, entitle

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("kept_connection")]

PAST = dt.datetime(2020, 1, 2, tzinfo=dt.UTC)
YESTERDAY = dt.date(2020, 1, 2)
State = Callable[[], Any]
DEAD: dict[str, State] = {
    "right removed": lambda: Entitlement.objects.update(closed_at=PAST),
    "right over": lambda: Entitlement.objects.update(ends_on=YESTERDAY),
    "right to come": lambda: Entitlement.objects.update(starts_on=dt.date(2990, 1, 1)),
    "agent suspended": lambda: Agent.objects.update(state=AgentState.SUSPENDED),
    "agent deleted": lambda: Agent.objects.update(state=AgentState.DELETED),
    "membership closed": lambda: Membership.objects.update(closed_at=PAST),
    "membership suspended": lambda: Membership.objects.update(suspended_at=PAST),
    "membership not accepted": lambda: Membership.objects.update(confirmed_at=None),
    "membership over": lambda: Membership.objects.update(ends_on=YESTERDAY),
    "employer gone": lambda: Organization.objects.update(active=False),
    "not subscribed": lambda: Application.objects.update(affiliations=[]),
    "application closed": lambda: Application.objects.update(status=Status.CLOSED),
    "application on trial": lambda: Application.objects.update(status=Status.PILOT),
    "application to come": lambda: Application.objects.update(opens_on=dt.date(2990, 1, 1)),
    "wave to come": lambda: Opening.objects.create(
        application=Application.objects.get(slug="bip"),
        organization=Organization.objects.get(key="pantin"),
        opens_on=dt.date(2990, 1, 1),
    ),
    "no seat": lambda: Subscription.objects.create(
        application=Application.objects.get(slug="bip"),
        organization=Organization.objects.get(key="pantin"),
        starts_on=YESTERDAY,
        seats=1,
    ),
    "second factor asked": lambda: Application.objects.update(assurance=Assurance.SECOND_FACTOR),
    "visit ended": lambda: Visit.objects.update(end_requested_at=PAST, end_reason="not_entitled"),
    "grant revoked": lambda: Grant.objects.update(revoked_at=PAST),
    "token over": lambda: AccessToken.objects.update(expires_at=PAST),
}
ONLY_THE_SESSION: dict[str, State] = {
    "signed out": lambda: Session.objects.update(ended_at=PAST),
    "idle": lambda: Session.objects.update(idle_at=PAST),
    "ten hours": lambda: Session.objects.update(expires_at=PAST),
    "told": lambda: (
        Session.objects.update(ended_at=PAST),
        Visit.objects.update(end_requested_at=PAST, end_reason="session_over"),
    ),
}
ALIVE: dict[str, State] = {
    "nothing": lambda: None,
    "last day": lambda: Entitlement.objects.update(ends_on=clock.today()),
    "a seat": lambda: (DEAD["no seat"](), Entitlement.objects.update(seat=1)),
    "other roles": lambda: Entitlement.objects.update(roles=["manager", "reader"]),
    "no role": lambda: Entitlement.objects.update(roles=[]),
    "address not proved": lambda: Agent.objects.update(address_changed_at=PAST),
    "no address": lambda: Agent.objects.filter(given_name="Claire").update(email=None),
    "accents": lambda: Agent.objects.update(family_name="L’Hôte-Çelik « 王 »"),
    "empty sheet": lambda: Application.objects.update(attributes=[]),
    "whole sheet": lambda: Application.objects.update(
        attributes=["name", "family_name", "email", "organizational_unit", "siret", "phone_number", "picture", "roles"]
    ),
}
EVERY = {**DEAD, **ONLY_THE_SESSION, **ALIVE}


def userinfo(token: str) -> Request:
    return Request("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})


def introspect(client: Relying, token: str) -> Request:
    body = encoded({"token": token}).encode()
    return Request("/oauth/introspect", "POST", body, headers={"Authorization": client.basic()})


def holds(told: Sent, described: Sent, *, alive: bool) -> None:
    """Both endpoints answer, each on its own, what the state calls for."""
    assert told.code == (200 if alive else 401)
    assert (b'"active": true' in described.body) is alive
    assert described.code == 200


@pytest.mark.parametrize("state", EVERY)
def test_a_token_of_a_session(bip: Relying, claire: Browser, state: str) -> None:
    given = bip.tokens(claire)
    EVERY[state]()
    token = given["access_token"]
    holds(same(userinfo(token)), same(introspect(bip, token)), alive=state in ALIVE)
    same(introspect(bip, given["refresh_token"]))
    assert is_lean(userinfo(token))
    assert is_lean(introspect(bip, token))


@pytest.mark.parametrize("state", EVERY)
def test_a_token_that_outlives_its_session(bip: Relying, claire: Browser, state: str) -> None:
    """OpenID Connect Core, section 11: the session's end ends nothing; the right's ends all."""
    given = bip.tokens(claire, scope="openid profile email offline_access")
    EVERY[state]()
    alive = state in ALIVE or state in ONLY_THE_SESSION
    token = given["access_token"]
    holds(same(userinfo(token)), same(introspect(bip, token)), alive=alive)
    same(introspect(bip, given["refresh_token"]))


def test_a_second_membership_is_another_life(bip: Relying, cast: Cast, claire: Browser) -> None:
    token = bip.tokens(claire, scope="openid profile email offline_access")["access_token"]
    Session.objects.update(ended_at=PAST)
    Membership.objects.filter(pk=cast.claire.pk).update(closed_at=PAST)
    Entitlement.objects.update(closed_at=PAST)
    cast.claire.pk, cast.claire.uid = None, "5e7f2f6e-0000-4000-8000-000000000001"
    cast.claire.save(force_insert=True)
    entitle(cast.claire, cast.bip)
    holds(same(userinfo(token)), same(introspect(bip, token)), alive=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"subject_type": "pairwise", "redirect_uris": ["https://bip.example/callback"]},
        {"userinfo_signed_response_alg": "ES256"},
        {"token_endpoint_auth_method": "none", "client_secret": None},
        {"token_endpoint_auth_method": "client_secret_post"},
        {"scope": "openid phone given_name organizational_unit siret"},
    ],
)
def test_each_kind_of_client(cast: Cast, claire: Browser, changes: dict[str, Any]) -> None:
    entitle(cast.claire, cast.bip)
    bip = Relying(define(cast.bip, **{"token_endpoint_auth_method": "client_secret_basic", **changes}))
    posted = changes.get("token_endpoint_auth_method") == "client_secret_post"
    Client.objects.update(
        token_endpoint_auth_method="client_secret_basic" if posted else bip.client.token_endpoint_auth_method
    )
    token = bip.tokens(claire, scope="openid profile phone siret")["access_token"]
    Client.objects.update(token_endpoint_auth_method=bip.client.token_endpoint_auth_method)
    with time_machine.travel(clock.now(), tick=False):  # ES256 is never twice the same
        request = userinfo(token)
        assert is_lean(request) is ("userinfo_signed_response_alg" not in changes)
        if is_lean(request):
            assert same(request).code == 200
        same(introspect(bip, token))
        body = encoded({"token": token, "client_id": "bip", "client_secret": bip.secret}).encode()
        same(Request("/oauth/introspect", "POST", body))


def test_claims_asked_for_one_by_one_and_a_photo(bip: Relying, cast: Cast, claire: Browser) -> None:
    cast.bip.attributes = ["email", "picture", "given_name"]
    cast.bip.save()
    Photo.objects.create(agent=cast.claire.agent, file="photos/x.webp", updated_at=clock.now())
    wish = '{"userinfo": {"email": null, "picture": {"essential": true}}}'
    told = same(userinfo(bip.tokens(claire, scope="openid", claims=wish)["access_token"]))
    assert b"/annuaire/photos/" in told.body
    assert b"claire.nguyen@pantin.example" in told.body
    assert b"Claire" not in told.body


def test_the_token_of_another_client(bip: Relying, rival: Relying, claire: Browser) -> None:
    given = bip.tokens(claire)
    for name in ("access_token", "refresh_token"):
        assert same(introspect(rival, given[name])).body == b'{"active": false}'


def test_what_the_lean_answers_ask_of_the_database(bip: Relying, claire: Browser) -> None:
    """Constant, reading only: a GET that wrote would not be refused here by `reads_do_not_write`."""
    token = bip.tokens(claire)["access_token"]
    same(introspect(bip, token))
    keys.published_jwks()  # read once a minute per process
    counts = []
    for request in (userinfo(token), introspect(bip, token), Request("/oauth/jwks"), userinfo("unknown")):
        said: list[str] = []
        with connection.execute_wrapper(listening(said)):
            assert is_lean(request)
        assert all(statement.lstrip().startswith("SELECT") for statement in said)
        counts.append(len(said))
    assert counts == [1, 2, 0, 1]


def listening(said: list[str]) -> Callable[..., Any]:
    def wrapper(execute: Any, sql: str, *rest: Any) -> Any:
        said.append(sql)
        return execute(sql, *rest)

    return wrapper
