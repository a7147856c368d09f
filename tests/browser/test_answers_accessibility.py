"""axe-core on the correspondant's pages about answers: a paper one keyed in with its errors, announced, sent back."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from convergences.foundations import clock
from tests.answers.doing import PAPER, QUEUE, picture
from tests.browser.axe import SETTINGS, looked_at
from tests.browser.conftest import Demo, fr, sign_in
from tests.browser.test_designation_journey import _fill, _sign_names
from tests.browser.test_designation_journey import letter as letter  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.browser


def _photo() -> FilePayload:
    return {"name": "formulaire.png", "mimeType": "image/png", "buffer": picture().read()}


def _find(page: Page, demo: Demo, reference: str) -> Iterator[str]:
    page.goto(f"{demo.portal}{PAPER}")
    page.get_by_label("Référence du courrier").fill("ZZZZ-2222")
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name=fr("Le courrier n'est pas trouvé"))).to_be_visible()
    yield "an unknown reference"
    page.get_by_label("Référence du courrier").fill(reference)
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", name="Saisir la réponse papier")).to_be_visible()
    yield "the form"


def _key_in(page: Page) -> Iterator[str]:
    page.get_by_label(fr("Formulaire signé, numérisé")).set_input_files(files=[_photo()])
    _fill(page, 1, "Lina", "")
    page.get_by_role("button", name="Enregistrer la réponse").click()
    expect(page.get_by_role("heading", name=fr("La réponse n'est pas enregistrée"))).to_be_visible()
    expect(page.get_by_text("formulaire.png")).to_be_visible()
    yield "the form's errors, its scan kept"
    _fill(page, 1, "Lina", "Moreau")
    _sign_names(page)
    page.get_by_label("Date de la signature").fill(clock.today().isoformat())
    page.get_by_role("button", name="Enregistrer la réponse").click()
    expect(page.get_by_role("heading", name="Lina Moreau")).to_be_visible()
    assert page.locator("main img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 60
    yield "the answer"


def _decide(page: Page, demo: Demo) -> Iterator[str]:
    """Another than who keyed it in: it takes two."""
    page.context.clear_cookies()
    sign_in(page, demo, "fatou.sow@cig.example")
    page.goto(f"{demo.portal}{QUEUE}")
    yield "the queue"
    page.get_by_role("link", name="Ville de Malakoff").click()
    page.get_by_role("link", name="Accepter").click()
    expect(page.get_by_text("un compte est créé, référent")).to_be_visible()
    yield "what happens"
    page.get_by_role("link", name="Annuler").click()
    page.get_by_role("link", name="Renvoyer").click()
    page.get_by_role("button", name="Renvoyer la réponse").click()
    expect(page.get_by_role("heading", name=fr("La réponse n'est pas renvoyée"))).to_be_visible()
    yield "a reason asked for"
    page.get_by_label("Motif").fill("La signature manque.")
    page.get_by_role("button", name="Renvoyer la réponse").click()
    expect(page.get_by_text(fr("La réponse de la Ville de Malakoff est renvoyée."))).to_be_visible()
    yield "the queue, empty"


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark-320"])
def test_no_page_about_answers_breaks_an_accessibility_rule(
    chromium: Browser, demo: Demo, letter: tuple[str, str], settings: Any
) -> None:
    page = chromium.new_context(locale="fr-FR", **settings).new_page()
    sign_in(page, demo, "julien.moreau@cig.example")
    problems = []
    for steps in (_find(page, demo, letter[0]), _key_in(page), _decide(page, demo)):
        for name in steps:
            problems += looked_at(page, name)
    page.context.close()
    assert problems == []
