"""The list and the sheet of applications: what they say, what they cost, and what changing them does."""

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convergences.audit.models import AuditEvent
from convergences.catalog.models import Application
from convergences.pages.administration.forms import ICONS
from convergences.protocols.oidc.models import Client as OidcClient
from tests.administration.pages import address, seen_of, words
from tests.cast import Cast, application, member
from tests.oidc.relying import define, entitle

pytestmark = pytest.mark.database
LIST = "/administration/applications"
SHEET = {
    "name": "BIP", "url": "https://bip.example/", "icon": "books", "position": "5", "assurance": "second_factor",
    "affiliations": ["affiliated"], "roles": "Consulter = reader", "attributes": ["email"], "category": "Personnel",
}  # fmt: skip


def _cost(engineer: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert engineer.get(path).status_code == 200
    return len(captured)


def test_the_list_says_protocol_assurance_agents_and_state(cast: Cast, engineer: Client) -> None:
    Application.objects.filter(slug="bip").update(protocol="oidc", assurance="second_factor")
    entitle(cast.claire, cast.bip)
    entitle(cast.nadia, cast.bip)
    told = words(engineer.get(LIST + "?q=bip"))
    assert "BIP Gestion du personnel · OpenID Connect Deux étapes 2 Ouverte À raccorder" in told
    define(cast.bip)
    assert "À raccorder" not in words(engineer.get(LIST + "?q=bip"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=cotisations", {"Net-Cotisations"}), ("?q=GESTION+bip", {"BIP"}), ("?etat=fermees", {"Net-Cotisations"}),
        ("?etat=ouvertes", {"BIP"}), ("?etat=nimporte", {"BIP", "Net-Cotisations"}), ("?q=zzz", set()),
        ("?q=%00", {"BIP", "Net-Cotisations"}),
    ],
)  # fmt: skip
def test_the_list_is_narrowed_by_its_address(cast: Cast, engineer: Client, query: str, found: set[str]) -> None:
    Application.objects.filter(slug="net-cotisations").update(status="closed")
    page = engineer.get(LIST + query).content.decode()
    assert {name for name in ("BIP", "Net-Cotisations") if f">{name}</a>" in page} == found


def test_the_sheet_names_what_weakens_the_entrance(cast: Cast, engineer: Client) -> None:
    """ASVS 5.0, 10.4.6: an application that may do without PKCE."""
    Application.objects.filter(slug="bip").update(protocol="oidc")
    define(cast.bip)
    assert "PKCE n'est pas exigée de cette application" in words(engineer.get(address("bip")))
    define(cast.bip, pkce="required")
    assert "n'est pas exigée" not in words(engineer.get(address("bip")))


def test_more_applications_and_agents_cost_no_more_queries(cast: Cast, engineer: Client) -> None:
    define(cast.bip)
    Application.objects.filter(slug="bip").update(protocol="oidc")
    paths = (LIST, address("bip"), address("bip", "modifier"), address("bip", "raccordement/oidc"),
             address("bip", "fermer"), address("bip", "ouvrir"))  # fmt: skip
    few = {path: _cost(engineer, path) for path in paths}
    for number in range(30):
        made = application(f"app-{number}", f"Appli {number}", [("a", "A")], protocol="oidc")
        define(made, redirect_uris=[f"https://app-{number}.example/r"])
        entitle(member(cast.pantin, f"Anne Agent{number}", email=f"a{number}@pantin.example"), cast.bip)
    assert {path: _cost(engineer, path) for path in paths} == few
    assert max(few.values()) <= 14, few


def test_the_sheet_tells_what_the_application_s_engineer_needs(cast: Cast, engineer: Client) -> None:
    Application.objects.filter(slug="bip").update(protocol="oidc")
    assert "Elle n'est pas encore raccordée" in words(engineer.get(address("bip")))
    define(cast.bip)
    told = words(engineer.get(address("bip")))
    for value in ("/.well-known/openid-configuration", "bip", "https://bip.example/callback", "/oauth/token"):
        assert value in told
    assert "Raccordée, aucune entrée" in told


def test_a_link_is_connected_from_its_sheet(cast: Cast, engineer: Client) -> None:
    Application.objects.filter(slug="bip").update(planned_protocol="oidc")
    form = {"kind": "browser", "redirect_uris": "https://bip.example/callback"}
    assert engineer.post(address("bip", "raccordement/oidc"), form).status_code == 302
    cast.bip.refresh_from_db()
    assert (cast.bip.protocol, cast.bip.planned_protocol) == ("oidc", "")
    assert OidcClient.objects.get().is_public


def test_a_refused_connection_leaves_the_link_as_it_was(cast: Cast, engineer: Client) -> None:
    define(cast.cotisations, client_id="taken", redirect_uris=["https://r.example/"])
    form = {"kind": "web", "redirect_uris": "https://bip.example/callback", "client_id": "taken"}
    answer = engineer.post(address("bip", "raccordement/oidc"), form)
    assert answer.status_code == 422
    cast.bip.refresh_from_db()
    assert cast.bip.protocol == "link"
    assert not OidcClient.objects.filter(application=cast.bip).exists()


def test_modifying_changes_what_was_typed_and_nothing_else(cast: Cast, engineer: Client) -> None:
    assert engineer.post(address("bip", "modifier"), SHEET).status_code == 302
    cast.bip.refresh_from_db()
    assert (cast.bip.assurance, cast.bip.attributes, cast.bip.affiliations) == (
        "second_factor", ["email"], ["affiliated"],
    )  # fmt: skip
    assert (cast.bip.status, cast.bip.slug) == ("open", "bip")
    assert [role.key for role in cast.bip.roles.all()] == ["reader"]
    told = AuditEvent.objects.filter(action="catalog.application_modified").get()
    assert (told.application, told.actor_label) == ("bip", "Anne-Laure Petit")


def test_a_sheet_saved_as_it_is_changes_and_journals_nothing(cast: Cast, engineer: Client) -> None:
    engineer.post(address("bip", "modifier"), SHEET)
    events = AuditEvent.objects.count()
    assert engineer.post(address("bip", "modifier"), SHEET).status_code == 302
    assert AuditEvent.objects.count() == events


def test_an_old_page_does_not_undo_what_another_engineer_saved(cast: Cast, engineer: Client) -> None:
    old = seen_of(engineer.get(address("bip", "modifier")))
    engineer.post(address("bip", "modifier"), {**SHEET, "seen": old})
    told = engineer.post(address("bip", "modifier"), {**SHEET, "tagline": "Écrit ailleurs", "seen": old})
    cast.bip.refresh_from_db()
    assert (told.status_code, cast.bip.tagline, cast.bip.attributes) == (422, "", ["email"])
    assert "a enregistré depuis l'ouverture de cette page" in words(told)
    assert "Écrit ailleurs" in told.content.decode()
    engineer.post(address("bip", "modifier"), {**SHEET, "tagline": "Écrit ailleurs", "seen": seen_of(told)})
    cast.bip.refresh_from_db()
    assert cast.bip.tagline == "Écrit ailleurs"


def test_an_old_page_does_not_undo_a_connection(cast: Cast, engineer: Client) -> None:
    path = address("bip", "raccordement/oidc")
    typed = {"kind": "web", "redirect_uris": "https://bip.example/retour"}
    engineer.post(path, typed)
    old = seen_of(engineer.get(path))
    assert engineer.post(path, {**typed, "consent_required": "on", "seen": old}).status_code == 302
    assert engineer.post(path, {**typed, "seen": old}).status_code == 422
    assert OidcClient.objects.get(application=cast.bip).consent_required


def test_an_application_that_is_not_connected_cannot_be_opened(cast: Cast, engineer: Client) -> None:
    Application.objects.filter(slug="bip").update(protocol="oidc", status="draft")
    assert "Elle n'est pas encore raccordée" in words(engineer.get(address("bip", "ouvrir")))
    engineer.post(address("bip", "ouvrir"), {"status": "open"})
    cast.bip.refresh_from_db()
    assert cast.bip.status == "draft"


def test_opening_for_pilots_from_a_day(cast: Cast, engineer: Client) -> None:
    form = {"status": "pilot", "opens_on": "2031-03-14"}
    assert engineer.post(address("bip", "ouvrir"), form).status_code == 302
    cast.bip.refresh_from_db()
    assert (cast.bip.status, str(cast.bip.opens_on)) == ("pilot", "2031-03-14")
    for wrong in ({"status": "draft"}, {"status": "open", "opens_on": "14"}, {}):
        assert engineer.post(address("bip", "ouvrir"), wrong).status_code == 422


def test_every_image_that_is_offered_is_drawn() -> None:
    sprite = Path(str(finders.find("vendor/sprite.svg"))).read_text(encoding="utf-8")
    assert [name for name in ICONS if f'id="{name}"' not in sprite] == []


@pytest.mark.parametrize(("ticked", "said"), [({"remembers_devices": "on"}, "sauf"), ({}, "même")])
def test_trusted_devices_are_accepted_or_not(cast: Cast, engineer: Client, ticked: dict[str, str], said: str) -> None:
    engineer.post(address("bip", "modifier"), {**SHEET, **ticked})
    cast.bip.refresh_from_db()
    assert cast.bip.remembers_devices == bool(ticked)
    page = engineer.get(address("bip")).content.decode().replace("\u00a0", " ")
    assert f"Une vérification en deux étapes, {said} sur un appareil de confiance" in page
