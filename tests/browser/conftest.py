"""The demo as a user gets it (portal, worker, BIP, SQLite), driven by Debian's Chromium."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from convergences.foundations.text import french

START_LIMIT_S = 90


@dataclass(frozen=True)
class Demo:
    """A running demo: its two addresses, its folder and the password of its people."""

    portal: str
    bip: str
    data: Path
    password: str


def _free_pair() -> int:
    """Return a port whose follower is free too."""
    for _ in range(50):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port + 1))
            return port
    raise RuntimeError("no two free ports in a row")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("CONVERGENCES_")}


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """Start `convergences demo` in an empty folder, wait until portal and BIP answer, stop it by Ctrl-C."""
    folder = Path(tempfile.mkdtemp(prefix="convergences-demo-"))
    port = _free_pair()
    portal, bip = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}"
    log = (folder / "demo.log").open("w")
    command = [
        str(Path(sys.executable).parent / "convergences"),
        "demo",
        "--port",
        str(port),
        "--data",
        str(folder / "data"),
    ]
    process = subprocess.Popen(
        command, stdout=log, stderr=subprocess.STDOUT, env=_environment(), start_new_session=True
    )
    try:
        limit = time.monotonic() + START_LIMIT_S
        while not (_answers(f"{portal}/readyz") and _answers(f"{bip}/")):
            if process.poll() is not None or time.monotonic() > limit:
                pytest.fail("the demo did not start:\n" + (folder / "demo.log").read_text()[-4000:])
            time.sleep(0.3)
        printed = (folder / "demo.log").read_text()
        password = re.search(r"[Mm]ot de passe[^:\n]*:\s*(.+)", printed)
        assert password, printed
        yield Demo(portal=portal, bip=bip, data=folder / "data", password=password[1].strip())
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
        log.close()
        shutil.rmtree(folder, ignore_errors=True)


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
    context.set_default_timeout(10_000)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    unexpected = [text for text in complaints if "Failed to load resource" not in text]
    assert not unexpected, unexpected


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
