"""The list of employers: search, filters, tabs, sort, pages; as many queries for fifty thousand as for three."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.campaigns.models import Campaign, Invitation
from convergences.directory.models import Organization, Profile
from convergences.foundations import clock
from tests.cast import Cast, member, organization
from tests.employers.pages import LIST, julien, towns
from tests.team.pages import words

pytestmark = pytest.mark.database


def _names(cast: Cast, query: str = "") -> list[str]:
    return [line.employer.name for line in julien(cast).get(f"{LIST}?{query}").context["lines"]]


def test_every_employer_is_there_by_name_with_its_referents_and_accounts(cast: Cast) -> None:
    answer = julien(cast).get(LIST)
    assert [line.employer.key for line in answer.context["lines"]] == ["cig", "pantin", "romainville"]
    assert "Ville de Pantin Commune · Affilié · Seine-Saint-Denis 93 Moussa Diarra, +1 3" in words(answer)
    assert "CIG petite couronne Centre de gestion · Centre · Seine-Saint-Denis 93 – 1" in words(answer)


def test_the_precise_filters_are_folded_until_one_is_set(cast: Cast) -> None:
    browser = julien(cast)
    for query, is_open in (("", False), ("q=pantin", False), ("nature=ccas", True), ("referents=aucun", True)):
        page = browser.get(f"{LIST}?{query}").content.decode()
        assert ('<details class="more fold" open>' in page) is is_open, query


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("pantin", ["Ville de Pantin"]),
        ("PANTIN ville", ["Ville de Pantin"]),
        ("219300555", ["Ville de Pantin"]),
        ("219 300 555 00014", ["Ville de Pantin"]),
        ("elie saint", ["Commune de Saint-Élie 00000"]),
        ("SAINT-ÉLIE", ["Commune de Saint-Élie 00000"]),
        ("nulle part", []),
        ("%25", []),
        ("_", []),
    ],
)
def test_an_employer_is_found_by_words_or_by_the_beginning_of_its_siret(
    cast: Cast, typed: str, found: list[str]
) -> None:
    towns(0, 1)
    assert _names(cast, f"q={typed}") == found


def test_an_employer_whose_name_changes_is_found_by_the_new_one(cast: Cast) -> None:
    cast.pantin.name = "Ville des Étangs"
    cast.pantin.save(update_fields=["name"])
    assert _names(cast, "q=etangs") == ["Ville des Étangs"]


def test_filters_narrow_by_department_kind_link_and_number_of_referents(cast: Cast) -> None:
    ccas = organization("ccas", "26930016700012", "CCAS de Pantin", kind="ccas", affiliation="subscriber")
    organization("clamart", "21920023500013", "Ville de Clamart", department="92")
    assert _names(cast, "departement=92") == ["Ville de Clamart"]
    assert _names(cast, "nature=ccas") == ["CCAS de Pantin"]
    assert _names(cast, "lien=subscriber&departement=93") == ["CCAS de Pantin"]
    assert _names(cast, "referents=aucun&nature=commune") == ["Ville de Clamart"]
    assert not {name for name in _names(cast, "referents=aucun") if "CIG" in name}
    assert _names(cast, "referents=un") == ["Ville de Romainville"]
    assert _names(cast, "referents=plusieurs") == ["Ville de Pantin"]
    member(ccas, "Rose Amar", profile=Profile.REFERENT, state="invited")
    member(ccas, "Léon Brun", profile=Profile.REFERENT, state="suspended")
    assert _names(cast, "referents=un") == ["CCAS de Pantin", "Ville de Romainville"]


def test_an_old_or_forged_address_shows_the_whole_list(cast: Cast) -> None:
    assert len(_names(cast, "nature=castle&lien=x&referents=douze&tri=siret&etat=perdu&page=abc")) == 3
    assert _names(cast, "departement=%00") == _names(cast)
    assert _names(cast, "page=999") == _names(cast)


def test_the_list_sorts_both_ways_and_keeps_its_filters_in_addresses(cast: Cast) -> None:
    towns(0, 2)
    assert _names(cast, "tri=-nom")[:2] == ["Ville de Romainville", "Ville de Pantin"]
    assert _names(cast, "tri=-departement")[0] == "Commune de Saint-Élie 00001"
    page = julien(cast).get(f"{LIST}?nature=commune&q=ville&tri=-nom").content.decode()
    assert "/espace-cig/employeurs?q=ville&amp;nature=commune" in page


def test_my_employers_are_those_that_i_follow(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.pantin.pk).update(correspondent=None)
    assert _names(cast, "etat=miens") == ["Ville de Romainville"]


def test_closed_employers_have_a_tab_of_their_own(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.romainville.pk).update(active=False)
    assert "Ville de Romainville" not in _names(cast)
    assert _names(cast, "etat=fermes") == ["Ville de Romainville"]


def _campaign(cast: Cast, days: int) -> Campaign:
    made = Campaign.objects.create(
        name="Désignation 2027", state="running", deadline=clock.today() + dt.timedelta(days=days),
        mail_subject="-", mail_text="-", letter_text="-", created_at=clock.now(), launched_at=clock.now(),
    )  # fmt: skip
    for employer, state in ((cast.pantin, "validated"), (cast.romainville, "sent")):
        Invitation.objects.create(campaign=made, organization=employer, reference=employer.key, state=state)
    return made


def test_without_a_campaign_there_is_neither_late_tab_nor_column(cast: Cast) -> None:
    page = words(julien(cast).get(LIST))
    assert "En retard" not in page
    assert "Désignation" not in page
    assert _names(cast, "etat=en-retard") == []


def test_late_employers_are_those_that_let_the_deadline_pass(cast: Cast) -> None:
    campaign = _campaign(cast, days=0)
    assert _names(cast, "etat=en-retard") == []
    assert "Envoyée" in words(julien(cast).get(LIST))
    Campaign.objects.filter(pk=campaign.pk).update(deadline=clock.today() - dt.timedelta(days=1))
    assert _names(cast, "etat=en-retard") == ["Ville de Romainville"]
    assert "Validée" in words(julien(cast).get(LIST))


def test_an_employer_is_judged_by_the_last_campaign_that_asked_it(cast: Cast) -> None:
    _campaign(cast, days=-1)
    newer = Campaign.objects.create(
        name="Second appel", state="running", deadline=clock.today() + dt.timedelta(days=9),
        mail_subject="-", mail_text="-", letter_text="-", created_at=clock.now(), launched_at=clock.now(),
    )  # fmt: skip
    Invitation.objects.create(campaign=newer, organization=cast.pantin, reference="second", state="opened")
    assert _names(cast, "etat=en-retard") == ["Ville de Romainville"]
    page = words(julien(cast).get(LIST))
    assert "Ouverte" in page
    assert "En retard" in page
    Invitation.objects.create(campaign=newer, organization=cast.romainville, reference="third", state="sent")
    assert _names(cast, "etat=en-retard") == []
    newer.filters = {"employer": "romainville"}
    newer.save()
    assert _names(cast, "etat=en-retard") == ["Ville de Romainville"]


def test_htmx_receives_the_results_alone_and_the_tidy_address(cast: Cast) -> None:
    answer = julien(cast).get(f"{LIST}?q=pantin&nature=", headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert answer["HX-Push-Url"] == "/espace-cig/employeurs?q=pantin"
    assert "HX-Request" in answer["Vary"]


def test_a_name_that_is_a_script_is_only_a_name(cast: Cast) -> None:
    cast.pantin.name = "<script>alert(1)</script>"
    cast.pantin.save()
    browser = julien(cast)
    for path in (
        LIST,
        f"{LIST}?q=%3Cscript%3Ealert",
        f"{LIST}/pantin",
        f"{LIST}/pantin/modifier",
        f"{LIST}/pantin/fermer",
        f"{LIST}/pantin/fusionner?avec={cast.romainville.siret}",
        f"{LIST}/pantin/designer",
        f"{LIST}/pantin/applications/bip",
    ):
        page = browser.get(path).content.decode()
        assert "<script>alert" not in page, path


def _queries(cast: Cast, query: str) -> int:
    browser = julien(cast)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(f"{LIST}?{query}").status_code == 200
    return len(captured)


ASKED = ["", "q=saint", "departement=94", "referents=aucun", "referents=plusieurs", "page=2", "etat=en-retard"]


def test_ten_thousand_employers_cost_the_queries_of_sixty(cast: Cast) -> None:
    _campaign(cast, days=-1)
    towns(0, 60)
    few = {query: _queries(cast, query) for query in ASKED}
    towns(60, 10_000)
    assert {query: _queries(cast, query) for query in ASKED} == few
    assert max(few.values()) <= 12, few
