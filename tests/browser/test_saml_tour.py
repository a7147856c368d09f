"""In Chromium: two sites by SAML that only the browser can tell, when everybody answers and when one does not."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import saml_sites
from tests.browser.conftest import Demo, fr, sign_in
from tests.browser.registering import DENIS
from tests.browser.saml_sites import Site

pytestmark = [pytest.mark.browser, pytest.mark.long]
PARTIAL = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout"


@pytest.fixture(scope="module")
def served(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Site]]:
    """The two sites."""
    folder = tmp_path_factory.mktemp("sites")
    with saml_sites.running(demo.portal, demo.data, folder, ["agenda-saml", "parc-saml"]) as sites:
        yield sites


@pytest.fixture
def sites(served: list[Site]) -> list[Site]:
    """The two sites, in their best manners."""
    for site in served:
        site.manners = "answers"
        site.told.clear()
        site.let_go.clear()
    return served


def enter(page: Page, demo: Demo, sites: list[Site]) -> None:
    sign_in(page, demo, DENIS)
    for site in sites:
        page.goto(f"{site.address}/")
        expect(page.get_by_role("heading", name=site.name)).to_be_visible()


def leave(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.portal}/deconnexion")
    page.get_by_role("main").get_by_role("button", name="DÉCONNEXION").click()


def go_on_without(page: Page, site: Site, kept: list[Route]) -> None:
    """Choose so once the browser is on its way to the site: only what a hand does reaches a page that leaves."""
    link = page.get_by_role("link", name=f"Continuer sans {site.name}")
    link.click(trial=True)  # once it stands still: a page whose style has not come has it elsewhere
    page.evaluate("document.fonts.ready.then(() => true)")  # letters of another font would move it
    box = link.bounding_box()
    assert box
    limit = time.monotonic() + 20
    while not kept:
        assert time.monotonic() < limit, "the page leaves without its script"
        page.wait_for_timeout(50)
    with page.expect_request(f"{site.address}/**"):
        kept.pop().continue_()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def stays(page: Page) -> list[Route]:
    """Keep the page that leaves by itself until `go_on_without` has looked at it."""
    kept: list[Route] = []
    page.route("**/js/submit.js", lambda route: kept.append(route), times=1)  # noqa: PLW0108 - Playwright marks it
    return kept


def test_a_deep_address_is_come_back_to(page: Page, demo: Demo, sites: list[Site]) -> None:
    """RelayState: the page that was asked for, after the sign-in page."""
    page.goto(f"{sites[0].address}/?page=7")
    page.get_by_label("Identifiant").fill(DENIS)
    page.get_by_label("Mot de passe", exact=True).fill(demo.password)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(f"{sites[0].address}/?page=7")
    expect(page.get_by_text("page 7")).to_be_visible()


def test_each_is_visited_then_the_last_page_says_so(page: Page, demo: Demo, sites: list[Site]) -> None:
    enter(page, demo, sites)
    leave(page, demo)
    page.wait_for_url(f"{demo.portal}/deconnecte")
    assert [len(site.told) for site in sites] == [1, 1]
    for site in sites:
        expect(page.get_by_text(fr(f"{site.name.title()} : déconnecté"), exact=True)).to_be_visible()
        page.goto(f"{site.address}/")
        page.wait_for_url(f"{demo.portal}/connexion**")
        page.go_back()


def test_one_that_keeps_the_browser_is_left_aside_on_coming_back(page: Page, demo: Demo, sites: list[Site]) -> None:
    enter(page, demo, sites)
    sites[0].manners = "keeps"
    leave(page, demo)
    expect(page.get_by_role("heading", name="un instant")).to_be_visible()
    page.go_back()
    page.wait_for_url(f"{demo.portal}/deconnecte")
    assert [len(site.told) for site in sites] == [0, 1]
    expect(page.get_by_text(fr("Parc-Saml : déconnecté"), exact=True)).to_be_visible()
    expect(page.get_by_text(fr("Agenda-Saml : n'a pas pu être prévenu"))).to_be_visible(timeout=15_000)


def test_one_that_does_not_answer_is_gone_on_without(page: Page, demo: Demo, sites: list[Site]) -> None:
    enter(page, demo, sites)
    sites[0].manners = "hangs"
    kept = stays(page)
    leave(page, demo)
    go_on_without(page, sites[0], kept)
    page.wait_for_url(f"{demo.portal}/deconnecte")
    assert [len(site.told) for site in sites] == [0, 1]
    expect(page.get_by_text(fr("Agenda-Saml : n'a pas pu être prévenu"))).to_be_visible(timeout=15_000)


@pytest.mark.parametrize("manners", ["answers", "hangs"])
def test_a_site_that_asks_is_answered_last_and_told_the_truth(
    page: Page, demo: Demo, sites: list[Site], manners: str
) -> None:
    enter(page, demo, sites)
    sites[1].manners = manners
    page.goto(f"{sites[0].address}/quitter")
    kept = stays(page) if manners == "hangs" else []
    page.get_by_role("button", name="DÉCONNEXION").click()
    if manners == "hangs":
        go_on_without(page, sites[1], kept)
    expect(page.get_by_role("heading", name="au revoir")).to_be_visible()
    assert page.url.startswith(f"{sites[0].address}/deconnexion")
    assert (PARTIAL in page.content()) == (manners == "hangs")
    page.goto(f"{demo.portal}/")
    page.wait_for_url(f"{demo.portal}/connexion**")
