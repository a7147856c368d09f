"""Only the centre's correspondants enter; to anybody else there is nothing here, for any campaign or none."""

import uuid

import pytest
from django.test import Client
from django.urls import URLPattern

from convergences.campaigns.models import Campaign, Invitation
from convergences.directory.models import Role, StaffRole
from convergences.foundations import clock
from convergences.pages.campaigns import urls
from tests.campaign_pages.pages import LIST, julien, posted, sheet, state
from tests.campaigns.doing import running
from tests.cast import Cast, member, signed_in

pytestmark = pytest.mark.database


def _addresses(campaign: Campaign | None) -> list[str]:
    found = []
    for entry in urls.urlpatterns:
        assert isinstance(entry, URLPattern)
        route = str(entry.pattern).replace("<uuid:campaign>", str(campaign.uid if campaign else uuid.uuid4()))
        for name in ("mailing", "invitation"):
            route = route.replace(f"<uuid:{name}>", str(uuid.uuid4()))
        found.append("/espace-cig/" + route.replace("<int:number>", "1"))
    return found


@pytest.mark.parametrize("who", ["nadia", "claire", "karim"])
def test_referents_and_agents_find_nothing_and_change_nothing(cast: Cast, who: str) -> None:
    campaign = running(cast)
    browser = signed_in(getattr(cast, who).agent, second_factor=True)
    form = {**posted(), "u": [str(each) for each in Invitation.objects.values_list("uid", flat=True)]}
    before = state()
    for path in (*_addresses(campaign), *_addresses(None)):
        assert browser.get(path).status_code == 404, path
        assert browser.post(path, form).status_code == 404, path
    assert state() == before


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.AUDITOR])
def test_other_roles_of_the_centre_find_nothing(cast: Cast, role: Role) -> None:
    other = member(cast.center, "Anne-Laure Petit")
    StaffRole.objects.create(agent=other.agent, role=role, granted_at=clock.now())
    browser = signed_in(other.agent, second_factor=True)
    campaign = running(cast)
    before = state()
    for path in _addresses(campaign):
        assert browser.get(path).status_code == 404, path
        assert browser.post(path, posted()).status_code == 404, path
    assert state() == before
    assert LIST not in browser.get("/annuaire/profil").content.decode()


def test_a_stranger_is_sent_to_sign_in(cast: Cast) -> None:
    campaign = running(cast)
    for path in _addresses(campaign):
        for method in ("get", "post"):
            assert getattr(Client(), method)(path)["Location"].startswith("/connexion"), path


@pytest.mark.usefixtures("kept_connection")
def test_a_correspondent_reads_every_page_without_writing(cast: Cast) -> None:
    campaign = running(cast)
    before, browser = state(), julien(cast)
    for path in _addresses(campaign):
        for method in ("get", "head"):
            answer = getattr(browser, method)(path)
            answer.close()  # a spreadsheet is a file
            assert answer.status_code in {200, 302, 404, 405}, path
    assert state() == before


def test_an_unknown_campaign_is_not_found(cast: Cast) -> None:
    browser = julien(cast)
    for act in ("", "/modifier", "/apercu", "/envoi", "/clore", "/calendrier", "/employeurs.xlsx"):
        assert browser.get(f"{LIST}/{uuid.uuid4()}{act}").status_code == 404
    for act in ("lancer", "pause", "reprendre", "clore", "relancer"):
        assert browser.post(f"{LIST}/{uuid.uuid4()}/{act}").status_code == 404
    assert browser.get(f"{LIST}/1%27%20OR%201=1").status_code == 404


def test_the_menu_leads_there(cast: Cast) -> None:
    page = julien(cast).get(LIST).content.decode()
    assert f'href="{LIST}" aria-current="page"' in page
    assert sheet(running(cast)) in julien(cast).get(LIST).content.decode()
