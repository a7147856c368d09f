"""Addresses that came from a browser, and forms whose answer ends on another site."""

from typing import Any

import pytest
from django.test import RequestFactory

from convergences.web.entrance.returning import continue_to, is_safe, safe_next

ATTACKS = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "/\n/evil.example",
    " //evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http:evil.example",
    "evil.example",
    "",
    "/" + "a" * 5000,
    "/?" + "a" * 5000,
    "//evil.example?" + "a" * 2500,
    "/\\evil.example?" + "a" * 2500,
]


@pytest.mark.parametrize("url", ATTACKS)
def test_an_address_of_another_site_is_replaced_by_the_portal(url: str) -> None:
    assert not is_safe(url)
    assert safe_next(RequestFactory().get("/connexion", {"next": url})) == "/"
    assert safe_next(RequestFactory().post("/connexion", {"next": url})) == "/"


HONEST = [
    "/",
    "/annuaire/?a=b#c",
    "/oauth/authorize?redirect_uri=https%3A%2F%2Fbip.example",
    f"/oauth/authorize?request={'e' * 3600}",
]


@pytest.mark.parametrize("url", HONEST)
def test_a_path_of_ours_is_kept(url: str) -> None:
    assert safe_next(RequestFactory().post("/connexion", {"next": url})) == url


def _request(method: str) -> Any:
    request = getattr(RequestFactory(), method)("/connexion")
    request.agent, request.reference = None, "ref"
    return request


def test_a_form_that_goes_on_to_an_application_leaves_by_a_page_of_ours() -> None:
    # `form-action 'self'` follows a form's redirections in Chromium, up to the application's own address.
    answer = continue_to(_request("post"), '/oauth/authorize?client_id=bip&state="><script>')
    page = answer.content.decode()
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    target = "/oauth/authorize?client_id=bip&amp;state=&quot;&gt;&lt;script&gt;"
    assert f'<meta http-equiv="refresh" content="0;url={target}">' in page
    assert f'href="{target}"' in page


@pytest.mark.parametrize("url", ["/", "/annuaire/", "/annuaire/profil?a=b"])
def test_a_form_that_stays_on_our_pages_is_redirected(url: str) -> None:
    answer = continue_to(_request("post"), url)
    assert (answer.status_code, answer["Location"]) == (302, url)


def test_a_link_is_redirected_wherever_it_leads() -> None:
    assert continue_to(_request("get"), "https://bip.example/cb")["Location"] == "https://bip.example/cb"
