"""The same servers over https, by the texts as they are: cookies of their host alone, certificates checked."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cast import PASSWORD
from tests.clients import tls
from tests.forward_auth import fronts
from tests.forward_auth.fronts import Front
from tests.oidc import live
from tests.oidc.live import Portal
from tests.oidc.surfing import Surfer

CLAIRE = "claire.nguyen@pantin.example"
KINDS = ("nginx", "apache", "caddy")
_SITE = """
server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/portal.pem;
    ssl_certificate_key {folder}/portal.key;
    location / {{
        proxy_pass {portal};
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Forwarded-Proto https;
    }}
}}
"""


@contextlib.contextmanager
def before(folder: Path, portal: Portal, public: str) -> Iterator[None]:
    """Serve a portal by https, by an nginx placed before it."""
    port = public.rsplit(":", 1)[1]
    (folder / "site.conf").write_text(_SITE.format(folder=folder, port=port, portal=portal.portal))
    (folder / "nginx.conf").write_text(fronts.NGINX.format(folder=folder, owner="" if os.geteuid() else "user root;"))
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    arguments = ["-c", str(folder / "nginx.conf"), "-p", str(folder)]
    with live.serving(arguments, {"PATH": os.environ["PATH"]}, f"{public}/healthz", program=program):
        yield


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Front]]:
    """Everything that runs."""
    folder = tmp_path_factory.mktemp("secure")
    known = b"".join(tls.laid_in(folder, *each)[1].read_bytes() for each in (("tests",), ("portal", fronts.PORTAL)))
    (folder / "known.pem").write_bytes(known)
    public = f"https://{fronts.PORTAL}:{live.free_port()}"
    found = {kind: Front(kind, f"https://127.0.0.1:{live.free_port()}") for kind in KINDS}
    with contextlib.ExitStack() as stack:
        given = stack.enter_context(pytest.MonkeyPatch.context())
        given.setenv("REQUESTS_CA_BUNDLE", str(folder / "known.pem"))
        portal = stack.enter_context(live.portal(folder, fronts.staging_of(found.values()), worker=True, public=public))
        stack.enter_context(before(folder, portal, public))
        for front in found.values():
            stack.enter_context(fronts.running(Portal(public, portal.database), front))
        yield found


@pytest.fixture(params=KINDS)
def front(sites: dict[str, Front], request: pytest.FixtureRequest) -> Front:
    """Each web server in its turn."""
    return sites[request.param]


def test_one_comes_in_by_https_alone_and_to_the_deep_address(front: Front) -> None:
    surfer = Surfer()
    surfer.session.headers["Accept"] = "text/html"
    surfer.go(f"{front.address}/dossiers/12?q=%C3%A9t%C3%A9")
    surfer.send({"identifier": CLAIRE, "password": PASSWORD}, button="Se connecter")
    assert surfer.page.url == f"{front.address}/dossiers/12?q=%C3%A9t%C3%A9", surfer.page.text
    assert surfer.page.json()["headers"]["Remote-Email"] == CLAIRE
    assert all(hop.url.startswith("https://") for hop in surfer.page.history)
    kept = {each.name: each for each in surfer.session.cookies}
    assert {"__Host-gate", "__Host-session"} <= kept.keys()
    assert all(kept[name].secure and kept[name].path == "/" for name in ("__Host-gate", "__Host-session"))
    assert kept["__Host-gate"].value not in surfer.page.text
    surfer.go(f"{front.address}/restreint/")
    assert surfer.page.json()["name"] == "restreint"
    surfer.go(f"{front.address}/gate/leave")
    surfer.send({}, button="DÉCONNEXION")
    out = surfer.session.get(f"{front.address}/", allow_redirects=False, timeout=20)
    assert out.status_code in {302, 401}
