"""An engineer connects an application, with and without script, and the secret is not to be seen twice."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.axe import looked_at
from tests.browser.conftest import Demo, fr, sign_in

pytestmark = pytest.mark.browser
ENGINEER = "anne-laure.petit@cig.example"


def _describe(page: Page, name: str) -> None:
    page.get_by_label("Nom", exact=True).fill(name)
    page.get_by_label("Adresse", exact=True).fill("https://concours.example/")


def _create(page: Page, demo: Demo, slug: str, look: Callable[[], None] = lambda: None) -> str:
    """Walk the steps, a mistake in the third, looking at each; return the secret."""

    def _next(name: str = "Continuer") -> None:
        with page.expect_event("load"):
            page.get_by_role("button", name=fr(name)).click()
        look()

    page.goto(f"{demo.portal}/administration/nouvelle-application")
    _describe(page, f"Concours {slug}")
    page.get_by_label("Identifiant court").fill(slug)
    _next()
    page.get_by_label("Téléphone").check()
    _next()
    _next()
    page.get_by_role("link", name="Indiquez au moins une adresse de retour.").click()
    expect(page.get_by_label("Adresses de retour")).to_be_focused()
    page.get_by_label("Adresses de retour").fill("https://concours.example/retour")
    _next("Revenir à l'étape précédente")
    expect(page.get_by_label("Téléphone")).to_be_checked()
    _next()
    expect(page.get_by_label("Adresses de retour")).to_have_value("https://concours.example/retour")
    _next()
    _next("Créer l'application")
    return page.locator("[data-once]").inner_text()


def test_a_secret_is_gone_once_one_leaves_goes_back_or_loads_again(page: Page, demo: Demo) -> None:
    sign_in(page, demo, ENGINEER)
    secret = _create(page, demo, "concours-vu")
    assert len(secret) >= 43
    page.get_by_role("link", name=re.compile("J.ai copié le secret")).click()
    expect(page.get_by_role("heading", name="Secrets")).to_be_visible()
    with pytest.raises(Error, match="ERR_CACHE_MISS"):  # the browser kept nothing: it would have to send the form again
        page.go_back()
    expect(page.locator("html")).not_to_contain_text(secret)  # the browser's own page, which says so
    page.go_forward()
    page.wait_for_load_state()
    assert secret not in page.content()
    assert secret not in page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_step_breaks_an_accessibility_rule(chromium: Browser, demo: Demo, scheme: Any) -> None:
    page = chromium.new_context(locale="fr-FR", color_scheme=scheme, viewport={"width": 390, "height": 844}).new_page()
    sign_in(page, demo, ENGINEER)
    problems: list[str] = []
    _create(page, demo, f"concours-{scheme}", lambda: problems.extend(looked_at(page, page.url)))
    page.goto(f"{demo.portal}/administration/applications/concours-{scheme}")
    page.get_by_role("button", name="Ajouter un second secret").click()
    expect(page.locator("[data-once]")).to_be_visible()
    page.goto(f"{demo.portal}/administration/applications/concours-{scheme}")
    page.get_by_role("link", name=re.compile("^Retirer")).first.click()
    problems += looked_at(page, page.url)
    page.context.close()
    assert problems == []


def test_loading_the_page_of_a_secret_again_adds_none(page: Page, demo: Demo) -> None:
    sign_in(page, demo, ENGINEER)
    _create(page, demo, "concours-relu")
    page.goto(f"{demo.portal}/administration/applications/concours-relu")
    page.get_by_role("button", name="Ajouter un second secret").click()
    second = page.locator("[data-once]").inner_text()
    page.reload()
    expect(page.get_by_role("main")).to_contain_text(fr("Aucun secret n'a été ajouté"))
    assert second not in page.content()
    expect(page.get_by_role("link", name=re.compile("^Retirer"))).to_have_count(2)


def test_an_application_is_connected_without_script(chromium: Browser, demo: Demo) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    sign_in(page, demo, ENGINEER)
    page.goto(f"{demo.portal}/administration/nouvelle-application")
    _describe(page, "Concours sans script")
    for _ in range(2):
        page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Application dans le navigateur ou sur un téléphone").check()
    page.get_by_label("Adresses de retour").fill("https://concours.example/retour")
    page.get_by_role("button", name="Continuer").click()
    page.get_by_role("button", name=fr("Créer l'application")).click()
    expect(page.get_by_role("heading", name="Concours sans script")).to_be_visible()
    page.get_by_role("link", name=fr("Ouvrir l'application")).click()
    page.get_by_role("button", name=fr("Ouvrir l'application")).click()
    expect(page.get_by_role("main")).to_contain_text("est ouverte")
    context.close()


def test_a_machine_is_not_asked_for_addresses(page: Page, demo: Demo) -> None:
    sign_in(page, demo, ENGINEER)
    page.goto(f"{demo.portal}/administration/applications/octime/raccordement/oidc")
    expect(page.get_by_label("Adresses de retour")).to_be_visible()
    page.get_by_label(fr("Machine, sans personne devant l'écran")).check()
    expect(page.get_by_label("Adresses de retour")).to_be_hidden()
