"""What stands in front of Django does all that Django does around a view: count, log, name, clean up, break down."""

import json
import logging
from collections.abc import Iterable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from prometheus_client import REGISTRY

from convergences.project.dispatching.dispatcher import Dispatcher, routes
from convergences.project.wsgi import application
from convergences.web.machines.hot import Answer, Asking, Route, Short
from tests.oidc.dispatched import Request, Sent, sent

pytestmark = pytest.mark.django_db

PATH = "/gate/check"
SECRET = "secret-of-the-request"


def front(handler: Any, **more: Any) -> Dispatcher:
    """Return a dispatcher of one address, before a Django that says so."""

    def django(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start_response("200 OK", [("X-Reference", "none of ours")])
        return [environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)), b"|django"]

    return Dispatcher(django, [Route(PATH, "gate:check", frozenset({"GET", "POST"}), handler, **more)])


def ask(handler: Any, request: Request | None = None, **more: Any) -> Sent:
    return sent(front(handler, **more), request or Request(PATH))


def hello(_asking: Asking) -> Answer:
    return Answer(200, (("Content-Type", "text/plain"),), "été".encode())


def breaks(asking: Asking) -> Answer:
    raise RuntimeError(f"token={asking.header('HTTP_AUTHORIZATION')}")


def test_every_answer_is_dressed_and_named() -> None:
    answer = dict(ask(hello).headers)
    assert answer["content-length"] == "5"
    assert answer["x-frame-options"] == "DENY"
    assert answer["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer["content-security-policy"]
    assert {"referrer-policy", "permissions-policy", "cross-origin-opener-policy"} <= set(answer)


def test_a_handler_may_say_a_header_itself() -> None:
    answer = ask(lambda _asking: Answer(200, (("X-Frame-Options", "SAMEORIGIN"),), b""))
    assert [value for name, value in answer.headers if name == "x-frame-options"] == ["SAMEORIGIN"]


def test_what_a_handler_leaves_goes_to_django_with_its_body() -> None:
    read: list[bytes] = []

    def leaves(asking: Asking) -> None:
        read.append(asking.body)

    assert ask(leaves, Request(PATH, "POST", b"a=b")).body == b"a=b|django"
    assert read == [b"a=b"]


@pytest.mark.parametrize(("cookies", "body"), [(False, b"|django"), (True, "été".encode())])
def test_cookies_are_for_who_takes_them(cookies: bool, body: bytes) -> None:
    assert ask(hello, Request(PATH, headers={"Cookie": "session=x"}), cookies=cookies).body == body


def test_it_is_counted_and_logged_as_a_view(caplog: pytest.LogCaptureFixture) -> None:
    labels = {"view": "gate:check", "method": "GET", "status": "200"}
    before = REGISTRY.get_sample_value("convergences_requests_total", labels) or 0
    timed = REGISTRY.get_sample_value("convergences_request_seconds_count", {"view": "gate:check"}) or 0
    with caplog.at_level(logging.INFO):
        ask(hello, Request(PATH, query=f"code={SECRET}", headers={"Authorization": f"Bearer {SECRET}"}))
    assert REGISTRY.get_sample_value("convergences_requests_total", labels) == before + 1
    assert REGISTRY.get_sample_value("convergences_request_seconds_count", {"view": "gate:check"}) == timed + 1
    [line] = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert {name: line[name] for name in ("event", "method", "path", "status")} == {
        "event": "request",
        "method": "GET",
        "path": PATH,
        "status": 200,
    }
    assert line["reference"]
    assert SECRET not in str(line)


def test_a_breakdown_is_told_by_its_reference_only(capsys: pytest.CaptureFixture[str]) -> None:
    answer = ask(breaks, Request(PATH, headers={"Authorization": f"Bearer {SECRET}"}))
    assert answer.status == "500 Internal Server Error"
    assert json.loads(answer.body) == {"error": "server_error", "reference": "REFERENCE"}
    assert dict(answer.headers)["cache-control"] == "no-store"
    written = capsys.readouterr().err
    assert "a hot handler failed" in written
    assert "RuntimeError" in written
    assert SECRET not in written


def test_connections_are_cleaned_around_each_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django does it by signals of its own requests, which are not sent here."""
    done: list[str] = []
    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda _self: done.append("close"))
    connection.queries_log.append({})
    ask(lambda asking: done.append(f"handle after {len(connection.queries_log)}") or hello(asking))
    assert done == ["close", "handle after 0", "close"]
    ask(breaks)
    assert done[3:] == ["close", "close"]


def test_every_connection_of_the_process_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    aged: list[str] = []
    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda self: aged.append(self.alias))
    ask(hello)
    assert aged == ["default", "default"]


def test_the_address_of_the_browser_is_the_real_one(settings: Any) -> None:
    seen: list[Any] = []
    headers = {"X-Forwarded-For": "192.0.2.7"}
    for trusted in ([], ["127.0.0.1"]):
        settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update={"trusted_proxies": trusted})
        ask(lambda asking: seen.append(asking.environ["REMOTE_ADDR"]) or hello(asking), Request(PATH, headers=headers))
    assert seen == ["127.0.0.1", "192.0.2.7"]


def test_a_view_that_middlewares_guard_is_not_served_without_them(db: None) -> None:
    for guarded in ("/", "/annuaire/", "/deconnexion", "/connexion"):
        with pytest.raises(ImproperlyConfigured):
            Short(guarded)(Asking(Request(guarded).environ(), "reference"))


def test_the_wired_routes_are_of_real_addresses() -> None:
    assert list(application.routes) == [route.path for route in routes()]
    assert {"/oauth/userinfo", "/oauth/introspect", "/oauth/jwks", "/oauth/token"} <= set(application.routes)
