"""What the demo's applications do not believe: planted and replayed answers, orders of strangers, forged headers."""

import base64
import contextlib
import http.client
import urllib.error
import urllib.parse
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo, sign_in
from tests.browser.eight import MOUSSA

pytestmark = pytest.mark.browser

SLO = (
    '<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" '
    'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a" Version="2.0" IssueInstant="2026-11-22T05:00:00Z">'
    "<saml:NameID>@NOT_USED@</saml:NameID><samlp:SessionIndex>{}</samlp:SessionIndex></samlp:LogoutRequest>"
)
SOAP = '<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body>{}</S:Body></S:Envelope>'
EMPTY = "<saml2p:Response xmlns:saml2p='urn:oasis:names:tc:SAML:2.0:protocol' ID='_b' Version='2.0'/>"


def post(address: str, content: bytes, kind: str = "application/x-www-form-urlencoded") -> int:
    """Return the status of what a stranger posts."""
    asked = urllib.request.Request(address, content, {"Content-Type": kind})
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def form(**fields: str) -> bytes:
    """Return a form's content."""
    return urllib.parse.urlencode(fields).encode()


def _enter(page: Page, address: str) -> None:
    """Come in as Moussa: the page by which some ask the portal stands at the same address as the one it leads to."""
    page.goto(f"{address}/")
    expect(page.locator("header")).to_contain_text("Moussa Diarra")


def _brought(page: Page, demo: Demo) -> str:
    """Sign in at Net-Cotisations; return the address by which the browser came back."""
    seen: list[str] = []
    page.on("response", lambda each: seen.append(each.url))
    sign_in(page, demo, MOUSSA)
    page.goto(f"{demo.cotisations}/")
    return next(url for url in seen if url.startswith(f"{demo.cotisations}/retour"))


def test_a_ticket_shown_again_or_planted_in_another_browser_opens_nothing(
    page: Page, demo: Demo, chromium: Browser
) -> None:
    address = _brought(page, demo)
    for context in (page.context, chromium.new_context()):
        again = context.new_page()
        answer = again.goto(address)
        assert answer is not None
        assert answer.status == 400
        assert again.get_by_role("heading", name="La connexion n’a pas abouti").is_visible()


def test_only_who_knows_a_ticket_ends_its_session(page: Page, demo: Demo) -> None:
    ticket = parse_qs(urlsplit(_brought(page, demo)).query)["ticket"][0]
    retour = f"{demo.cotisations}/retour"
    assert post(retour, form(logoutRequest=SLO.format(f"{ticket}x"))) == 200
    assert post(retour, form(logoutRequest="<!DOCTYPE a [<!ENTITY b 'c'>]>" + SLO.format(ticket))) == 400
    assert post(retour, form(logoutRequest="not xml")) == 400
    page.goto(f"{demo.cotisations}/")
    assert page.url == f"{demo.cotisations}/"
    assert page.get_by_role("heading", name="Cotisations de votre collectivité").is_visible()
    assert post(retour, form(logoutRequest=SLO.format(ticket))) == 200
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url))
    page.goto(f"{demo.cotisations}/")
    assert [url for url in asked if "/cas/login" in url]


def test_a_saml_answer_is_refused_unsigned_replayed_or_planted(page: Page, demo: Demo, chromium: Browser) -> None:
    sent: list[str] = []
    page.on("request", lambda each: sent.append(each.post_data or "") if each.url.endswith("/saml/acs") else None)
    sign_in(page, demo, MOUSSA)
    for address in (demo.site, demo.octime):
        sent.clear()
        _enter(page, address)
        replayed = sent[0].encode()
        assert post(f"{address}/saml/acs", replayed) == 400
        assert page.request.post(f"{address}/saml/acs", form=_fields(sent[0])).status == 400
        assert post(f"{address}/saml/acs", form(SAMLResponse=base64.b64encode(EMPTY.encode()).decode())) in {400, 403}
        assert post(f"{address}/saml/acs", form(SAMLResponse="not base64")) == 400


def _fields(content: str) -> dict[str, str | float | bool]:
    return {name: values[0] for name, values in parse_qs(content).items()}


def test_an_order_of_logout_that_the_portal_did_not_sign_ends_nothing(page: Page, demo: Demo) -> None:
    sign_in(page, demo, MOUSSA)
    for address in (demo.site, demo.octime):
        _enter(page, address)
        soap = f"{address}/saml/slo/soap"
        for content in (SOAP.format(SLO.format("any")), "<!DOCTYPE a>" + SOAP.format("<a/>"), "no", SOAP.format("")):
            assert post(soap, content.encode(), "text/xml") == 400
        message = base64.b64encode(SLO.format("any").encode()).decode()
        unsigned = f"/saml/slo?{urllib.parse.urlencode({'SAMLRequest': message})}"
        assert _raw(address, "GET", unsigned, {})[0] == 400
        page.goto(f"{address}/mes-acces")
        assert page.url == f"{address}/mes-acces"


@pytest.mark.parametrize("name", ["Remote-User", "remote_user", "REMOTE-USER", "Remote_User"])
def test_headers_of_a_browser_name_nobody(demo: Demo, name: str) -> None:
    forged = {name: "moussa", name.replace("ser", "SER"): "moussa", "Remote-Groups": "filer"}
    for path in ("/", "/mes-acces", "//", "/./", "/au-revoir/../", "/static/../", "/%2e/"):
        status, body = _raw(demo.snapi, "GET", path, forged)
        assert status in {302, 400, 403, 404}, (path, status)
        assert b"moussa" not in body
    assert _raw(demo.snapi, "POST", "/saisir", forged)[0] in {401, 403}


def _raw(address: str, method: str, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """Ask for a path as it is written: no client of ours tidies it."""
    with contextlib.closing(http.client.HTTPConnection(urlsplit(address).netloc, timeout=20)) as connection:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()


@pytest.mark.parametrize("key", ["cotisations", "site", "octime"])
def test_a_sign_out_form_of_another_site_does_nothing(page: Page, demo: Demo, key: str) -> None:
    sign_in(page, demo, MOUSSA)
    address = getattr(demo, key)
    _enter(page, address)
    assert page.request.post(f"{address}/deconnexion", form={"form": "guessed"}).status == 403
    page.goto(f"{address}/mes-acces")
    assert page.url == f"{address}/mes-acces"
