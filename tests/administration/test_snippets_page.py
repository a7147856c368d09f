"""The page « Réglages à coller »: one client at a time, texts as they are pasted, for engineers alone."""

import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convergences.catalog.models import Application
from convergences.protocols.oidc.panel.snippets import snippets
from tests.administration.pages import address, plain, words
from tests.administration.test_snippets import SLY
from tests.administration.test_trial import connect
from tests.cast import Cast, signed_in

pytestmark = pytest.mark.database
SNIPPETS = address("bip", "reglages")


def test_the_page_shows_one_client_at_a_time_and_nothing_to_who_is_no_engineer(cast: Cast, engineer: Client) -> None:
    connect(cast.bip)
    page = engineer.get(SNIPPETS)
    said = html.unescape(page.content.decode())
    assert said.count('class="listing"') == 1
    assert "OIDCClientID" in said
    assert "client_secret: ''" in html.unescape(engineer.get(f"{SNIPPETS}?client=drupal_yml").content.decode())
    assert "OIDCClientID" in html.unescape(engineer.get(f"{SNIPPETS}?client=<b>").content.decode())
    for who in (cast.nadia, cast.claire, cast.julien):
        assert signed_in(who.agent).get(SNIPPETS).status_code == 404


def test_the_page_shows_a_text_as_it_is_pasted(cast: Cast, engineer: Client) -> None:
    connect(cast.bip, redirect_uris=[SLY])
    text = snippets(Application.objects.get(pk=cast.bip.pk))[0].text
    found = re.search(
        r'<pre class="listing"[^>]*><code>(.*?)</code></pre>', engineer.get(SNIPPETS).content.decode(), re.DOTALL
    )
    assert found
    assert html.unescape(found[1]) == text


def test_an_application_that_is_not_connected_has_no_such_page(cast: Cast, engineer: Client) -> None:
    assert engineer.get(SNIPPETS).status_code == 404


def test_the_page_of_a_machine_says_that_there_is_nothing_to_paste(cast: Cast, engineer: Client) -> None:
    connect(cast.bip, grant_types=["client_credentials"], scope="payroll.read", redirect_uris=[],
           post_logout_redirect_uris=[])  # fmt: skip
    assert "Rien à coller" in plain(words(engineer.get(SNIPPETS)))


def test_reading_the_page_costs_few_queries(cast: Cast, engineer: Client) -> None:
    connect(cast.bip)
    engineer.get(SNIPPETS)
    with CaptureQueriesContext(connection) as queries:
        engineer.get(SNIPPETS)
    assert len(queries) <= 9, [query["sql"][:90] for query in queries]
