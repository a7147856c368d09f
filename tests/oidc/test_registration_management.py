"""RFC 7592: a client reads, changes and removes itself, by its own token and no other."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from convergences.admission.models import Visit
from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.catalog.models import Application
from convergences.foundations.sealing import digest
from convergences.protocols.oidc.models import Client, Grant
from convergences.protocols.oidc.notices import back_channel
from convergences.protocols.oidc.services import registration
from tests.cast import Cast, build_cast, signed_in
from tests.oidc.registering import ADDRESS, HONEST, KEYS, allowed, post, put, registered, send, told
from tests.oidc.relying import Relying, define, entitle

pytestmark = [pytest.mark.database, pytest.mark.django_db]
on_postgresql = pytest.mark.skipif(
    "postgresql" not in settings.DATABASES["default"]["ENGINE"], reason="SQLite in memory is one connection"
)


@pytest.fixture
def bip_told(cast: Cast) -> dict[str, Any]:
    """What BIP was answered when it registered."""
    return registered(cast.bip)


@pytest.fixture
def rival_told(cast: Cast) -> dict[str, Any]:
    """What another application was answered."""
    return registered(cast.cotisations, redirect_uris=["https://rival.example/cb"])


def own(told_at_first: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Return the whole description that a client sends to change itself."""
    return {"client_id": told_at_first["client_id"], **HONEST, **changes}


def test_the_token_of_another_client_is_as_good_as_none(
    bip_told: dict[str, Any], rival_told: dict[str, Any], cast: Cast
) -> None:
    address, stolen = bip_told["registration_client_uri"], rival_told["registration_access_token"]
    for method, body in (("get", b""), ("put", own(bip_told)), ("delete", b"")):
        for token in (stolen, "x" * 43, bip_told["client_secret"], digest(bip_told["registration_access_token"])):
            foreign, unknown = send(method, address, token, body), send(method, f"{ADDRESS}/nobody", token, body)
            assert foreign.status_code == unknown.status_code == 401
            assert foreign.content == unknown.content
            assert foreign["WWW-Authenticate"] == unknown["WWW-Authenticate"]
    assert Client.objects.count() == 2


def test_an_unknown_client_costs_what_a_wrong_token_costs(bip_told: dict[str, Any]) -> None:
    def cost(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            send("get", address, "x" * 43)
        return len(asked)

    assert cost(bip_told["registration_client_uri"]) == cost(f"{ADDRESS}/nobody")


def test_a_client_that_an_engineer_described_has_no_token(cast: Cast) -> None:
    define(cast.bip)
    for token in ("x", digest(""), "0" * 64):
        assert send("get", f"{ADDRESS}/bip", token).status_code == 401
    assert send("get", f"{ADDRESS}/bip", "").status_code == 401


def test_the_initial_token_manages_nothing(cast: Cast) -> None:
    initial = allowed(cast.bip)
    answer = told(post(initial, HONEST), 201)
    assert send("get", answer["registration_client_uri"], initial).status_code == 401
    assert post(answer["registration_access_token"], HONEST).status_code == 401


def test_reading_tells_what_holds_and_writes_nothing(bip_told: dict[str, Any]) -> None:
    """RFC 7592, 2.1. The secret is not told again: we keep its digest only."""
    before = Client.objects.values().get()
    answer = told(send("get", bip_told["registration_client_uri"], bip_told["registration_access_token"]), 200)
    assert answer == {name: value for name, value in bip_told.items() if name != "client_secret"}
    assert Client.objects.values().get() == before


def test_a_change_replaces_the_whole_and_the_token(bip_told: dict[str, Any]) -> None:
    """RFC 7592, 2.2: values "MUST replace, not augment"; what is left out is emptied."""
    address, token = bip_told["registration_client_uri"], bip_told["registration_access_token"]
    sent = own(bip_told, post_logout_redirect_uris=["https://bip.example/bye"], scope="openid")
    answer = told(put(token, address, sent), 200)
    assert (answer["scope"], answer["post_logout_redirect_uris"]) == ("openid", ["https://bip.example/bye"])
    assert send("get", address, token).status_code == 401
    token = answer["registration_access_token"]
    answer = told(
        put(token, address, {"client_id": bip_told["client_id"], "redirect_uris": HONEST["redirect_uris"]}), 200
    )
    assert "post_logout_redirect_uris" not in answer
    assert (answer["scope"], answer["grant_types"]) == ("openid profile email", ["authorization_code"])


def test_a_change_that_is_refused_changes_nothing_and_leaves_the_token(bip_told: dict[str, Any]) -> None:
    address, token = bip_told["registration_client_uri"], bip_told["registration_access_token"]
    before = Client.objects.values().get()
    for wrong in (
        {"client_id": "bip"},
        {"client_id": None},
        {"client_secret": "another-secret-of-more-than-24-signs"},
        {"client_secret": ["x"]},
        {"registration_access_token": token},
        {"registration_client_uri": address},
        {"client_secret_expires_at": 0},
        {"client_id_issued_at": 1},
        {"subject_type": "pairwise"},
        {"redirect_uris": ["https://bip.example/cb#x"]},
    ):
        told(put(token, address, own(bip_told, **wrong)), 400)
    assert Client.objects.values().get() == before
    told(send("get", address, token), 200)


def test_a_client_may_say_its_secret_and_keeps_it(bip_told: dict[str, Any]) -> None:
    sent = own(bip_told, client_secret=bip_told["client_secret"])
    answer = told(put(bip_told["registration_access_token"], bip_told["registration_client_uri"], sent), 200)
    assert "client_secret" not in answer
    assert Client.objects.get().secret_digests == [digest(bip_told["client_secret"])]


def test_a_secret_follows_the_method(bip_told: dict[str, Any]) -> None:
    address, token = bip_told["registration_client_uri"], bip_told["registration_access_token"]
    sent = own(bip_told, token_endpoint_auth_method="private_key_jwt", jwks=KEYS)
    answer = told(put(token, address, sent), 200)
    assert Client.objects.get().secret_digests == []
    answer = told(put(answer["registration_access_token"], address, own(bip_told)), 200)
    assert answer["client_secret"] != bip_told["client_secret"]
    assert Client.objects.get().secret_digests == [digest(answer["client_secret"])]


def test_what_an_engineer_forbids_ends_the_token_and_leaves_the_client(bip_told: dict[str, Any], cast: Cast) -> None:
    registration.forbid(cast.bip, actor=SYSTEM)
    answer = send("get", bip_told["registration_client_uri"], bip_told["registration_access_token"])
    assert answer.status_code == 401
    assert Client.objects.get().secret_digests


def test_removing_ends_all_that_was_given_and_leaves_the_application(bip_told: dict[str, Any], cast: Cast) -> None:
    """RFC 7592, 2.3: grants, codes and tokens are dead at once; the visits end by the worker, as elsewhere."""
    right = entitle(cast.claire, cast.bip)
    bip, claire = Relying(Client.objects.get(), secret=bip_told["client_secret"]), signed_in(cast.claire.agent)
    tokens, code = bip.tokens(claire), bip.code(claire)
    response = send("delete", bip_told["registration_client_uri"], bip_told["registration_access_token"])
    assert (response.status_code, response.content) == (204, b"")
    assert bip.userinfo(tokens["access_token"]).status_code == 401
    assert bip.refresh(tokens["refresh_token"]).status_code == bip.exchange(code).status_code == 401
    assert bip.authorize(claire).status_code == 400
    assert not Client.objects.exists()
    assert not Grant.objects.exists()
    assert (Visit.objects.get().end_reason, Visit.objects.get().ended_at) == ("client_removed", None)
    back_channel.tell_due()
    assert Visit.objects.get().ended_at is not None
    assert Application.objects.filter(pk=cast.bip.pk).exists()
    right.refresh_from_db()
    assert right.closed_at is None


def test_a_sign_out_that_a_removed_client_asks_for_is_only_confirmed(bip_told: dict[str, Any], cast: Cast) -> None:
    entitle(cast.claire, cast.bip)
    bip, claire = Relying(Client.objects.get(), secret=bip_told["client_secret"]), signed_in(cast.claire.agent)
    hint = bip.tokens(claire)["id_token"]
    send("delete", bip_told["registration_client_uri"], bip_told["registration_access_token"])
    asked = {"id_token_hint": hint, "post_logout_redirect_uri": "https://bip.example/bye"}
    assert claire.get("/oauth/logout", asked).status_code in {200, 400}
    assert claire.get("/annuaire/profil").status_code == 200


def test_a_client_that_goes_while_it_is_being_told_holds_nothing_up(bip_told: dict[str, Any], cast: Cast) -> None:
    """The worker has read who can be told; the client removes itself; the worker comes to it."""
    address = "https://bip.example/deconnexion"
    Client.objects.update(backchannel_logout_uri=address)
    entitle(cast.claire, cast.bip)
    Relying(Client.objects.get(), secret=bip_told["client_secret"]).tokens(signed_in(cast.claire.agent))
    send("delete", bip_told["registration_client_uri"], bip_told["registration_access_token"])
    assert back_channel.teller.prepare(cast.bip.pk, list(Visit.objects.all())) == []


def test_what_was_removed_cannot_be_removed_again_and_is_journaled(bip_told: dict[str, Any]) -> None:
    address, token = bip_told["registration_client_uri"], bip_told["registration_access_token"]
    assert [send("delete", address, token).status_code for _ in range(2)] == [204, 401]
    event = AuditEvent.objects.get(action="oidc.client_removed")
    assert (event.application, event.actor_label) == ("bip", "Application BIP")


def test_an_application_registers_anew_after_a_new_allowance_by_another_identifier(
    bip_told: dict[str, Any], cast: Cast
) -> None:
    send("delete", bip_told["registration_client_uri"], bip_told["registration_access_token"])
    assert registered(cast.bip)["client_id"] != bip_told["client_id"]


@pytest.mark.parametrize("method", ["post", "patch"])
def test_other_methods_are_refused(bip_told: dict[str, Any], method: str) -> None:
    address, token = bip_told["registration_client_uri"], bip_told["registration_access_token"]
    assert send(method, address, token, own(bip_told)).status_code == 405


def at_once(send_it: Any, threads: int = 8) -> list[int]:
    def work(_number: int) -> int:
        try:
            return int(send_it().status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return sorted(pool.map(work, range(threads)))


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_registrations_at_the_same_instant_one_wins() -> None:
    cast = build_cast()
    token = allowed(cast.bip)
    first, *others = at_once(lambda: post(token, HONEST))
    # 409 for one that read the token before the winner used it, and the client after.
    assert (first, len(others), set(others) <= {401, 409}) == (201, 7, True)
    assert Client.objects.count() == 1


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_of_changes_at_the_same_instant_one_wins() -> None:
    answer = registered(build_cast().bip)
    address, token = answer["registration_client_uri"], answer["registration_access_token"]
    assert at_once(lambda: put(token, address, own(answer, scope="openid"))) == [200, *[401] * 7]
