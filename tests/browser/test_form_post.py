"""The answer by a form (OAuth 2.0 Form Post Response Mode 1.0), in Chromium, to an application of another origin."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo
from tests.browser.parties import Brought, Party
from tests.browser.registering import DENIS

pytestmark = pytest.mark.browser
STATE = "\"><script>alert(1)</script>'& é"


def fill(page: Page, demo: Demo) -> None:
    page.get_by_label("Identifiant").fill(DENIS)
    page.get_by_label("Mot de passe", exact=True).fill(demo.password)
    page.get_by_role("button", name="Se connecter").click()


def assert_enters(demo: Demo, party: Party, brought: Brought) -> None:
    assert brought.method == "POST"
    assert set(brought.said) == {"code", "state", "iss"}
    assert (brought.said["state"], brought.said["iss"]) == (STATE, demo.portal)
    assert party.exchange(demo.portal, brought.said["code"])["access_token"]


def test_the_script_posts_the_answer_after_a_sign_in(page: Page, demo: Demo, agenda: Party) -> None:
    """From the login form to another site's form, under policies that keep every form at home but this one."""
    page.goto(agenda.entry(demo.portal, response_mode="form_post", state=STATE))
    fill(page, demo)
    expect(page.get_by_role("heading", name="agenda-interne")).to_be_visible()
    assert_enters(demo, agenda, agenda.received("/retour"))


def test_a_button_posts_it_without_script(chromium: Browser, demo: Demo, agenda: Party) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(agenda.entry(demo.portal, response_mode="form_post", state=STATE))
    fill(page, demo)
    expect(page.get_by_role("heading", name="Ouverture en cours")).to_be_visible()
    assert agenda.brought == []
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name="agenda-interne")).to_be_visible()
    context.close()
    assert_enters(demo, agenda, agenda.received("/retour"))


def test_an_error_is_posted_too(page: Page, demo: Demo, agenda: Party) -> None:
    page.goto(agenda.entry(demo.portal, response_mode="form_post", prompt="none"))
    expect(page.get_by_role("heading", name="agenda-interne")).to_be_visible()
    assert agenda.received("/retour").said["error"] == "login_required"


def test_the_form_leaves_for_no_other_origin(chromium: Browser, demo: Demo, agenda: Party, parc: Party) -> None:
    """Were markup ever injected there, the code would still go to the application that asked."""
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    page.route(re.compile("js/submit"), lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(agenda.entry(demo.portal, response_mode="form_post"))
    fill(page, demo)
    page.wait_for_url(re.compile("/oauth/authorize"))  # the page that goes on from the sign-in bears the same words
    page.wait_for_load_state()
    page.evaluate("address => { document.forms[0].action = address }", f"{parc.address}/vol")
    with page.expect_console_message(lambda message: "form-action" in message.text):
        page.get_by_role("button", name="Continuer").click(no_wait_after=True)
    context.close()
    assert parc.brought == []
