"""A browser, and the web server in front of an application, as the tests play them: all goes through the dispatcher."""

from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from convergences.audit.services import SYSTEM
from convergences.catalog.models import Application
from convergences.project.wsgi import application
from convergences.protocols.forward_auth.models import Gate
from convergences.protocols.forward_auth.services import registration
from tests.oidc.dispatched import Request, Sent, sent

SNAPI = "snapi.example"
PAGE = f"http://{SNAPI}/dossiers/12?onglet=paie"
PAGES = {"Accept": "text/html,application/xhtml+xml"}
PROXY = "10.0.0.5"
STRANGER = "203.0.113.9"
STATE = "0" * 64


def define(opened: Application, *hosts: str, paths: list[str] | None = None) -> Gate:
    """Register an application."""
    return registration.define(opened, {"hosts": list(hosts) or [SNAPI], "paths": paths or []}, actor=SYSTEM).gate


def header(answer: Sent, name: str) -> str:
    """Return a header of an answer, or nothing."""
    return next((value for known, value in answer.headers if known == name.lower()), "")


@dataclass
class Surfer:
    """Somebody at a browser: it keeps cookies by host, and each server adds what it is set to add."""

    jars: dict[str, dict[str, str]] = field(default_factory=dict)

    def ask(self, address: str, **headers: str) -> Sent:
        """Open an address of the portal, or one of ours at an application's host."""
        parts = urlsplit(address)
        given = {"Host": parts.netloc, "Cookie": self._cookies(parts.netloc), **PAGES, **headers}
        server = {"REMOTE_ADDR": PROXY}
        answer = sent(application, Request(parts.path, query=parts.query, headers=_said(given), server=server))
        self._keep(parts.netloc, answer)
        return answer

    def check(self, address: str, *, method: str = "GET", peer: str = PROXY, **headers: str) -> Sent:
        """Open a page of an application: nginx asks us."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        given = {"X-Original-URL": address, "X-Original-Method": method, **PAGES}
        given |= {"Cookie": self._cookies(urlsplit(address).netloc), **named}
        return sent(application, Request("/gate/check", headers=_said(given), server={"REMOTE_ADDR": peer}))

    def enter(self, address: str = PAGE) -> Sent:
        """Open a page, and follow where one is sent until it is there."""
        answer = self.check(address)
        onward = header(answer, "X-Gate-Start")
        for _ in range(5):
            if not onward:
                return answer
            answer = self.ask(onward)
            onward = header(answer, "Location")
            if onward == address:
                return self.check(address)
        return answer

    def arrival(self, address: str = PAGE) -> str:
        """Return where a browser that may enter is about to arrive, with its code."""
        answer = self.ask(header(self.check(address), "X-Gate-Start"))
        return header(self.ask(header(answer, "Location")), "Location")

    def cookies(self, host: str) -> dict[str, str]:
        """Return the jar of a host."""
        return self.jars.setdefault(host, {})

    def _cookies(self, host: str) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies(host).items())

    def _keep(self, host: str, answer: Sent) -> None:
        for value in [value for name, value in answer.headers if name == "set-cookie"]:
            for name, morsel in SimpleCookie(value).items():
                self.cookies(host)[name] = morsel.value


def _said(headers: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if value}
