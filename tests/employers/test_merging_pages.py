"""The pages of a fusion: which employer stays, what happens to everybody, the name typed to confirm."""

import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from convergences.directory.models import Membership, Organization
from tests.cast import Cast, application, member, signed_in
from tests.employers.merging import Fusion, build_fusion
from tests.employers.pages import julien, sheet
from tests.entitlements.doing import subscribe
from tests.team.pages import right, value_of, words

pytestmark = pytest.mark.database
MERGE = sheet("fusionner", "ccas")


@pytest.fixture
def fusion(cast: Cast) -> Fusion:
    """The CCAS and its people, with an application that the town has not."""
    made = build_fusion(cast)
    octime = application("octime", "Octime", [("reader", "Consulter")], affiliations=[])
    subscribe(made.ccas, octime, seats=12)
    right(made.yann, octime)
    right(cast.claire, cast.bip)
    return made


def _review(browser: Client, cast: Cast) -> tuple[str, dict[str, str]]:
    shown = browser.get(f"{MERGE}?avec={cast.pantin.siret}")
    form = {"avec": cast.pantin.siret, "seen": value_of(shown, "seen"), "name": "CCAS de Pantin", "reason": "Fusion"}
    return words(shown), form


def test_the_page_says_what_happens_to_everybody(cast: Cast, fusion: Fusion) -> None:
    said, _form = _review(julien(cast), cast)
    assert "2 agents passent à la Ville de Pantin, avec le même compte" in said
    assert "1 y travaille déjà et garde sa fiche" in said
    assert "Son référent n'administre plus rien à ce titre : Rose Amar." in said
    assert "La Ville de Pantin garde Moussa Diarra, Nadia Ferhat." in said
    assert "BIP 1 0 1 0 Octime 0 0 0 1 : pas d'abonnement" in said
    assert "1 agent qui n'entre plus dans une application en est prévenu par e-mail dans dix minutes" in said
    assert "Ses abonnements ne sont pas repris : Octime (12 places)" in said
    fusion.ccas.refresh_from_db()
    assert fusion.ccas.active


def test_the_name_typed_merges_and_leads_to_the_employer_that_stays(cast: Cast, fusion: Fusion) -> None:
    browser = julien(cast)
    _said, form = _review(browser, cast)
    answer = browser.post(MERGE, form, follow=True)
    assert "La fusion est faite : les agents du CCAS de Pantin sont ici" in words(answer)
    assert Membership.objects.filter(organization=cast.pantin, agent=fusion.yann.agent).exists()
    assert "absorbé par la Ville de Pantin" in words(browser.get(sheet("", "ccas")))


@pytest.mark.parametrize("change", [{"name": "oui"}, {"name": ""}, {"seen": "old"}])
def test_another_name_or_an_old_page_merges_nothing_and_keeps_what_was_typed(
    cast: Cast, fusion: Fusion, change: dict[str, str]
) -> None:
    browser = julien(cast)
    _said, form = _review(browser, cast)
    answer = browser.post(MERGE, {**form, **change})
    assert answer.status_code == 422
    assert value_of(answer, "reason") == "Fusion"
    fusion.ccas.refresh_from_db()
    assert fusion.ccas.active


def test_an_agent_added_meanwhile_is_read_before_it_is_moved(cast: Cast, fusion: Fusion) -> None:
    browser = julien(cast)
    _said, form = _review(browser, cast)
    member(fusion.ccas, "Zoé Martin")
    answer = browser.post(MERGE, form)
    assert "depuis que vous avez lu cette page" in words(answer)
    assert browser.post(MERGE, {**form, "seen": value_of(answer, "seen")}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("nulle part", "Aucun employeur ne porte ce numéro SIRET ou ce nom"),
        ("", "Donnez le numéro SIRET ou le nom entier"),
        ("ccas de pantin", "ne fusionne pas avec lui-même"),
        ("CIG petite couronne", "Le centre de gestion ne peut pas être fermé"),
        ("ville de romainville", "Rouvrez-le"),
    ],
)
def test_who_cannot_stay_is_refused_with_the_reason(cast: Cast, fusion: Fusion, typed: str, said: str) -> None:
    Organization.objects.filter(pk=cast.romainville.pk).update(active=False)
    browser = julien(cast)
    answer = browser.get(MERGE, {"avec": typed})
    assert answer.status_code == 422
    assert said in words(answer)
    assert browser.get(f"{MERGE}/agents.xlsx", {"avec": typed}).status_code == 404


def test_the_list_of_agents_says_what_each_keeps_and_loses(cast: Cast, fusion: Fusion) -> None:
    answer = julien(cast).get(f"{MERGE}/agents.xlsx", {"avec": cast.pantin.siret})
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[1:] == [
        ["Rose Amar", "rose.amar@ccas.example", "repris", "", "", "", ""],
        ["Yann Le Gall", "yann.legall@ccas.example", "repris", "BIP", "", "", "Octime"],
        ["Claire Nguyen", "claire.nguyen@pantin.example", "déjà là-bas", "", "", "BIP", ""],
    ]


def test_nobody_else_finds_these_pages(cast: Cast, fusion: Fusion) -> None:
    for stranger in (cast.nadia, fusion.rose, cast.claire):
        browser = signed_in(stranger.agent, second_factor=True)
        assert browser.get(MERGE).status_code == 404
        assert browser.post(MERGE, {"avec": cast.pantin.siret, "name": "CCAS de Pantin"}).status_code == 404


def test_the_page_costs_the_same_queries_for_many_agents(cast: Cast, fusion: Fusion) -> None:
    browser, counts = julien(cast), []
    for number in (0, 30):
        for rank in range(number):
            right(member(fusion.ccas, f"Zoé Martin{rank:03d}"), cast.bip)
        with CaptureQueriesContext(connection) as captured:
            browser.get(MERGE, {"avec": cast.pantin.siret})
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 40, counts
