"""What is asked at each entrance is answered before Django as by it."""

import datetime as dt
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings
from django.test import Client as Browser

from convergences.catalog.models import Application, Assurance
from convergences.foundations import clock
from convergences.project.wsgi import application
from tests.cas.serving import HOME, Peer
from tests.cast import Cast, strengthen
from tests.oidc.dispatched import Request, Sent, is_lean, same, sent

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("kept_connection")]


def login(browser: Browser | None, **parameters: str) -> Request:
    """Return what a browser sends, by its session or without any."""
    query = urlencode({"service": HOME, **parameters})
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value if browser else ""
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"} if cookie else {}
    return Request("/cas/login", query=query, headers=headers)


def shape(answer: Sent) -> tuple[str, list[str], int]:
    """Return what no lot draws: the status, the names of the headers, and where the browser is sent."""
    return answer.status, sorted(name for name, _value in answer.headers), len(answer.body)


@pytest.mark.parametrize(
    "parameters", [{}, {"gateway": "true"}, {"renew": "true"}, {"service": "https://evil.example/"}, {"method": "HEAD"}]
)
@pytest.mark.parametrize("known", [True, False])
def test_a_browser_is_answered_the_same(
    cotisations: Peer, claire: Browser, parameters: dict[str, str], known: bool
) -> None:
    request = login(claire if known else None, **parameters)
    assert is_lean(request) is (known and parameters in ({}, {"gateway": "true"}))
    with time_machine.travel(clock.now(), tick=False):
        assert shape(sent(application, request)) == shape(sent(application.django, request))


@pytest.mark.parametrize("path", ["serviceValidate", "p3/serviceValidate", "proxyValidate", "p3/proxyValidate"])
@pytest.mark.parametrize("query", ["", "ticket=1", f"ticket=1&service={HOME}", "ticket=1&ticket=2", "format=JSON"])
def test_a_machine_is_refused_the_same_to_the_byte(cotisations: Peer, path: str, query: str) -> None:
    request = Request(f"/cas/{path}", query=query)
    assert is_lean(request)
    assert b"authenticationFailure" in same(request).body


def test_a_ticket_is_answered_once_before_django_too(cotisations: Peer, claire: Browser) -> None:
    query = urlencode({"service": HOME, "ticket": cotisations.ticket(claire)})
    request = Request("/cas/p3/serviceValidate", query=query)
    assert b"<cas:user>claire.nguyen@pantin.example</cas:user>" in sent(application, request).body
    assert b"INVALID_TICKET" in sent(application, request).body


@pytest.mark.parametrize("assurance", [Assurance.SECOND_FACTOR, Assurance.FRESH_SECOND_FACTOR])
@pytest.mark.parametrize("minutes", [None, 0, 6])
def test_the_second_step_is_asked_before_django_as_by_it(
    cotisations: Peer, cast: Cast, claire: Browser, assurance: Assurance, minutes: int | None
) -> None:
    Application.objects.update(assurance=assurance)
    if minutes is not None:
        strengthen(cast.claire.agent, second_factor_at=clock.now() - dt.timedelta(minutes=minutes))
    enters = minutes == 0 or (minutes == 6 and assurance == Assurance.SECOND_FACTOR)
    request = login(claire)
    assert is_lean(request) is enters
    with time_machine.travel(clock.now(), tick=False):
        assert shape(sent(application, request)) == shape(sent(application.django, request))
