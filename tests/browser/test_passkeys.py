"""Passkeys in Chromium, with its virtual authenticator: created, used beside a password, alone, from the keyboard."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.browser.axe import SETTINGS, looked_at, scrolls_sideways, tab_to, violations
from tests.browser.conftest import Demo, fr, sign_in
from tests.browser.rows import bring_back

pytestmark = pytest.mark.browser

PAGE = "/annuaire/securite/deux-etapes/cle"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
SAMIRA = "samira.haddad@pantin.example"
MOUSSA = "moussa.diarra@pantin.example"


@pytest.fixture(autouse=True)
def _as_before(demo: Demo) -> None:
    """Nobody has a second factor."""
    bring_back(demo.data)


class Key:
    """The virtual authenticator of one page."""

    def __init__(self, page: Page, **differing: Any) -> None:
        self.cdp: CDPSession = page.context.new_cdp_session(page)
        self.cdp.send("WebAuthn.enable", {"enableUI": False})
        made = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {**DEVICE, **differing}})
        self.id = made["authenticatorId"]

    def knows(self) -> list[dict[str, Any]]:
        """Return the passkeys that it holds."""
        found: list[dict[str, Any]] = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})[
            "credentials"
        ]
        return found

    def verifies(self, *, holder: bool) -> None:
        """Recognise the holder, or not."""
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": holder})


@pytest.fixture
def email() -> str:
    """Somebody without a second factor yet."""
    return SAMIRA


@pytest.fixture
def enrolled(page: Page, demo: Demo, email: str) -> Key:
    """Somebody who has created a passkey in this browser, and signed out."""
    key = Key(page)
    sign_in(page, demo, email)
    create(page, demo)
    page.context.clear_cookies()
    return key


@pytest.fixture
def proposes_nothing(page: Page) -> None:
    """A browser that waits for the button: the virtual authenticator would take what the field proposes at once."""
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")


def create(page: Page, demo: Demo, name: str = "Poste du bureau") -> None:
    """Create a passkey, and arrive where the recovery codes are made."""
    page.goto(f"{demo.portal}{PAGE}")
    page.get_by_label("Nom de l’appareil").fill(name)
    page.get_by_role("button", name=fr("Créer la clé")).click()
    expect(page).to_have_url(re.compile("/annuaire/securite/codes-de-secours"))


def type_password(page: Page, demo: Demo, email: str) -> None:
    """Type identifier and password."""
    page.goto(f"{demo.portal}/connexion")
    page.get_by_label("Identifiant").fill(email)
    page.get_by_label("Mot de passe", exact=True).fill(demo.password)
    page.get_by_role("button", name="Se connecter").click()


def link_of_mail(page: Page, demo: Demo, email: str) -> str:
    """Return the link of the mail that told of the passkey, once it has come."""
    for _ in range(200):
        page.goto(f"{demo.portal}/courrier?q={email}")
        letter = page.get_by_role("link", name=re.compile("clé d’accès ajoutée"))
        if letter.count():
            letter.first.click()
            expect(page.get_by_text(fr("Le même e-mail, en texte"))).to_be_visible()
            page.wait_for_load_state()
            found = re.search(r"/securite/ce-nest-pas-moi\?cle=[\w-]+", page.content())
            assert found
            return found[0]
        page.wait_for_timeout(250)
    raise AssertionError("no mail came")


def at_portal(page: Page) -> None:
    """Wait for the portal."""
    expect(page.get_by_role("heading", name="Applications", level=1)).to_be_visible()


def test_a_passkey_is_created_by_the_keyboard_alone(page: Page, demo: Demo, email: str) -> None:
    key = Key(page)
    sign_in(page, demo, email)
    page.goto(f"{demo.portal}{PAGE}")
    tab_to(page, "Nom de l’appareil")
    page.keyboard.press("Control+a")
    page.keyboard.type("Clé du tiroir")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/annuaire/securite/codes-de-secours"))
    (kept,) = key.knows()
    assert kept["isResidentCredential"]
    assert kept["rpId"] == "localhost"
    page.goto(f"{demo.portal}/annuaire/securite")
    expect(page.get_by_text("Clé du tiroir").first).to_be_visible()


def test_password_then_passkey_signs_in(
    page: Page, demo: Demo, email: str, enrolled: Key, proposes_nothing: None
) -> None:
    type_password(page, demo, email)
    expect(page.get_by_role("heading", name=fr("Confirmez que c'est bien vous"))).to_be_visible()
    page.get_by_role("button", name=fr("Utiliser ma clé d'accès")).click()
    at_portal(page)


def test_the_passkey_alone_signs_in_by_the_button_and_goes_on(
    page: Page, demo: Demo, enrolled: Key, proposes_nothing: None
) -> None:
    page.goto(f"{demo.portal}/connexion?next=/annuaire/profil")
    page.get_by_role("button", name=fr("Utiliser ma clé d'accès")).click()
    expect(page).to_have_url(f"{demo.portal}/annuaire/profil")


def test_the_browser_proposes_the_passkey_in_the_field(page: Page, demo: Demo, enrolled: Key) -> None:
    page.goto(f"{demo.portal}/connexion")
    at_portal(page)  # the virtual authenticator takes what the field proposes at once


def test_a_key_that_does_not_recognise_its_holder_is_not_enough_alone(
    page: Page, demo: Demo, email: str, enrolled: Key
) -> None:
    enrolled.verifies(holder=False)
    page.goto(f"{demo.portal}/connexion")
    page.get_by_role("button", name=fr("Utiliser ma clé d'accès")).click()
    expect(page.get_by_role("alert").filter(has_text="Aucune clé d’accès n’a répondu")).to_be_visible()
    expect(page).to_have_url(f"{demo.portal}/connexion")


def test_no_key_here_says_so_and_the_password_still_serves(page: Page, demo: Demo, email: str) -> None:
    Key(page)
    page.goto(f"{demo.portal}/connexion")
    page.get_by_role("button", name=fr("Utiliser ma clé d'accès")).click()
    expect(page.get_by_role("alert").filter(has_text="Aucune clé d’accès n’a répondu")).to_be_visible()
    type_password(page, demo, email)
    at_portal(page)


def test_the_same_device_is_not_added_twice(page: Page, demo: Demo, email: str) -> None:
    Key(page)
    sign_in(page, demo, email)
    create(page, demo)
    page.goto(f"{demo.portal}{PAGE}")
    page.get_by_role("button", name=fr("Créer la clé")).click()
    expect(page.get_by_role("alert").filter(has_text="a déjà une clé d’accès")).to_be_visible()


@pytest.fixture
def look(chromium: Browser, demo: Demo) -> Iterator[Callable[[Any], Page]]:
    """Open a page with the settings of a reader."""
    opened: list[Page] = []

    def look_with(settings: Any) -> Page:
        opened.append(chromium.new_context(locale="fr-FR", **settings).new_page())
        return opened[-1]

    yield look_with
    for page in opened:
        page.context.close()


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark-320"])
def test_the_page_of_creation_breaks_no_accessibility_rule(
    look: Callable[[Any], Page], demo: Demo, settings: Any
) -> None:
    page = look(settings)
    Key(page, isUserVerified=False)
    sign_in(page, demo, MOUSSA)
    page.goto(f"{demo.portal}{PAGE}")
    page.get_by_role("button", name=fr("Créer la clé")).click()
    expect(page.get_by_role("alert")).to_contain_text("clé d’accès")
    problems = looked_at(page, "the page")
    assert problems == []


def test_without_a_script_the_page_says_so_and_offers_the_rest(look: Callable[[Any], Page], demo: Demo) -> None:
    page = look({"java_script_enabled": False})
    sign_in(page, demo, MOUSSA)
    page.goto(f"{demo.portal}{PAGE}")
    assert "JavaScript est désactivé" in page.locator("noscript").first.inner_text()
    expect(page.get_by_role("button", name=fr("Créer la clé"))).to_be_hidden()
    page.goto(f"{demo.portal}/connexion?encore=1")
    expect(page.get_by_role("button", name=fr("Utiliser ma clé d'accès"))).to_be_hidden()


def test_ce_n_est_pas_moi_takes_the_passkey_back_and_breaks_no_accessibility_rule(
    page: Page, demo: Demo, email: str, enrolled: Key, proposes_nothing: None
) -> None:
    tab = page.context.new_page()  # axe puts styles in the pages that it reads, which their policy complains of
    tab.goto(f"{demo.portal}{link_of_mail(tab, demo, email)}")
    assert violations(tab) == []
    tab.set_viewport_size({"width": 320, "height": 800})
    assert not scrolls_sideways(tab)
    tab.get_by_role("button", name="Annuler le changement et fermer mon compte").click()
    expect(tab.get_by_role("heading", name=fr("Votre compte est protégé"))).to_be_visible()
    assert violations(tab) == []
    page.goto(f"{demo.portal}/connexion")
    page.get_by_role("button", name=fr("Utiliser ma clé d'accès")).click()
    expect(page.get_by_text("Cette clé d’accès n’a pas été reconnue")).to_be_visible()
