"""The sheet of an employer, and its journal."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.audit.services import About, record
from convergences.catalog.models import Subscription
from convergences.directory.actions import Action
from convergences.directory.models import Membership, Organization, Profile
from convergences.foundations import clock
from tests.cast import Cast, application, member, organization
from tests.directory.acting import actor
from tests.employers.pages import julien, sheet
from tests.employers.test_list import _campaign
from tests.team.pages import right, words

pytestmark = pytest.mark.database


def test_the_sheet_names_who_represents_the_employer_and_since_when(cast: Cast) -> None:
    since = dt.datetime(2025, 2, 6, 12, tzinfo=dt.UTC)
    Membership.objects.filter(pk=cast.nadia.pk).update(referent_since=since)
    Organization.objects.filter(pk=cast.pantin.pk).update(
        authority_name="Ève Martin", authority_title="Madame la Maire", correspondent=cast.julien.agent
    )
    page = words(julien(cast).get(sheet()))
    assert "Nadia Ferhat nadia.ferhat@pantin.example Depuis le 6 février 2025 Actif" in page
    assert "Madame la Maire Nom Ève Martin" in page
    assert "Correspondant CIG JM Julien Moreau julien.moreau@cig.example" in page
    assert "SIRET 21930055500014" in page


def test_an_employer_without_referent_says_so(cast: Cast) -> None:
    Membership.objects.filter(organization=cast.romainville).update(profile=Profile.USER)
    assert "Aucun référent" in words(julien(cast).get(sheet(key="romainville")))


def test_accounts_that_never_signed_in_are_counted(cast: Cast) -> None:
    member(cast.pantin, "Rose Amar", state="invited")
    assert "Comptes 4, dont 1 jamais connecté" in words(julien(cast).get(sheet()))


def test_each_application_says_by_what_it_is_offered_and_to_how_many(cast: Cast) -> None:
    paid = application("octime", "Octime", [("reader", "Lire")], affiliations=[])
    application("other", "Autre", [("reader", "Lire")], affiliations=[])
    application("hidden", "Cachée", [("reader", "Lire")], affiliations=["affiliated"], status="draft")
    Subscription.objects.create(organization=cast.pantin, application=paid, seats=3, starts_on=clock.today())
    right(cast.claire, cast.bip)
    page = words(julien(cast).get(sheet()))
    assert "Octime Par abonnement 0 sur 3 places" in page
    assert "BIP Par son lien avec le centre 1 agent" in page
    assert "Autre Pas d'abonnement" in page
    assert "Cachée" not in page


def test_attached_employers_and_the_one_above_lead_to_each_other(cast: Cast) -> None:
    organization("ccas", "26930016700012", "CCAS de Pantin", parent=cast.pantin)
    assert 'href="/espace-cig/employeurs/ccas"' in julien(cast).get(sheet()).content.decode()
    assert 'href="/espace-cig/employeurs/pantin"' in julien(cast).get(sheet(key="ccas")).content.decode()


def test_the_sheet_tells_the_campaigns_and_their_answers(cast: Cast) -> None:
    _campaign(cast, days=-1)
    assert "Désignation 2027 Référence romainville" in words(julien(cast).get(sheet(key="romainville")))
    assert "En retard" in words(julien(cast).get(sheet(key="romainville")))
    assert "Validée" in words(julien(cast).get(sheet()))


def test_the_journal_is_the_employers_alone(cast: Cast) -> None:
    for employer in (cast.pantin, cast.romainville):
        about = About(subject_label=f"Acte de {employer.key}", organization_id=employer.pk)
        record(Action.ORGANIZATION_MODIFIED, actor=actor(cast.julien), about=about, fields=["siret"])
    page = words(julien(cast).get(sheet("journal")))
    assert "Acte de pantin" in page
    assert "Acte de romainville" not in page
    assert "Rien ne correspond" in words(julien(cast).get(sheet("journal") + "?q=romainville"))
    assert "Acte de pantin" in words(julien(cast).get(sheet()))


def test_a_large_employer_costs_the_queries_of_a_small_one(cast: Cast) -> None:
    def queries(path: str) -> int:
        browser = julien(cast)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(path).status_code == 200
        return len(captured)

    paths = [sheet(), sheet("journal"), sheet("fermer"), sheet("modifier")]
    _campaign(cast, days=-1)
    few = [queries(path) for path in paths]
    for number in range(40):
        one = member(cast.pantin, f"Anne Agent{number}", profile=Profile.REFERENT, email=f"a{number}@pantin.example")
        right(one, cast.bip)
        application(f"app-{number}", f"Appli {number}", [("a", "A")])
        organization(f"ccas-{number}", f"{number:014d}", f"CCAS {number}", parent=cast.pantin)
    assert [queries(path) for path in paths] == few
    assert max(few) <= 18, few
