"""The same code brought several times at the same instant, on PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connections

from convergences.catalog.models import Application
from convergences.protocols.forward_auth.models import Pass
from tests.cast import application, build_cast
from tests.forward_auth.conftest import surfer
from tests.forward_auth.serving import PAGE, Surfer, define, header
from tests.home.rights import give

THREADS = 8
on_postgresql = pytest.mark.skipif(
    "postgresql" not in settings.DATABASES["default"]["ENGINE"], reason="SQLite in memory is one connection"
)
pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True), on_postgresql]


@pytest.fixture
def staged() -> Surfer:
    """SNAPI-CAP and Claire's browser, in tables that every thread sees."""
    cast = build_cast()
    made: Application = application("snapi-cap", "SNAPI-CAP", [("reader", "Consulter")], protocol="gate")
    give(cast.claire, made)
    define(made)
    return surfer(cast.claire.agent)


def test_of_one_code_brought_at_the_same_instant_one_wins(staged: Surfer) -> None:
    arrival = staged.arrival()
    jars = {host: dict(jar) for host, jar in staged.jars.items()}

    def bring(_number: int) -> str:
        try:
            return header(Surfer({host: dict(jar) for host, jar in jars.items()}).ask(arrival), "Location")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        led = list(pool.map(bring, range(THREADS)))
    assert sorted(led) == sorted([PAGE, *["http://testserver/gate/lost"] * (THREADS - 1)])
    assert Pass.objects.count() == 1
