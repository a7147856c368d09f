"""A site that speaks SAML through pysaml2, around the documentation's example."""

import contextlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import requests
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT, SAMLError

from tests.clients import examples, hosting, tls
from tests.clients.hosting import Answer, Asked, Sessions
from tests.clients.world import World
from tests.oidc import live

APPLICATION = "site-pysaml2"


def example(folder: Path, world: World, address: str) -> Any:
    """Return the documentation's example, with the tests' addresses in place of its own."""
    tls.laid_in(folder, "site")
    (folder / "portail.xml").write_bytes(requests.get(f"{world.portal}/saml/metadata", timeout=20).content)
    real = {"https://portail.example": world.portal, "https://site.example": address, "/etc/site/saml": str(folder)}
    path = folder / "pysaml2_example.py"
    path.write_text(examples.read("saml/pysaml2_client.py", real))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Site:
    """The site, and what it holds."""

    world: World
    address: str
    portal: Any
    sessions: Sessions = field(default_factory=Sessions)

    def answer(self, asked: Asked) -> Answer:
        """Answer a page."""
        try:
            return getattr(self, f"_{asked.path.rsplit('/', 1)[1].replace('-', '_') or 'home'}")(asked)
        except (SAMLError, AssertionError) as error:
            return Answer({"refused": type(error).__name__}, HTTPStatus.FORBIDDEN)

    def _home(self, asked: Asked) -> Answer:
        entered = asked.session.get("entered")
        if entered is None:
            return self._connexion(asked)
        shown = {"attributes": entered["attributes"], "format": entered["name"].format, "page": entered["page"]}
        return Answer({**shown, "name": entered["name"].text})

    def _connexion(self, asked: Asked) -> Answer:
        binding = BINDING_HTTP_POST if asked.query.get("by") == "post" else BINDING_HTTP_REDIRECT
        sent = self.portal.sign_in("/saml/?page=2", binding)
        if binding == BINDING_HTTP_POST:
            return Answer(str(sent["data"]))
        return Answer(location=dict(sent["headers"])["Location"])

    def _retour(self, asked: Asked) -> Answer:
        entered = self.portal.receive(asked.form["SAMLResponse"])
        asked.session.update(entered=entered, name=entered["name"].text)
        return Answer(location=entered["page"])

    def _deconnexion_par_le_portail(self, asked: Asked) -> Answer:
        name, answer = self.portal.told(asked.body.decode())
        self.sessions.end("name", name)
        return Answer(str(answer), kind="text/xml; charset=utf-8")

    def _quitter(self, asked: Asked) -> Answer:
        name = asked.session["entered"]["name"]
        asked.session.clear()
        return Answer(location=self.portal.sign_out(name))

    def _deconnexion(self, asked: Asked) -> Answer:
        return Answer({"left": "SAMLResponse" in asked.query})


@contextlib.contextmanager
def running(world: World, folder: Path) -> Iterator[Site]:
    """Serve it, known to the portal."""
    port = live.free_port()
    address = f"http://localhost:{port}"
    module = example(folder, world, address)
    site = Site(world, address, module.Portal())
    metadata = site.portal.description()
    world.add({APPLICATION: {"protocol": "saml", "metadata": metadata, "signed_requests": True}})
    with hosting.serving(site.answer, site.sessions, port):
        yield site
