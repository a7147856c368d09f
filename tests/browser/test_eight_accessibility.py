"""axe-core on the pages of the four applications of the hall: light and dark, desktop and phone, refusals too."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.axe import SETTINGS, looked_at
from tests.browser.conftest import Demo
from tests.browser.eight import sign_in_by_two_factors

pytestmark = pytest.mark.browser

COMMON = ["/", "/mes-acces", "/nulle-part"]
PAGES = {
    "cotisations": [*COMMON, "/declarer", "/retour?etat=a&ticket=ST-b"],
    "site": [*COMMON, "/documents", "/saml/slo?SAMLRequest=a"],
    "octime": [*COMMON, "/equipe"],
    "snapi": [*COMMON, "/seances"],
}


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark-320"])
@pytest.mark.parametrize("key", PAGES)
def test_no_page_of_it_breaks_an_accessibility_rule(chromium: Browser, demo: Demo, key: str, settings: Any) -> None:
    page = chromium.new_context(locale="fr-FR", **settings).new_page()
    sign_in_by_two_factors(page, demo)
    problems = []
    for path in [*PAGES[key], "/au-revoir"]:
        if path == "/au-revoir":
            page.context.clear_cookies()
        page.goto(getattr(demo, key) + path)
        expect(page.locator("#vers-le-portail")).to_have_count(0)  # gone by itself to the portal, and come back
        expect(page).to_have_url(re.compile("^" + re.escape(getattr(demo, key))))
        problems += looked_at(page, path)
    page.context.close()
    assert problems == []
