"""The pages of adoption: for correspondants alone, what they count and where it leads, in as many queries."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convergences.adoption.models import Headcount
from convergences.adoption.services import counting
from convergences.directory.models import AgentState, Membership, Organization, Profile
from convergences.foundations.models import OutboxMessage
from tests.cast import Cast, member, signed_in
from tests.employers.pages import julien, towns
from tests.team.pages import words

pytestmark = pytest.mark.database
FOLLOW = "/espace-cig/suivi"
READ = (FOLLOW, f"{FOLLOW}/referents", f"{FOLLOW}/comptes", f"{FOLLOW}/comptes/pantin")
XSS = "<script>alert(1)</script>"


def _invited(cast: Cast, name: str = "Rose Amar", **fields: str) -> Membership:
    return member(cast.pantin, name, state=AgentState.INVITED, **{"profile": Profile.REFERENT, **fields})


def _call(member_: Membership) -> str:
    return f"{FOLLOW}/referents/{member_.uid}/relancer"


@pytest.mark.parametrize("who", ["nadia", "claire"])
def test_to_anybody_else_there_is_nothing_here(cast: Cast, who: str) -> None:
    rose, browser = _invited(cast), signed_in(getattr(cast, who).agent, second_factor=True)
    for path in (*READ, _call(rose)):
        assert browser.get(path).status_code == 404, path
        assert browser.post(path).status_code == 404, path
    assert Client().get(FOLLOW)["Location"].startswith("/connexion")
    assert not OutboxMessage.objects.exists()


def test_reading_writes_nothing_and_nobody_is_called_by_a_link(cast: Cast) -> None:
    rose, browser = _invited(cast), julien(cast)
    for path in READ:
        assert browser.get(path).status_code == 200
    assert browser.get(_call(rose)).status_code == 405
    assert browser.get(f"{FOLLOW}/comptes/nulle-part").status_code == 404
    assert browser.post(f"{FOLLOW}/referents/{uuid.uuid4()}/relancer").status_code == 404
    assert not OutboxMessage.objects.exists()
    assert not Headcount.objects.exists()


def test_one_click_calls_once_and_comes_back_to_the_same_list(cast: Cast) -> None:
    rose, browser = _invited(cast), julien(cast)
    assert "Relancer Rose Amar" in words(browser.get(f"{FOLLOW}/referents"))
    for said in ("Une nouvelle invitation part à rose.amar@pantin.example", "déjà partie aujourd'hui"):
        answer = browser.post(_call(rose), {"departement": "93", "page": "2", "nature": "x"}, follow=True)
        assert answer.redirect_chain == [(f"{FOLLOW}/referents?departement=93&page=2", 302)]
        assert said in words(answer)
    assert OutboxMessage.objects.count() == 1
    page = words(browser.get(f"{FOLLOW}/referents"))
    assert "Invitation partie aujourd'hui" in page
    assert "Relancer Rose Amar" not in page


def test_figures_lists_and_filters_agree(cast: Cast) -> None:
    _invited(cast), _invited(cast, "Abel Roy", profile=Profile.USER)
    Organization.objects.update(correspondent=None)
    while counting.count_accounts():
        pass
    browser = julien(cast)
    context = browser.get(f"{FOLLOW}?departement=93").context
    assert (context["accounts"].waiting, context["accounts"].accounts) == (2, 8)
    assert [each.organization for each in browser.get(f"{FOLLOW}/comptes").context["page_obj"]] == [cast.pantin]
    assert browser.get(f"{FOLLOW}/comptes/pantin").context["page_obj"].paginator.count == 2
    for query in ("departement=94", "nature=ccas", f"correspondant={cast.julien.agent_id}"):
        narrowed = browser.get(f"{FOLLOW}?{query}").context
        kept = query.startswith("departement=94")  # no employer is there: the address asks nothing
        assert (narrowed["accounts"].waiting, narrowed["absent"] > 0) == ((2, True) if kept else (0, False)), query


def test_what_an_address_says_is_never_run(cast: Cast) -> None:
    _invited(cast, f"Rose {XSS}")
    browser = julien(cast)
    for path in READ:
        for value in ("%00", "%27", XSS, "9" * 40):
            page = browser.get(f"{path}?departement={value}&nature={value}&correspondant={value}&page={value}")
            assert page.status_code == 200
            assert XSS not in page.content.decode()


def test_rights_are_drawn_beside_a_table_that_says_the_same(cast: Cast) -> None:
    browser = julien(cast)
    assert "Rien n'est encore compté" in words(browser.get(FOLLOW))
    while counting.count_rights():
        pass
    page = browser.get(FOLLOW)
    assert [line.application.slug for line in page.context["lines"]] == ["bip", "net-cotisations"]
    assert [len(line.columns) for line in page.context["lines"]] == [12, 12]
    assert len(page.context["rows"]) == 12
    assert "chiffres : aujourd'hui" in words(page)


def test_as_many_queries_for_sixty_employers_as_for_two(cast: Cast) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as taken:
            assert browser.get(path).status_code == 200
        return len(taken)

    _invited(cast)
    browser = julien(cast)
    counting.count_accounts()
    browser.get(FOLLOW)
    few = {path: queries(path) for path in READ}
    towns(0, 60)
    for number in range(40):
        _invited(cast, f"Rose Amar{number}")
    counting.count_accounts()
    assert {path: queries(path) for path in READ} == few
    assert max(few.values()) < 20
