"""The demo as a user gets it (portal, worker, BIP, SQLite), driven by Debian's Chromium."""

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from convergences.cli.demo_data.clients import CLIENTS
from convergences.foundations.text import french
from tests.browser import parties, rows
from tests.browser.parties import Party
from tests.browser.registering import NAMES
from tests.delivery.running import free_ports, start

# A busy machine is slow, not wrong: what never comes fails all the same.
expect.set_options(timeout=15_000)


@dataclass(frozen=True)
class Demo:
    """A running demo: its addresses, its folder and the password of its people."""

    portal: str
    bip: str
    rdv: str
    commission: str
    cotisations: str
    site: str
    octime: str
    snapi: str
    data: Path
    password: str


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Start `convergences demo` in an empty folder, wait until it says that all is there, stop it by Ctrl-C."""
    folder = tmp_path_factory.mktemp("demo")
    command = Path(sys.executable).parent / "convergences"
    running = start(command, folder, free_ports(), "--data", str(folder / "data"))
    try:
        running.wait_for("Ctrl-C arrête tout")
        password = re.search(r"Mot de passe[^:\n]*:\s*(.+)", running.said())
        assert password, running.said()
        addresses = {"portal": running.portal}
        addresses |= {client.key: running.address(client.rank) for client in CLIENTS}
        for client in CLIENTS:
            running.wait_until_open(client.rank)
        rows.keep(folder / "data")
        yield Demo(**addresses, data=folder / "data", password=password[1].strip())
    finally:
        running.interrupt()


@pytest.fixture(scope="module")
def demo(started: Demo) -> Demo:
    """The demo with the rows of its first minute: nobody meets what another file's people did."""
    rows.bring_back(started.data)
    return started


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver, without its own browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    path = shutil.which("chromium")
    assert path, "browser tests need Debian's chromium: apt-get install chromium"
    flags = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    browser = playwright.chromium.launch(executable_path=path, args=flags)
    yield browser
    browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A new page in a new context that fails the test when a script or the CSP complains."""
    context = chromium.new_context(locale="fr-FR", viewport={"width": 1200, "height": 900})
    context.set_default_timeout(20_000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    unexpected = [text for text in complaints if "Failed to load resource" not in text]
    assert not unexpected, unexpected


@pytest.fixture(scope="module")
def registered(demo: Demo) -> Iterator[tuple[Party, Party]]:
    """Two applications of other origins, registered in the demo."""
    first, second = NAMES
    with parties.listening(first) as agenda, parties.listening(second) as parc:
        parties.register(demo.data, demo.portal, [agenda, parc])
        yield agenda, parc


@pytest.fixture
def agenda(registered: tuple[Party, Party]) -> Party:
    """The first of them, which nothing has been brought to yet."""
    registered[0].brought.clear()
    return registered[0]


@pytest.fixture
def parc(registered: tuple[Party, Party]) -> Party:
    """The second of them, which asks the agent."""
    registered[1].brought.clear()
    return registered[1]


def sign_in(page: Page, demo: Demo, email: str) -> None:
    """Sign in from the login page and arrive at the portal."""
    page.goto(f"{demo.portal}/connexion")
    page.get_by_label("Identifiant").fill(email)
    page.get_by_label("Mot de passe", exact=True).fill(demo.password)
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("heading", name="Applications", level=1).wait_for()


def fr(text: str) -> str:
    """Return the words as the interface prints them."""
    return french(text)
