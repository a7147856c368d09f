"""RDV emploi public in Chromium: a public client that lives in the page, from the tile to the sign-out."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, Response, expect

from tests.browser.axe import SETTINGS, looked_at
from tests.browser.conftest import Demo, fr, sign_in
from tests.browser.rows import without_right

pytestmark = pytest.mark.browser

MOUSSA = "moussa.diarra@pantin.example"
NADIA = "nadia.ferhat@pantin.example"
SLUG = "rdv-emploi"
SLOT = re.compile("^Réserver ")
KEPT = """async () => {
  const names = (await indexedDB.databases()).map(each => each.name);
  const keys = names.includes('rdv') ? await new Promise((resolve, reject) => {
    const opening = indexedDB.open('rdv');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const all = opening.result.transaction('keys').objectStore('keys').getAll();
      all.onsuccess = () => { opening.result.close(); resolve(all.result); };
    };
  }) : [];
  return {
    texts: [...Object.entries(localStorage), ...Object.entries(sessionStorage)].flat(),
    cookies: document.cookie,
    keys: await Promise.all(keys.map(({privateKey}) =>
      crypto.subtle.exportKey('jwk', privateKey).then(() => 'read', () => 'kept'))),
  };
}"""


def enter(page: Page, demo: Demo, email: str) -> None:
    """Sign in at the portal and open the application from its tile."""
    sign_in(page, demo, email)
    page.get_by_role("link", name="RDV emploi public", exact=True).click()
    expect(page.get_by_role("heading", name="Bonjour")).to_be_visible()


def test_the_tile_opens_it_without_a_second_sign_in(page: Page, demo: Demo) -> None:
    enter(page, demo, MOUSSA)
    assert page.url == f"{demo.rdv}/"
    expect(page.locator("header")).to_contain_text("Moussa Diarra")
    expect(page.locator("header")).to_contain_text("Ville de Pantin · Prendre rendez-vous")


def test_a_stranger_is_welcomed_then_signs_in_once(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.rdv}/")
    page.get_by_role("button", name="Se connecter par le portail").click()
    page.get_by_label("Identifiant").fill(MOUSSA)
    page.get_by_label("Mot de passe", exact=True).fill(demo.password)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name="Bonjour Moussa")).to_be_visible()


def test_content_follows_the_role(page: Page, demo: Demo) -> None:
    enter(page, demo, MOUSSA)
    expect(page.get_by_role("link", name="Créneaux")).to_be_hidden()
    page.goto(f"{demo.rdv}/#creneaux")
    expect(page.get_by_role("heading", name="Bonjour Moussa")).to_be_visible()
    page.context.clear_cookies()
    enter(page, demo, NADIA)
    page.get_by_role("link", name="Créneaux").click()
    first = page.get_by_role("switch").first
    first.click()
    expect(first).to_have_attribute("aria-checked", "false")
    page.get_by_role("link", name="Rendez-vous", exact=True).click()
    expect(page.get_by_role("button", name=SLOT)).to_have_count(19)


def test_a_reload_keeps_the_session_and_what_was_booked(page: Page, demo: Demo) -> None:
    enter(page, demo, MOUSSA)
    page.get_by_label("Objet du rendez-vous").select_option("Recruter un agent")
    page.get_by_role("button", name=SLOT).first.click()
    expect(page.get_by_role("status")).to_contain_text("Rendez-vous pris")
    page.reload()
    expect(page.get_by_role("heading", name="Bonjour Moussa")).to_be_visible()
    assert page.url == f"{demo.rdv}/"
    expect(page.get_by_role("listitem").filter(has_text="Recruter un agent")).to_be_visible()
    page.get_by_role("button", name="Annuler le rendez-vous").click()
    expect(page.get_by_text("Aucun rendez-vous pour le moment.")).to_be_visible()


def test_no_token_outlives_the_page_and_the_key_cannot_be_read(page: Page, demo: Demo) -> None:
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - Playwright marks it
    enter(page, demo, MOUSSA)
    page.get_by_role("button", name=SLOT).first.click()
    expect(page.get_by_role("status")).to_contain_text("Rendez-vous pris")
    given = [token for answer in answers for token in _tokens(answer)]
    assert len(given) == 3, "an access, a refresh and an ID token"
    kept: dict[str, Any] = page.evaluate(KEPT)
    assert not [token for token in given for text in [*kept["texts"], page.url] if token in text]
    assert (kept["keys"], kept["cookies"]) == (["kept"], "")
    page.get_by_role("button", name="Annuler le rendez-vous").click()


def _tokens(answer: Response) -> list[str]:
    if not answer.url.endswith("/oauth/token") or answer.status != 200:
        return []
    return [value for name, value in answer.json().items() if name.endswith("_token")]


def test_every_call_of_the_page_proves_its_key_and_brings_no_cookie(page: Page, demo: Demo) -> None:
    calls: list[Request] = []
    page.on("request", lambda request: calls.append(request) if request.resource_type == "fetch" else None)
    enter(page, demo, MOUSSA)
    asked = [call for call in calls if call.url.endswith("/oauth/userinfo")]
    assert asked
    assert all(call.all_headers()["authorization"].startswith("DPoP ") for call in asked)
    to_portal = [call.all_headers() for call in calls if call.url.startswith(demo.portal)]
    assert not [headers for headers in to_portal if headers.get("cookie") or headers.get("referer")]


@pytest.mark.parametrize(
    "forged",
    [
        "code=x&state=unknown&iss={portal}",
        "error=access_denied&state=unknown",
        "code=x&state={state}&iss=https://evil.example",
    ],
)
def test_an_answer_that_nobody_asked_for_opens_nothing(page: Page, demo: Demo, forged: str) -> None:
    """Login CSRF, mix-up (RFC 9207): the code is not even sent to the token endpoint."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto(f"{demo.rdv}/au-revoir")
    asked = '{"state": "s1", "nonce": "n", "verifier": "v", "prompt": "", "here": ""}'
    page.evaluate("asked => sessionStorage.setItem('asked:s1', asked)", asked)
    page.goto(f"{demo.rdv}/retour?{forged.format(portal=demo.portal, state='s1')}")
    expect(page.get_by_role("heading", name="La connexion n’a pas abouti")).to_be_visible()
    assert not [url for url in sent if "/oauth/token" in url]
    assert "code" not in page.url


def test_a_removed_right_is_told_at_the_next_act_with_whom_to_ask(page: Page, demo: Demo) -> None:
    enter(page, demo, MOUSSA)
    with without_right(demo, SLUG, MOUSSA):
        page.get_by_role("button", name=SLOT).first.click()
        expect(page.get_by_role("heading", name="Vous n’avez pas, ou plus, accès")).to_be_visible()
        expect(page.locator("header")).not_to_contain_text("Moussa")
        page.get_by_role("button", name="Voir à qui demander l’accès").click()
        expect(
            page.get_by_role("heading", name=fr("Vous n'êtes pas habilité à ouvrir RDV emploi public"))
        ).to_be_visible()
        expect(page.locator("main")).to_contain_text("Nadia Ferhat")
        page.get_by_role("link", name=fr("Revenir à l'application")).click()
        expect(page.get_by_role("heading", name="Vous n’avez pas, ou plus, accès")).to_be_visible()
    page.goto(f"{demo.rdv}/")
    expect(page.get_by_text("Aucun rendez-vous pour le moment.")).to_be_visible()


def test_leaving_it_leaves_the_portal_in_every_tab(page: Page, demo: Demo) -> None:
    enter(page, demo, MOUSSA)
    other = page.context.new_page()
    other.goto(f"{demo.rdv}/")
    expect(other.get_by_role("heading", name="Bonjour Moussa")).to_be_visible()
    page.get_by_role("button", name="Se déconnecter").click()
    page.get_by_role("button", name="DÉCONNEXION").click()
    expect(page.get_by_role("heading", name="Vous avez quitté RDV emploi public")).to_be_visible()
    expect(other.get_by_role("heading", name="Vous avez quitté RDV emploi public")).to_be_visible()
    assert page.evaluate(KEPT)["keys"] == []
    page.goto(f"{demo.rdv}/")
    expect(page.get_by_role("button", name="Se connecter par le portail")).to_be_visible()


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark-320"])
def test_no_page_of_it_breaks_an_accessibility_rule(chromium: Browser, demo: Demo, settings: Any) -> None:
    page = chromium.new_context(locale="fr-FR", **settings).new_page()
    problems: list[str] = []

    def look(what: str, heading: str) -> None:
        page.get_by_role("heading", name=heading, level=1).wait_for()
        problems.extend(looked_at(page, what))

    page.goto(f"{demo.rdv}/")
    look("welcome", "Rencontrez un conseiller emploi")
    page.goto(f"{demo.rdv}/retour?state=unknown")
    look("failed", "La connexion n’a pas abouti")
    enter(page, demo, NADIA)
    page.get_by_role("button", name=SLOT).first.click()
    look("appointments", "Bonjour Nadia")
    for tab, heading in (("Créneaux", "Créneaux ouverts"), ("Mon accès", "Mon accès")):
        page.get_by_role("link", name=tab).click()
        look(tab, heading)
    page.context.close()
    assert problems == []
