"""Debian's nginx, Apache and Caddy, by the texts to paste: in from a deep address, forged headers, out at once."""

import contextlib
import html
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.cast import PASSWORD
from tests.clients import backend
from tests.forward_auth import fronts
from tests.forward_auth.fronts import Front, handshake
from tests.oidc import live
from tests.oidc.live import Portal
from tests.oidc.surfing import Surfer

CLAIRE = "claire.nguyen@pantin.example"
PAGES = {"Accept": "text/html"}
KINDS = ("nginx", "apache", "caddy")
TOLD = ("User", "Email", "Name", "Groups", "Organization", "Siret", "Acr", "Amr", "Token")


@dataclass(frozen=True)
class Ground:
    """A portal, and the web servers in front of applications: on each, one at the root and one under /restreint/."""

    portal: Portal
    fronts: dict[str, Front]

    def remove_right(self, slug: str) -> None:
        """Remove Claire's right to an application."""
        of_it = f"(SELECT id FROM catalog_application WHERE slug = '{slug}')"
        changed = f"UPDATE entitlements_entitlement SET closed_at = '2026-01-01' WHERE application_id = {of_it}"
        self.portal.change(changed)

    def give_rights(self) -> None:
        """Give back every right that was removed."""
        self.portal.change("UPDATE entitlements_entitlement SET closed_at = NULL")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Everything that runs."""
    sites = {kind: Front(kind, f"http://localhost:{live.free_port()}") for kind in KINDS}
    with contextlib.ExitStack() as stack:
        folder = tmp_path_factory.mktemp("gate")
        portal = stack.enter_context(live.portal(folder, fronts.staging_of(sites.values()), worker=True))
        for front in sites.values():
            stack.enter_context(fronts.running(portal, front))
        yield Ground(portal, sites)


@pytest.fixture
def ground(opened: Ground) -> Iterator[Ground]:
    """Everything that runs, its rights given back after the test."""
    yield opened
    opened.give_rights()


@pytest.fixture(params=KINDS)
def front(ground: Ground, request: pytest.FixtureRequest) -> Front:
    """Each web server in its turn."""
    return ground.fronts[request.param]


@pytest.fixture
def surfer(front: Front) -> Surfer:
    """Claire, who has come in at a deep address."""
    browser = Surfer()
    browser.session.headers.update(PAGES)
    browser.go(f"{front.address}/dossiers/12?onglet=paie&q=%C3%A9t%C3%A9")
    assert "/connexion" in browser.page.url
    browser.send({"identifier": CLAIRE, "password": PASSWORD}, button="Se connecter")
    assert browser.page.url == f"{front.address}/dossiers/12?onglet=paie&q=%C3%A9t%C3%A9", browser.page.text
    return browser


def status(surfer: Surfer, address: str, **more: Any) -> requests.Response:
    """Ask for a page, and follow nothing."""
    return surfer.session.request(more.pop("method", "GET"), address, allow_redirects=False, timeout=20, **more)


def raw(front: Front, surfer: Surfer, target: str, *headers: tuple[str, str]) -> tuple[int, dict[str, Any]]:
    """Send exactly this, with Claire's cookies; return what the application received."""
    connection = http.client.HTTPConnection("localhost", int(front.port), timeout=20)
    connection.putrequest("GET", target, skip_host=True, skip_accept_encoding=True)
    cookies = "; ".join(f"{each.name}={each.value}" for each in surfer.session.cookies if "localhost" in each.domain)
    for name, value in (("Host", f"localhost:{front.port}"), ("Cookie", cookies), *headers):
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, json.loads(body) if answer.status == 200 else {}


def test_the_application_receives_who_came(surfer: Surfer) -> None:
    received = surfer.page.json()
    said = received["headers"]
    assert said["Remote-Email"] == CLAIRE
    assert (said["Remote-Name"], said["Remote-Groups"]) == ("Claire Nguyen", "reader")
    assert (said["Remote-Organization"], said["Remote-Siret"]) == ("Ville de Pantin", "21930055500014")
    assert said["Remote-User"]
    assert (said["Remote-Acr"], said["Remote-Amr"]) == ("eidas1", "pwd")
    assert said["Remote-Token"].count(".") == 2
    assert received["path"] == "/dossiers/12?onglet=paie&q=%C3%A9t%C3%A9"


def test_the_cookie_of_the_passage_is_kept_from_the_application(front: Front, surfer: Surfer) -> None:
    token = next(each.value for each in surfer.session.cookies if each.name == "gate")
    assert token
    for cookies in (f"gate={token}", f"gate={token}; mine=1", f"mine=1; gate={token}", f"a=b; gate={token}; mine=1"):
        given = requests.get(f"{front.address}/", headers={"Cookie": cookies}, timeout=20).json()
        received = given["headers"].get("Cookie", "")
        assert token not in received
        assert ("mine=1" in received) is ("mine=1" in cookies)


FORGED = [f"{prefix}{name}" for name in TOLD for prefix in ("Remote-", "remote-", "REMOTE-", "Remote_", "remote_")]


def test_nothing_that_a_browser_invents_reaches_the_application(front: Front, surfer: Surfer) -> None:
    forged = [(name, "forged") for name in FORGED for _twice in range(2)]
    code, received = raw(front, surfer, "/", *forged)
    assert code == 200
    assert "forged" not in json.dumps(received)
    names = [name.lower().replace("_", "-") for name, _value in received["every"]]
    assert [names.count(f"remote-{name.lower()}") for name in TOLD] == [1] * len(TOLD)


def test_what_the_sheet_does_not_give_is_not_forged_either(ground: Ground, front: Front, surfer: Surfer) -> None:
    of_it = f"WHERE slug = '{front.kind}'"
    ground.portal.change(f"UPDATE catalog_application SET attributes = '[\"roles\"]' {of_it}")
    code, received = raw(front, surfer, "/", ("Remote-Email", "forged"), ("Remote-Siret", "forged"))
    whole = '["email", "given_name", "usual_name", "organization", "roles"]'
    ground.portal.change(f"UPDATE catalog_application SET attributes = '{whole}' {of_it}")
    assert code == 200
    assert "forged" not in json.dumps(received)


ELSEWHERE = [f"X{sign}{name}" for name in ("Original-URL", "Original-Method", "Forwarded-Host", "Forwarded-Uri")
             for sign in "-_"] + ["X_Original_URL", "X_Forwarded_Host", "X_Forwarded_Uri"]  # fmt: skip


def test_a_browser_cannot_have_another_site_judged(ground: Ground, front: Front, surfer: Surfer) -> None:
    """It may enter the root; it says so while it asks for what it may not open."""
    ground.remove_right(f"{front.kind}-restreint")
    for name in ELSEWHERE:
        value = {"URL": f"{front.address}/", "ost": f"localhost:{front.port}"}.get(name[-3:], "/")
        assert raw(front, surfer, "/restreint/", (name, value))[0] != 200, name
    assert raw(front, surfer, f"{front.address}/restreint/")[0] != 200  # the absolute form of RFC 9112


TRICKS = ["//restreint/", "/x/../restreint/", "/x/%2e%2e/restreint/", "/restreint;a/", "/x/..;/restreint/",
          "/%2e/restreint/", "/x%2f..%2frestreint/", "/Restreint/", "/%72estreint/", "/x/..%5crestreint/"]  # fmt: skip


@pytest.mark.parametrize("path", TRICKS)
def test_no_detour_leads_to_the_other_application(ground: Ground, front: Front, surfer: Surfer, path: str) -> None:
    ground.remove_right(f"{front.kind}-restreint")
    assert raw(front, surfer, path)[0] != 200


def test_two_applications_on_one_host(front: Front, surfer: Surfer) -> None:
    surfer.go(f"{front.address}/restreint/12")
    assert surfer.page.url == f"{front.address}/restreint/12"  # no second sign-in
    served = {
        path: status(surfer, f"{front.address}{path}") for path in ("/", "/restreint/", "/restreint/a/", "/restre")
    }
    assert {path: answer.json()["name"] for path, answer in served.items()} == {
        "/": "root", "/restreint/": "restreint", "/restreint/a/": "restreint", "/restre": "root",
    }  # fmt: skip


def test_the_path_itself_is_served_by_whom_it_is_judged_for(ground: Ground, front: Front, surfer: Surfer) -> None:
    """Judged as /restreint/, served by the root: what is at that very address there would open to others."""
    ground.remove_right(front.kind)
    surfer.go(f"{front.address}/restreint/")
    answer = surfer.session.get(f"{front.address}/restreint", timeout=20)
    assert answer.json()["name"] == "restreint"
    ground.give_rights()
    ground.remove_right(f"{front.kind}-restreint")
    assert status(surfer, f"{front.address}/restreint").status_code != 200


DEEP = "/dossiers/a%20b/%C3%A9t%C3%A9+c/x%2By?onglet=paie&q=%C3%A9t%C3%A9%2F%3F&vide=&r=https%3A%2F%2Fx.example%2F"


def test_a_deep_address_comes_through_to_the_letter(front: Front, surfer: Surfer) -> None:
    surfer.session.cookies.clear()
    surfer.go(f"{front.address}{DEEP}")
    surfer.send({"identifier": CLAIRE, "password": PASSWORD}, button="Se connecter")
    assert surfer.page.url == f"{front.address}{DEEP}"
    assert surfer.page.json()["path"] == DEEP


def test_a_form_is_not_lost_in_a_redirect(front: Front, surfer: Surfer) -> None:
    sent = status(surfer, f"{front.address}/dossiers", method="POST", data={"a": "b"})
    assert sent.status_code == 200
    surfer.session.cookies.clear()
    refused = status(surfer, f"{front.address}/dossiers", method="POST", data={"a": "b"})
    assert (refused.status_code, refused.headers.get("Location")) == (401, None)
    assert refused.headers["Content-Type"].startswith("text/")
    assert "Rien n’a été envoyé" in html.unescape(refused.content.decode())


@pytest.mark.parametrize("said", [{"Accept": "application/json"}, {"X-Requested-With": "XMLHttpRequest"}])
def test_a_script_is_told_401_and_not_led_to_a_page(front: Front, said: dict[str, str]) -> None:
    answer = requests.get(f"{front.address}/", headers=said, allow_redirects=False, timeout=20)
    assert (answer.status_code, answer.headers.get("Location")) == (401, None)


def test_a_websocket_opens_for_who_may_enter_and_for_nobody_else(front: Front, surfer: Surfer) -> None:
    cookies = "; ".join(f"{each.name}={each.value}" for each in surfer.session.cookies if "localhost" in each.domain)
    with handshake(front, cookies) as line, line.makefile("rb") as answer:
        assert b" 101 " in answer.readline()
        headers = b"".join(iter(answer.readline, b"\r\n")).lower()
        assert b"s3pplmbitxaq9kygzzhzrbk+xoo=" in headers
        assert answer.read(2 + len(CLAIRE))[2:] == CLAIRE.encode()
        line.sendall(b"\x81\x85\x00\x00\x00\x00salut")
        assert answer.read(7) == b"\x81\x05salut"
    with handshake(front, "") as line, line.makefile("rb") as answer:
        assert b" 401 " in answer.readline()
        assert not [name for name in iter(answer.readline, b"\r\n") if name.lower().startswith(b"location:")]


def test_no_other_protocol_is_taken_up(front: Front, surfer: Surfer) -> None:
    """Upgrade: h2c would be a tunnel to the application, in which the portal is asked nothing any more."""
    for other in ("h2c", "websocket, h2c", "h2c, websocket", "tls/1.0"):
        code, received = raw(front, surfer, "/", ("Upgrade", other), ("Connection", "Upgrade, HTTP2-Settings"))
        assert (code, received["headers"].get("Upgrade", "")) == (200, ""), other


def test_a_removed_right_closes_at_the_next_request(ground: Ground, front: Front, surfer: Surfer) -> None:
    ground.remove_right(front.kind)
    assert status(surfer, f"{front.address}/", method="POST").status_code == 403
    assert "Nadia Ferhat" in surfer.go(f"{front.address}/dossiers")
    assert surfer.page.url.startswith(ground.portal.portal)


def test_a_sign_out_closes_at_the_next_request(ground: Ground, front: Front, surfer: Surfer) -> None:
    ground.portal.change("UPDATE authentication_session SET ended_at = '2026-01-01' WHERE ended_at IS NULL")
    assert status(surfer, f"{front.address}/", method="POST").status_code == 401
    assert "Se connecter" in surfer.go(f"{front.address}/dossiers")


def test_the_application_s_own_sign_out_asks_then_closes(front: Front, surfer: Surfer) -> None:
    assert f"Vous quittez {front.kind.title()}" in surfer.go(f"{front.address}/gate/leave")
    assert status(surfer, f"{front.address}/").status_code == 200
    surfer.go(f"{front.address}/gate/leave")
    surfer.send({}, button="DÉCONNEXION")
    assert "Se connecter" in surfer.go(f"{front.address}/dossiers")


def test_only_three_addresses_of_the_site_are_the_portal_s(front: Front) -> None:
    stranger = {"allow_redirects": False, "timeout": 20, "headers": PAGES}
    for path in ("/gate/check", "/gate/lost", "/gate/start/x", "/gate/startx", "/connexion", "/_portail"):
        answer = requests.get(f"{front.address}{path}", **stranger)
        assert answer.status_code in {302, 401, 404}, path
        if answer.status_code != 404:
            assert answer.headers["Location"].startswith(f"{front.address}/gate/start?rd="), path


@pytest.mark.parametrize("kind", KINDS)
def test_without_the_portal_nothing_opens_and_it_is_said_in_french(kind: str, tmp_path: Path) -> None:
    """nginx makes 500 of it, and would say so in English."""
    front = Front(kind, f"http://localhost:{live.free_port()}")
    with contextlib.ExitStack() as stack:
        with backend.echoing() as portal:
            stack.enter_context(fronts.running(Portal(portal, tmp_path), front))
        for path in ("/", "/restreint/", "/gate/start"):
            answer = requests.get(f"{front.address}{path}", headers=PAGES, timeout=20)
            assert answer.status_code in {502, 503}, path
            assert path == "/gate/start" or "ne répond pas" in html.unescape(answer.content.decode()), path
        assert answer.headers["Content-Type"].startswith("text/html")


def test_what_the_application_answers_of_its_own_passes_as_it_is(front: Front, surfer: Surfer) -> None:
    """Its errors are its own, in its own words."""
    for code in (401, 403, 500, 503):
        answer = status(surfer, f"{front.address}/answer/{code}")
        assert answer.status_code == code
        assert answer.json()["name"] == "root"
