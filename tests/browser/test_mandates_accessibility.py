"""axe-core on the correspondant's pages about mandates and their own presence, light and dark, desk and phone."""

import datetime as dt
import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from convergences.foundations import clock
from tests.browser import axe
from tests.browser.axe import SETTINGS, scrolls_sideways, spilled, violations
from tests.browser.conftest import Demo, fr, sign_in

pytestmark = pytest.mark.browser

MALAKOFF = "/espace-cig/employeurs/malakoff"
PAGES = [
    "/espace-cig/mandats", "/espace-cig/mandats/reconfirmer", "/espace-cig/me-joindre",
    "/espace-cig/confier-des-employeurs", MALAKOFF, f"{MALAKOFF}/retrouver-l-acces",
    "/espace-cig/employeurs?etat=a-reconfirmer",
]  # fmt: skip


def _looked_at(page: Page, name: str) -> list[str]:
    wide = spilled(page) or scrolls_sideways(page)
    return [f"{name} {violation}" for violation in violations(page)] + ([f"{name} spills {wide}"] if wide else [])


def _reviews(page: Page, demo: Demo) -> list[str]:
    """Walk to the pages that only a form leads to, and confirm nothing."""
    page.goto(demo.portal + MALAKOFF)
    page.get_by_role("link", name=re.compile("Mettre fin au mandat")).first.click()
    expect(page.get_by_role("heading", name=re.compile("^Mettre fin au mandat"))).to_be_visible()
    found = _looked_at(page, "end")
    page.get_by_role("button", name="Voir ce qui va se passer").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += _looked_at(page, "end, wrong")
    page.get_by_label("Tout de suite").check()
    page.get_by_role("button", name="Voir ce qui va se passer").click()
    expect(page.get_by_role("button", name="Confirmer la fin du mandat")).to_be_visible()
    found += _looked_at(page, "end, review")
    page.goto(demo.portal + "/espace-cig/mandats/reconfirmer")
    page.get_by_label("Motif").fill("Élections")
    page.get_by_label("À confirmer avant le").fill(str(clock.today() + dt.timedelta(days=90)))
    page.get_by_role("button", name="Voir ce qui va se passer").click()
    expect(page.get_by_role("heading", name=fr("Ce qui va se passer"))).to_be_visible()
    return found + _looked_at(page, "reconfirm, review")


@pytest.mark.parametrize("settings", SETTINGS, ids=["light", "dark-320"])
def test_no_page_about_mandates_breaks_an_accessibility_rule(chromium: Browser, demo: Demo, settings: Any) -> None:
    page = chromium.new_context(locale="fr-FR", **settings).new_page()
    sign_in(page, demo, "julien.moreau@cig.example")
    problems = [*axe.problems(page, demo.portal, PAGES), *_reviews(page, demo)]
    page.context.close()
    assert problems == []
