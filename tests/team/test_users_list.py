"""The list of users: search, tabs, filters, sort, pages, and what htmx receives."""

import datetime as dt
import re
from typing import Any

import pytest

from convergences.directory.models import AgentState, Membership
from convergences.foundations import clock
from tests.cast import Cast, join, member
from tests.team.pages import client, right, team, words

pytestmark = pytest.mark.database

LIST = team("utilisateurs")


def _names(cast: Cast, query: str = "", **headers: str) -> list[str]:
    """Return the names listed, in their order."""
    page = client(cast.nadia).get(LIST + query, headers=headers).content.decode()
    return re.findall(r'<th role="rowheader".*?<a [^>]*>([^<]+)</a>', page)


def test_members_are_listed_by_name(cast: Cast) -> None:
    assert _names(cast) == ["Moussa Diarra", "Nadia Ferhat", "Claire Nguyen"]


@pytest.mark.parametrize("typed", ["LEFEVRE", "lefèvre", "Lefevre zoe", "zoé.lefevre@pantin", "zo%C3%A9"])
def test_a_search_minds_neither_accents_nor_case_nor_order(cast: Cast, typed: str) -> None:
    member(cast.pantin, "Zoé Lefèvre")
    assert _names(cast, f"?q={typed}") == ["Zoé Lefèvre"]


def test_a_search_finds_a_service(cast: Cast) -> None:
    assert _names(cast, "?q=carrieres") == ["Claire Nguyen"]


@pytest.mark.parametrize("typed", ["%25", "_", "'", "%00", "<b>", "*", "a" * 5000, " "])
def test_strange_searches_answer_a_page(cast: Cast, typed: str) -> None:
    answer = client(cast.nadia).get(f"{LIST}?q={typed}")
    assert answer.status_code == 200
    assert "<b>" not in answer.content.decode()


def test_a_search_that_finds_nobody_says_why_and_what_next(cast: Cast) -> None:
    told = words(client(cast.nadia).get(LIST, {"q": "lefevre"}))
    assert "Aucun agent ne correspond à « lefevre »" in told
    assert "Effacer la recherche" in told


def test_members_of_another_town_are_never_found(cast: Cast) -> None:
    for query in ("?q=lucie", "?role=referent", "?etat=actifs", "?tri=-nom"):
        assert not {"Lucie Lefèvre", "Karim Benali"} & set(_names(cast, query))


def test_tabs_count_and_filter(cast: Cast) -> None:
    member(cast.pantin, "Sophie Delorme", state=AgentState.INVITED)
    Membership.objects.filter(pk=cast.claire.pk).update(suspended_at=clock.now())
    told = words(client(cast.nadia).get(LIST))
    for tab in ("Tous 4", "Actifs 2", "Jamais connectés 1", "Droits qui expirent 0", "Suspendus 1"):
        assert tab in told
    assert "Supprimés" not in told
    assert _names(cast, "?etat=jamais-connectes") == ["Sophie Delorme"]
    assert _names(cast, "?etat=suspendus") == ["Claire Nguyen"]


def test_the_tab_of_rights_that_expire_lists_their_agents(cast: Cast) -> None:
    right(cast.claire, cast.bip, ends_on=clock.today() + dt.timedelta(days=30))
    right(cast.moussa, cast.bip, ends_on=clock.today() + dt.timedelta(days=31))
    assert _names(cast, "?etat=expirent") == ["Claire Nguyen"]
    assert "Expire bientôt" in words(client(cast.nadia).get(LIST))


def test_the_filter_by_application_lists_those_who_hold_it_here(cast: Cast) -> None:
    right(cast.claire, cast.bip)
    right(join(cast.moussa.agent, cast.romainville), cast.bip)
    assert _names(cast, "?application=bip") == ["Claire Nguyen"]


def test_the_filter_by_role_lists_referents(cast: Cast) -> None:
    assert _names(cast, "?role=referent") == ["Moussa Diarra", "Nadia Ferhat"]
    assert _names(cast, "?role=utilisateur") == ["Claire Nguyen"]


def test_the_list_is_sorted_by_name_service_and_last_sign_in(cast: Cast) -> None:
    for each, days in ((cast.nadia, 3), (cast.claire, 1)):
        each.agent.last_sign_in_at = clock.now() - dt.timedelta(days=days)
        each.agent.save()
    assert _names(cast, "?tri=-nom") == ["Claire Nguyen", "Nadia Ferhat", "Moussa Diarra"]
    assert _names(cast, "?tri=service") == ["Claire Nguyen", "Nadia Ferhat", "Moussa Diarra"]
    assert _names(cast, "?tri=-connexion") == ["Claire Nguyen", "Nadia Ferhat", "Moussa Diarra"]


@pytest.mark.parametrize("query", ["?etat=x", "?role=admin", "?tri=password", "?application=x", "?page=999", "?page=x"])
def test_what_an_address_should_not_say_asks_nothing(cast: Cast, query: str) -> None:
    assert len(_names(cast, query)) == 3


def test_pages_of_twenty_five_keep_the_filters(cast: Cast) -> None:
    for number in range(30):
        member(cast.pantin, f"Anne Zola{number:02}")
    assert len(_names(cast, "?q=zola")) == 25
    assert len(_names(cast, "?q=zola&page=2")) == 5
    page = client(cast.nadia).get(f"{LIST}?q=zola&tri=-nom").content.decode()
    assert re.search(r'href="\?q=zola&amp;tri=-nom&amp;page=2"', page)
    assert "1 à 25 sur 30 utilisateurs" in words(client(cast.nadia).get(f"{LIST}?q=zola"))


def test_more_than_three_applications_are_counted(cast: Cast) -> None:
    from tests.cast import application

    for number in range(4):
        right(cast.claire, application(f"app-{number}", f"Appli {number}", [("reader", "Lire")]))
    assert "4 applications" in words(client(cast.nadia).get(LIST))


def test_htmx_receives_the_results_alone_and_caches_cannot_mix_them_up(cast: Cast) -> None:
    answer: Any = client(cast.nadia).get(f"{LIST}?q=claire", headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert "<html" not in page
    assert "Claire Nguyen" in page
    assert 'hx-swap-oob="true"' in page
    assert "HX-Request" in answer["Vary"]
    assert "<html" in client(cast.nadia).get(f"{LIST}?q=claire").content.decode()
