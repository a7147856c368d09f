"""Sites that speak CAS through python-cas: one by first part of the path, each with its own way of speaking."""

import contextlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cas import CASClient

from tests.clients import examples, hosting
from tests.clients.hosting import Answer, Asked, Sessions
from tests.clients.world import World
from tests.oidc import live

WAYS = ("three", "two", "renew", "gateway", "proxy")


def example(folder: Path, world: World) -> Any:
    """Return the documentation's example, with the tests' portal in place of its own."""
    path = folder / "python_cas_example.py"
    path.write_text(examples.read("cas/python_cas.py", {"https://portail.example": world.portal}))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Sites:
    """The sites, and what they hold."""

    world: World
    example: Any
    address: str = ""
    sessions: Sessions = field(default_factory=Sessions)
    granting: dict[str, str] = field(default_factory=dict)

    def portal(self, way: str) -> Any:
        """Return the client of one way of speaking."""
        options: dict[str, dict[str, Any]] = {
            "renew": {"renew": True},
            "gateway": {"extra_login_params": {"gateway": "true"}},
            "proxy": {"proxy_callback": f"{self.address}/proxy/rappel"},
        }
        service = f"{self.address}/{way}/retour"
        made = self.example.Portal(service, **options.get(way, {}))
        if way == "two":
            made.client = CASClient(version=2, service_url=service, server_url=f"{self.world.portal}/cas/")
        return made

    def answer(self, asked: Asked) -> Answer:
        """Answer a page of a site."""
        _empty, way, page = asked.path.split("/", 2)
        return getattr(self, f"_{page.replace('-', '_') or 'home'}")(asked, way)

    def _home(self, asked: Asked, way: str) -> Answer:
        entered = asked.session.get("entered")
        return Answer(entered) if entered else Answer(location=self.portal(way).sign_in())

    def _retour(self, asked: Asked, way: str) -> Answer:
        if "logoutRequest" in asked.form:
            for ticket in self.portal(way).leaving(asked.form["logoutRequest"]):
                self.sessions.end("ticket", ticket)
            return Answer()
        entered = self.portal(way).receive(asked.query["ticket"]) if "ticket" in asked.query else None
        if entered is None:
            return Answer("nobody")
        asked.session.update(entered=entered, ticket=entered["ticket"])
        return Answer(location=f"/{way}/")

    def _rappel(self, asked: Asked, way: str) -> Answer:
        if "pgtIou" in asked.query:
            self.granting[asked.query["pgtIou"]] = asked.query["pgtId"]
        return Answer()

    def _mandat(self, asked: Asked, way: str) -> Answer:
        """Ask for a ticket of another site, and validate it there."""
        granting = self.granting[asked.session["entered"]["pgtiou"]]
        other = self.portal("three").client
        ticket = other.get_proxy_ticket(granting)
        other.url_suffix = "p3/proxyValidate"
        user, attributes, _iou = other.verify_ticket(ticket)
        return Answer({"user": user, "attributes": attributes, "ticket": ticket})

    def _au_revoir(self, asked: Asked, way: str) -> Answer:
        return Answer("au revoir")


@contextlib.contextmanager
def running(world: World, folder: Path) -> Iterator[Sites]:
    """Serve them, known to the portal."""
    port = live.free_port()
    sites = Sites(world, example(folder, world), f"http://localhost:{port}")
    described: dict[str, dict[str, Any]] = {
        f"cas-{way}": {"protocol": "cas", "services": [f"{sites.address}/{way}/*"]} for way in WAYS
    }
    described["cas-proxy"]["proxy"] = True
    described["cas-two"]["user"] = "subject"
    world.add(described)
    with hosting.serving(sites.answer, sites.sessions, port):
        yield sites
