"""What the engineer's pages say to paste for mellon, pasted as it is: paths and https apart."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.clients import apache
from tests.clients.carrying import Carrier
from tests.clients.world import World, sign_in
from tests.oidc import live

# For the application that echoes: what the module has said of who comes.
_ECHOED = """
<Location />
    RequestHeader set SAML-User expr=%{REMOTE_USER}
    RequestHeader set SAML-Droits expr=%{reqenv:ROLES}
</Location>
<Location /au-revoir>
    Require all granted
    OFF
</Location>
"""


def pasted(world: World, folder: Path, slug: str, real: dict[str, str]) -> dict[str, str]:
    """Return the texts to paste for an application, by name, the tests' folders in place of Debian's."""
    live.run_beside(world, "tests.clients.pasting", str(folder), slug)
    texts = {path.suffix[1:]: path.read_text() for path in folder.glob(f"{slug}.*")}
    for written, used in real.items():
        assert any(written in text for text in texts.values()), written
        texts = {key: text.replace(written, used) for key, text in texts.items()}
    return texts


@contextlib.contextmanager
def mellon(world: World, slug: str) -> Iterator[str]:
    """A site by mellon: its description is Debian's script's, then the text is pasted."""
    address = f"http://localhost:{live.free_port()}"
    with apache.folder_of_workers() as folder:
        called = ["mellon_create_metadata", f"{address}/mellon/metadata", f"{address}/mellon"]
        subprocess.run(called, cwd=folder, check=True, capture_output=True)
        (made,) = folder.glob("*.xml")
        world.add({slug: {"protocol": "saml", "metadata": made.read_text()}})
        made.with_suffix(".key").rename(folder / "cle.pem")
        made.with_suffix(".cert").rename(folder / "certificat.pem")
        (folder / "portail.xml").write_bytes(requests.get(f"{world.portal}/saml/metadata", timeout=20).content)
        plain = {"MellonSecureCookie On": "MellonSecureCookie httponly", "SameSite None": "SameSite Lax"}
        texts = pasted(world, folder, slug, {"/etc/apache2/saml/": f"{folder}/", **plain})
        lock = f"MellonLockFile {folder}/lock\n"
        written = lock + texts["mellon"] + echoed("PORTAIL_ROLES", "MellonEnable off")
        with apache.serving(folder, apache.Site(address, written, "auth_mellon", "/mellon/")):
            yield address


def echoed(roles: str, off: str) -> str:
    return _ECHOED.replace("ROLES", roles).replace("OFF", off)


@pytest.fixture(scope="module")
def site(shared_world: World) -> Iterator[str]:
    """The site's address."""
    with mellon(shared_world, "pasted-mellon") as address:
        yield address


def enter(world: World, site: str) -> tuple[Carrier, dict[str, Any]]:
    """Sign Claire in at a deep page; return her browser, and what the application has received."""
    surfer = Carrier()
    surfer.go(f"{site}/paie?mois=11")
    sign_in(surfer)
    assert surfer.page.url == f"{site}/paie?mois=11", surfer.page.text
    headers: dict[str, Any] = surfer.page.json()["headers"]
    return surfer, headers


def test_what_was_pasted_lets_in_whom_the_portal_names(world: World, site: str) -> None:
    _surfer, headers = enter(world, site)
    assert (headers["SAML-User"], headers["SAML-Droits"]) == ("claire.nguyen@pantin.example", "reader")
