"""Sites that speak SAML by pysaml2, and can be told of a sign-out by the browser alone."""

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
from saml2 import BINDING_HTTP_REDIRECT

from tests.browser.parties import ROOT
from tests.clients import examples, hosting, tls
from tests.clients.hosting import Answer, Asked, Sessions
from tests.delivery.running import free_ports

_BY_SERVER = '(f"{SITE}/deconnexion-par-le-portail", BINDING_SOAP),'


@dataclass
class Site:
    """A site; `manners` is what it does of a browser that tells it of a sign-out: `answers`, `keeps` or `hangs`."""

    name: str
    address: str
    portal: Any
    manners: str = "answers"
    sessions: Sessions = field(default_factory=Sessions)
    told: list[str] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)

    def answer(self, asked: Asked) -> Answer:
        """Answer a page."""
        page = asked.path.rsplit("/", 1)[1]
        return getattr(self, f"_{page or 'home'}")(asked) if page != "favicon.ico" else Answer()

    def _home(self, asked: Asked) -> Answer:
        if "name" not in asked.session:
            query = f"?page={asked.query['page']}" if "page" in asked.query else ""
            sent = self.portal.sign_in(f"/{self.name}/{query}")
            return Answer(location=dict(sent["headers"])["Location"])
        return Answer(f"<h1>{self.name}</h1><p>page {asked.query.get('page', '')}</p>")

    def _retour(self, asked: Asked) -> Answer:
        entered = self.portal.receive(asked.form["SAMLResponse"])
        asked.session.update(entered=entered, name=entered["name"].text)
        return Answer(location=asked.form["RelayState"])

    def _quitter(self, asked: Asked) -> Answer:
        name = asked.session["entered"]["name"]
        asked.session.clear()
        return Answer(location=self.portal.sign_out(name))

    def _deconnexion(self, asked: Asked) -> Answer:
        if "SAMLResponse" in asked.query:
            said = self.portal.client.parse_logout_request_response(asked.query["SAMLResponse"], BINDING_HTTP_REDIRECT)
            return Answer(f"<h1>au revoir</h1><pre>{said.response.status}</pre>")
        manners = self.manners  # of the test that asks: another has begun when a site has hung for long
        if manners == "hangs":
            self.let_go.wait(20)
        if manners != "answers":
            return Answer("<h1>un instant</h1>")
        return Answer(location=self._forgotten(asked))

    def _forgotten(self, asked: Asked) -> str:
        """Check the portal's message, forget whom it names, and return where the answer goes."""
        name = asked.session["entered"]["name"]
        message, more = asked.query["SAMLRequest"], asked.query.get("RelayState", "")
        sent = self.portal.client.handle_logout_request(
            message, name, BINDING_HTTP_REDIRECT, sign=True, relay_state=more
        )
        self.told.append(name.text)
        asked.session.clear()
        return str(dict(sent["headers"])["Location"])


@contextlib.contextmanager
def running(portal: str, data: Path, folder: Path, names: list[str]) -> Iterator[list[Site]]:
    """Serve sites that a demo knows, each at an address and with a cookie of its own."""
    with contextlib.ExitStack() as stack:
        sites = []
        for name in names:
            port, own = free_ports(1), folder / name
            own.mkdir()
            address = f"http://localhost:{port}/{name}"
            site = Site(name, address, _client(own, portal, address))
            stack.enter_context(hosting.serving(site.answer, site.sessions, port))
            sites.append(site)
        _register(data, portal, {site.name: site.portal.description() for site in sites})
        yield sites
        for site in sites:
            site.let_go.set()


def _client(folder: Path, portal: str, address: str) -> Any:
    """Return the documentation's example, at these addresses, without what its server could be told by."""
    tls.laid_in(folder, "site")
    (folder / "portail.xml").write_bytes(requests.get(f"{portal}/saml/metadata", timeout=20).content)
    real = {"https://portail.example": portal, "https://site.example/saml": address, "/etc/site/saml": str(folder)}
    path = folder / f"of_{folder.name.replace('-', '_')}.py"
    path.write_text(examples.read("saml/pysaml2_client.py", {**real, _BY_SERVER: ""}))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Portal(portal)


def _register(data: Path, portal: str, descriptions: dict[str, str]) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONVERGENCES_", "DJANGO_"))}
    command = [sys.executable, "-m", "tests.browser.registering_saml", str(data), portal, json.dumps(descriptions)]
    done = subprocess.run(command, cwd=ROOT, env=kept, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
