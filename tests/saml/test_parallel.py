"""The same request at the same instant, on PostgreSQL: one statement is given, one logout followed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client as Browser

from convergences.protocols.saml import names
from convergences.protocols.saml.models import SeenMessage, Statement
from tests.cast import build_cast, signed_in
from tests.home.rights import give
from tests.saml.forging import encoded
from tests.saml.leaving import SOAP, envelope, logout_request
from tests.saml.serving import Peer, address, answer_in, define, metadata, request, signed

THREADS = 6
on_postgresql = pytest.mark.skipif(
    "postgresql" not in settings.DATABASES["default"]["ENGINE"], reason="SQLite in memory is one connection"
)
pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True), on_postgresql]


@pytest.fixture
def staged() -> Peer:
    """The site and Claire, in tables that every thread sees."""
    cast = build_cast()
    give(cast.claire, cast.cotisations)
    define(cast.cotisations, metadata(logouts=[names.SOAP]))
    peer = Peer(browser=signed_in(cast.claire.agent))
    answer_in(peer.send())
    return peer


def at_once(act: Callable[[], Any]) -> list[Any]:
    def work(_number: int) -> Any:
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(THREADS)))


def test_a_request_is_answered_once(staged: Peer) -> None:
    ours = staged.browser.get(f"/saml/sso?{address(request(id='_once'))}")["Location"]
    cookies = staged.browser.cookies

    def follow() -> int:
        browser = Browser()
        browser.cookies = cookies
        return int(browser.get(ours).status_code)

    assert sorted(at_once(follow)) == [200, *[400] * (THREADS - 1)]
    assert Statement.objects.filter(request_id="_once").count() == 1


def test_a_logout_is_followed_once(staged: Peer) -> None:
    document = envelope(signed(logout_request(Statement.objects.get(), to=SOAP)))
    answers = at_once(lambda: Browser().post("/saml/slo/soap", document, content_type="text/xml").status_code)
    assert sorted(answers) == [200, *[400] * (THREADS - 1)]
    assert SeenMessage.objects.count() == 1


def test_two_requests_of_one_session_are_both_answered(staged: Peer) -> None:
    cookies = staged.browser.cookies

    def come() -> int:
        ours = Browser().post("/saml/sso", {"SAMLRequest": encoded(request())})["Location"]
        browser = Browser()
        browser.cookies = cookies
        return int(browser.get(ours).status_code)

    assert at_once(come) == [200] * THREADS
