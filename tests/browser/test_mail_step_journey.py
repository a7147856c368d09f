"""A code by mail as a second step, in Chromium without script, where the operator allows it; off, it is nowhere."""

import contextlib
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from convergences.cli.demo_data.folder import Folder
from tests.browser.axe import SETTINGS, looked_at
from tests.browser.conftest import Demo, fr, sign_in
from tests.browser.test_first_visit_journey import code_from_mailbox
from tests.delivery.running import PATIENCE_S, free_ports

pytestmark = pytest.mark.browser

SAMIRA = "samira.haddad@pantin.example"
PROFILE = "/annuaire/profil"
ASKED = f"/verification?application=bip&next={PROFILE}&niveau=eidas1-mfa"
OFFER = "Recevoir un code par e-mail"
MAIL = "Votre code de vérification"
TYPED = "Code à 6 chiffres"


@pytest.fixture(scope="module")
def allowing(demo: Demo) -> Iterator[Demo]:
    """The demo's rows, served a second time by a portal whose operator allows codes by mail."""
    port = free_ports(1)
    portal = f"http://localhost:{port}"
    environment = Folder(demo.data).environment(portal) | {"CONVERGENCES_MAIL_SECOND_STEP": "true"}
    executable = Path(sys.executable).parent / "convergences"
    command = [str(executable), "serve", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(f"{portal}/readyz")
            yield replace(demo, portal=portal)
        finally:
            process.terminate()


def _wait_for(address: str) -> None:
    limit = time.monotonic() + PATIENCE_S
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2):
            return
        assert time.monotonic() < limit, f"nothing answers at {address}"
        time.sleep(0.1)


def _typed(page: Page, code: str) -> None:
    page.get_by_label(TYPED).fill(code)
    page.get_by_role("button", name="Vérifier le code").click()


def test_it_is_made_without_a_script_on_a_narrow_screen(chromium: Browser, allowing: Demo) -> None:
    context = chromium.new_context(locale="fr-FR", java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = context.new_page()
    sign_in(page, allowing, SAMIRA)
    page.goto(allowing.portal + ASKED)
    page.get_by_role("button", name=OFFER).click()
    expect(page.get_by_role("heading", name="Saisissez le code reçu par e-mail")).to_be_visible()
    _typed(page, code_from_mailbox(page, allowing, SAMIRA, MAIL))
    page.wait_for_url(f"{allowing.portal}{PROFILE}")
    page.goto(allowing.portal + ASKED)
    expect(page.get_by_role("button", name=OFFER)).to_have_count(0)
    context.close()


def test_a_portal_that_does_not_allow_it_has_no_such_page(page: Page, demo: Demo) -> None:
    sign_in(page, demo, SAMIRA)
    page.goto(demo.portal + ASKED)
    expect(page.get_by_role("link", name="Activer la vérification en deux étapes")).to_be_visible()
    expect(page.get_by_role("button", name=OFFER)).to_have_count(0)
    answer = page.goto(demo.portal + ASKED.replace("?", "/par-e-mail/code?"))
    assert answer is not None
    assert answer.status == 404


@pytest.mark.parametrize(
    "settings", SETTINGS, ids=lambda value: f"{value['color_scheme']}-{value['viewport']['width']}"
)
def test_no_page_of_it_breaks_an_accessibility_rule(chromium: Browser, allowing: Demo, settings: Any) -> None:
    context = chromium.new_context(locale="fr-FR", reduced_motion="reduce", **settings)
    page, found = context.new_page(), []
    for name in _walk(page, allowing):
        found += looked_at(page, name)
    context.close()
    assert found == []


def _walk(page: Page, demo: Demo) -> Iterator[str]:
    """Go through every page and state, and name each."""
    sign_in(page, demo, SAMIRA)
    page.goto(demo.portal + ASKED)
    yield "the offer"
    page.goto(demo.portal + ASKED.replace("?", "/par-e-mail/code?"))
    yield "the code"
    _typed(page, "12")
    expect(page.get_by_text(fr("La vérification n'a pas abouti"))).to_be_visible()
    yield "the code, with an error"
