"""What a page is held to, whoever reads it: axe-core's rules, no sideways scroll, every control by the keyboard."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# Each colour, and each end of the widths: what lies between is looked at for what spills over.
SETTINGS = [
    {"color_scheme": "light", "viewport": {"width": 1200, "height": 900}},
    {"color_scheme": "dark", "viewport": {"width": 320, "height": 640}},
]
_SPILLED = """[...document.querySelectorAll('.chip, .table')].filter(part => part.getBoundingClientRect().right >
    part.closest('.grow, .tile, td, .card, main').getBoundingClientRect().right + 1).map(part => part.innerText)"""

# Letters of another font are wider or narrower, and half-way through a change a colour is nobody's.
_STILL = """async () => {
    document.body.getBoundingClientRect();
    await document.fonts.ready;
    const ending = document.getAnimations().filter(each => each.effect.getComputedTiming().endTime < Infinity);
    await Promise.allSettled(ending.map(each => each.finished));
}"""


def still(page: Page) -> None:
    """Wait until the page is there whole: its style, its letters, and whatever moves."""
    page.wait_for_load_state()
    page.evaluate(_STILL)


def violations(page: Page) -> list[str]:
    """Return the rules that the page breaks, once it is there whole, and where."""
    still(page)
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run(document)).violations")
    return [f"{item['id']}: {item['nodes'][0]['html'][:140]}" for item in found]


def scrolls_sideways(page: Page) -> bool:
    """Say whether the page, once it is there whole, is wider than its window."""
    still(page)
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def spilled(page: Page) -> list[str]:
    """Return the texts that spill over what holds them, once the page is there whole."""
    still(page)
    found: list[str] = page.evaluate(_SPILLED)
    return found


def looked_at(page: Page, name: str) -> list[str]:
    """Return all that is wrong with the page, each after its name."""
    found = [f"{name} {violation}" for violation in violations(page)]
    return [*found, f"{name} scrolls sideways"] if scrolls_sideways(page) else found


def problems(page: Page, portal: str, paths: list[str]) -> list[str]:
    """Return all that is wrong with these pages of the portal."""
    found = []
    for path in paths:
        page.goto(portal + path)
        found += looked_at(page, path)
    return found


def tab_to(page: Page, name: str, limit: int = 80) -> None:
    """Press Tab until the element of that accessible name or text has the focus, as a keyboard user would."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "() => { const e = document.activeElement; const l = e.labels && e.labels[0];"
            " return ((l && l.innerText) || e.getAttribute('aria-label') || e.innerText || '').trim(); }"
        )
        if re.sub(r"\s+", " ", focused).startswith(name):
            return
    raise AssertionError(f"« {name} » cannot be reached by the keyboard on {page.url}")
