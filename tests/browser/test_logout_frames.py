"""Front-Channel Logout 1.0 in Chromium: the browser that signs out tells applications of other origins in frames."""

import json
from typing import Any

import pytest
from joserfc import jws
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import SETTINGS, looked_at, tab_to
from tests.browser.conftest import Demo, fr, sign_in
from tests.browser.parties import Party
from tests.browser.registering import DENIS

pytestmark = pytest.mark.browser


def enter(page: Page, demo: Demo, party: Party) -> dict[str, Any]:
    """Enter an application, agreeing where it asks; return the claims of the ID token."""
    party.brought.clear()
    page.goto(party.entry(demo.portal))
    accept, arrived = page.get_by_role("button", name="ACCEPTER"), page.get_by_role("heading", name=party.client_id)
    expect(accept.or_(arrived)).to_be_visible()
    if accept.is_visible():
        accept.click()
    expect(arrived).to_be_visible()  # the application hears of it before the browser has its page
    code = party.received("/retour").said["code"]
    token = party.exchange(demo.portal, code)["id_token"]
    claims: dict[str, Any] = json.loads(jws.extract_compact(token.encode()).payload)
    return claims


def leave(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.portal}/deconnexion")
    page.get_by_role("button", name="DÉCONNEXION").click()
    page.wait_for_url(f"{demo.portal}/deconnecte")


def test_each_application_hears_in_a_frame_once(page: Page, demo: Demo, agenda: Party, parc: Party) -> None:
    """Sections 2 and 3: `iss` and `sid` beside what the address already holds."""
    sign_in(page, demo, DENIS)
    sids = {party.client_id: enter(page, demo, party)["sid"] for party in (agenda, parc)}
    leave(page, demo)
    for party in (agenda, parc):
        heard = party.received("/oublier")
        assert (heard.method, heard.into) == ("GET", "iframe")
        assert heard.said == {"par": "portail", "iss": demo.portal, "sid": sids[party.client_id]}
    expect(page.get_by_text(fr("Agenda interne : déconnexion demandée par votre navigateur"))).to_be_visible()
    expect(page.get_by_text(fr("Parc automobile : déconnexion demandée par votre navigateur"))).to_be_visible()
    page.reload()
    assert [each.path for each in agenda.brought].count("/oublier") == 1


def test_bip_is_told_by_the_worker_meanwhile(page: Page, demo: Demo, agenda: Party) -> None:
    sign_in(page, demo, "nadia.ferhat@pantin.example")
    page.goto(f"{demo.bip}/")
    leave(page, demo)
    told = page.get_by_text(fr("BIP : déconnecté"), exact=True)
    expect(told).to_be_visible(timeout=30_000)  # as long as the page watches
    assert agenda.brought == []


def test_no_other_origin_is_framed(chromium: Browser, demo: Demo, agenda: Party, parc: Party) -> None:
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    sign_in(page, demo, DENIS)
    enter(page, demo, agenda)
    leave(page, demo)
    agenda.received("/oublier")
    framed = "a => document.body.append(Object.assign(document.createElement('iframe'), {src: a}))"
    with page.expect_console_message(lambda message: "frame-src" in message.text or "Framing" in message.text):
        page.evaluate(framed, parc.address)
    context.close()
    assert parc.brought == []


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark-320"])
def test_what_was_told_breaks_no_accessibility_rule(
    chromium: Browser, demo: Demo, agenda: Party, settings: Any
) -> None:
    page = chromium.new_context(locale="fr-FR", **settings).new_page()
    sign_in(page, demo, DENIS)
    enter(page, demo, agenda)
    leave(page, demo)
    expect(page.get_by_text("Agenda interne")).to_be_visible()
    problems = looked_at(page, "the page")
    page.context.close()
    assert problems == []


def test_leaving_by_an_application_needs_no_mouse(page: Page, demo: Demo, agenda: Party) -> None:
    sign_in(page, demo, DENIS)
    enter(page, demo, agenda)
    back = f"{agenda.address}/au-revoir"
    page.goto(f"{demo.portal}/oauth/logout?client_id=agenda-interne&post_logout_redirect_uri={back}&state=s")
    tab_to(page, "DÉCONNEXION")
    page.keyboard.press("Enter")
    agenda.received("/oublier")
    page.wait_for_url(f"{back}?state=s")
