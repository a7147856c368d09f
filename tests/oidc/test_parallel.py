"""Several requests at the same instant, on PostgreSQL. (On SQLite: `test_journey_of_bip`, between real processes.)"""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client as Browser

from convergences.audit.services import SYSTEM
from convergences.foundations import clock
from convergences.protocols.oidc.errors import InvalidClientMetadata
from convergences.protocols.oidc.models import Client, Grant, RefreshToken
from convergences.protocols.oidc.services import clients, proofs, published
from tests.cast import build_cast, signed_in
from tests.oidc.publishing import replace_the_web
from tests.oidc.relying import SECRET, Relying, define, encoded, entitle

THREADS = 8
on_postgresql = pytest.mark.skipif(
    "postgresql" not in settings.DATABASES["default"]["ENGINE"], reason="SQLite in memory is one connection"
)
pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True), on_postgresql]


@pytest.fixture
def staged() -> tuple[Relying, Browser]:
    """BIP and Claire, in tables that every thread sees."""
    cast = build_cast()
    entitle(cast.claire, cast.bip)
    return Relying(define(cast.bip)), signed_in(cast.claire.agent)


def at_once(bip: Relying, act: Callable[[Relying], Any], threads: int = THREADS) -> list[Any]:
    def work(_number: int) -> Any:
        try:
            return act(Relying(bip.client, SECRET, machine=Browser()))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, range(threads)))


def test_of_exchanges_at_the_same_instant_one_wins_and_is_revoked(staged: tuple[Relying, Browser]) -> None:
    """RFC 6749, 4.1.2: "The client MUST NOT use the authorization code more than once."""
    bip, claire = staged
    code = bip.code(claire)
    answers = at_once(bip, lambda each: each.exchange(code))
    assert sorted(answer.status_code for answer in answers) == [200, *[400] * (THREADS - 1)]
    assert Grant.objects.get().revoke_reason == "oidc.code_replayed"


def test_of_refreshes_at_the_same_instant_one_successor_is_written(staged: tuple[Relying, Browser]) -> None:
    bip, claire = staged
    token = bip.tokens(claire)["refresh_token"]
    answers = at_once(bip, lambda each: each.refresh(token), threads=3)
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    assert RefreshToken.objects.count() == 2


def test_a_flood_at_the_same_instant_ends_the_family(staged: tuple[Relying, Browser]) -> None:
    bip, claire = staged
    token = bip.tokens(claire)["refresh_token"]
    answers = at_once(bip, lambda each: each.refresh(token))
    assert sorted(answer.status_code for answer in answers) == [200] * 4 + [400] * (THREADS - 4)
    assert Grant.objects.get().revoke_reason == "oidc.refresh_reused"


def test_two_tabs_that_enter_at_once_are_one_visit(staged: tuple[Relying, Browser]) -> None:
    from convergences.admission.models import Visit

    bip, claire = staged
    cookies = claire.cookies

    def enters(each: Relying) -> str:
        browser = Browser()
        browser.cookies = cookies
        return each.code(browser)

    assert len(set(at_once(bip, enters, threads=4))) == 4
    assert Visit.objects.count() == 1


def test_of_proofs_shown_at_the_same_instant_one_is_good(staged: tuple[Relying, Browser]) -> None:
    """RFC 7523, section 3, and RFC 9449, section 11.1: used once, whichever process reads it."""
    until = clock.now() + dt.timedelta(minutes=1)
    answers = at_once(staged[0], lambda _each: proofs.use_once("dpop", "a key", "a name", until=until))
    assert sorted(answers) == [*[False] * (THREADS - 1), True]


def test_of_processes_that_want_published_keys_at_once_one_reads_them(
    staged: tuple[Relying, Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood of tokens is not a flood at the application."""
    web = replace_the_web(monkeypatch)
    web.pages["https://bip.example/keys"] = {"keys": []}
    at_once(staged[0], lambda _each: published.keys("https://bip.example/keys", again=True))
    assert web.read == ["https://bip.example/keys"]


def test_of_engineers_who_add_a_secret_at_once_one_does(staged: tuple[Relying, Browser]) -> None:
    def add(_each: Relying) -> bool:
        try:
            return bool(clients.add_secret(Client.objects.get(), actor=SYSTEM))
        except InvalidClientMetadata:
            return False

    assert sum(at_once(staged[0], add)) == 1
    assert len(Client.objects.get().secret_digests) == 2


def test_of_browsers_that_bring_a_pushed_request_at_once_one_enters(staged: tuple[Relying, Browser]) -> None:
    """RFC 9126, section 7.3: one-time use."""
    bip, claire = staged
    form, headers = encoded(bip.request()), {"Authorization": bip.basic()}
    kept = bip.machine.post("/oauth/par", form, content_type="application/x-www-form-urlencoded", headers=headers)
    asked = {"client_id": "bip", "request_uri": kept.json()["request_uri"]}

    def bring(each: Relying) -> bool:
        each.machine.cookies = claire.cookies
        answer = each.machine.get("/oauth/authorize", asked)
        return answer.has_header("Location") and "code=" in answer["Location"]

    assert sum(at_once(bip, bring)) == 1
