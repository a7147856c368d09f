"""An application that speaks CAS, as the tests play it."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import HttpResponse
from django.test import Client as Browser
from lxml import etree

from convergences.audit.services import SYSTEM
from convergences.catalog.models import Application
from convergences.protocols.cas.models import RegisteredService
from convergences.protocols.cas.services import registration

HOME = "https://cotisations.example/"
CALLBACK = "https://cotisations.example/proxy"
CAS = "{http://www.yale.edu/tp/cas}"


def define(application: Application, **changes: Any) -> RegisteredService:
    """Register an application."""
    metadata = {"services": ["https://cotisations.example/*"], **changes}
    return registration.define(application, metadata, actor=SYSTEM).service


def ticket_in(response: HttpResponse) -> str:
    """Return the ticket that the browser carries back."""
    assert response.status_code in {302, 303}, response.content.decode()[:2000]
    return parse_qs(urlsplit(response["Location"]).query)["ticket"][0]


@dataclass
class Peer:
    """An application on a server: it sends browsers to sign in, and asks whom tickets are for."""

    service: str = HOME
    machine: Browser = field(default_factory=Browser)

    def send(self, browser: Browser, **parameters: str) -> HttpResponse:
        """Send a browser to sign in."""
        response: HttpResponse = browser.get("/cas/login", {"service": self.service, **parameters})
        return response

    def ticket(self, browser: Browser, **parameters: str) -> str:
        """Return the ticket that a browser brings."""
        return ticket_in(self.send(browser, **parameters))

    def ask(self, path: str, **parameters: str) -> HttpResponse:
        """Ask the server something."""
        response: HttpResponse = self.machine.get(f"/cas/{path}", parameters)
        return response

    def validated(self, ticket: str, path: str = "p3/serviceValidate", **parameters: str) -> dict[str, Any]:
        """Return what the server says of a ticket, in JSON."""
        given = {"service": self.service, **parameters}
        answer = self.ask(path, ticket=ticket, format="JSON", **given)
        content: dict[str, Any] = json.loads(answer.content)["serviceResponse"]
        return content

    def refusal(self, ticket: str, path: str = "p3/serviceValidate", **parameters: str) -> str:
        """Return the code by which the server refuses a ticket."""
        return str(self.validated(ticket, path, **parameters)["authenticationFailure"]["code"])


def xml(response: HttpResponse) -> etree._Element:
    """Return the root of an XML answer."""
    assert response["Content-Type"].startswith("application/xml")
    return etree.fromstring(response.content)
