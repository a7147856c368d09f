"""Deleting a campaign in preparation: asked first, done once, then nowhere; never by following a link."""

import datetime as dt
import re
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.audit.models import AuditEvent
from convergences.campaigns.details import Filters
from convergences.campaigns.models import Campaign, Invitation
from convergences.campaigns.services import preparing, reconfirming
from convergences.foundations import clock
from tests.campaign_pages.pages import LIST, julien, posted, prepared, sheet, state
from tests.campaigns.doing import acting, details, running
from tests.cast import Cast
from tests.employers.pages import towns
from tests.team.pages import words

pytestmark = pytest.mark.database
ACT = "supprimer"


@pytest.mark.usefixtures("kept_connection")
def test_following_the_link_deletes_nothing(cast: Cast) -> None:
    campaign, browser = prepared(cast, name="Essai"), julien(cast)
    before = state()
    page = browser.get(sheet(campaign)).content.decode()
    assert f'href="{sheet(campaign, ACT)}"' in page
    for method in ("get", "head", "put", "delete"):
        assert getattr(browser, method)(sheet(campaign, ACT)).status_code in {200, 405}
    assert state() == before


def test_the_page_says_what_is_lost_and_what_stays(cast: Cast) -> None:
    campaign, browser = prepared(cast, name="Essai <b>"), julien(cast)
    answer = browser.get(sheet(campaign, ACT))
    said = words(answer)
    for each in (
        "Supprimer la campagne « Essai <b> » ?",
        f"Préparée par {cast.julien.agent.full_name}",
        "Rien ne permet de les retrouver",
        "aucun employeur n'a reçu d'e-mail ni de courrier",
        "Le journal garde",
    ):
        assert each in said, each
    assert "Essai <b>" not in answer.content.decode()
    assert "reconfirmation" not in said


def test_a_campaign_is_deleted_once_and_said_to_be(cast: Cast) -> None:
    campaign, other, browser = prepared(cast, name="Essai"), prepared(cast, name="La vraie"), julien(cast)
    answer = browser.post(sheet(campaign, ACT), follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    assert "La campagne « Essai » est supprimée" in words(answer)
    assert (sheet(campaign) in answer.content.decode(), sheet(other) in answer.content.decode()) == (False, True)
    assert list(Campaign.objects.all()) == [other]
    again = browser.post(sheet(campaign, ACT))
    assert (again.status_code, Campaign.objects.count()) == (404, 1)
    assert AuditEvent.objects.filter(action="campaigns.deleted").count() == 1


@pytest.mark.parametrize("act", [ACT, "lancer"])
def test_a_page_that_shows_what_a_colleague_changed_since_does_nothing(cast: Cast, act: str) -> None:
    campaign, browser = prepared(cast, name="Essai"), julien(cast)
    field = re.search(r'name="seen" value="(\w+)"', browser.get(sheet(campaign, act)).content.decode())
    assert field
    preparing.modify(campaign, details(name="Essai", mail_text="Une heure de travail"), actor=acting(cast.julien))
    before = state()
    answer = browser.post(sheet(campaign, act), {"seen": field[1]}, follow=True)
    assert answer.redirect_chain == [(sheet(campaign), 302)]
    assert "Relisez-la d'abord" in words(answer)
    assert state() == before


def test_the_address_of_a_campaign_that_is_no_more_says_so_and_leads_back(cast: Cast) -> None:
    campaign, browser = prepared(cast), julien(cast)
    browser.post(sheet(campaign, ACT))
    for path in (sheet(campaign), sheet(campaign, ACT), f"{LIST}/{uuid.uuid4()}"):
        answer = browser.get(path)
        assert answer.status_code == 404
        assert "Cette campagne n'existe pas, ou n'existe plus" in words(answer)
        assert f'href="{LIST}"' in answer.content.decode()
        assert str(campaign.uid) not in answer.content.decode()


def test_a_campaign_launched_meanwhile_is_kept(cast: Cast) -> None:
    campaign, browser = running(cast), julien(cast)
    assert ACT not in browser.get(sheet(campaign)).content.decode()
    for method in ("get", "post"):
        answer = getattr(browser, method)(sheet(campaign, ACT), follow=True)
        assert answer.redirect_chain == [(sheet(campaign), 302)]
        assert "elle ne se supprime plus" in words(answer)
    assert (Campaign.objects.count(), Invitation.objects.count()) == (1, 2)


def test_who_was_changing_it_keeps_what_they_typed(cast: Cast) -> None:
    campaign, browser = prepared(cast), julien(cast)
    preparing.delete(campaign, actor=acting(cast.julien))
    answer = browser.post(sheet(campaign, "modifier"), posted(name="Mes changements", mail_text="Une heure de travail"))
    page = answer.content.decode()
    assert answer.status_code == 404
    assert "a été supprimée pendant que vous la modifiiez" in words(answer)
    assert f'action="{LIST}/preparer"' in page
    assert 'value="Mes changements"' in page
    assert "Une heure de travail" in page
    assert not Campaign.objects.exists()


def test_a_campaign_deleted_between_its_reading_and_the_act_is_said_to_be_gone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, browser = prepared(cast), julien(cast)
    Campaign.objects.get().delete()
    monkeypatch.setattr("convergences.campaigns.progress.campaign", lambda _uid: campaign)
    for act, leads in ((ACT, LIST), ("lancer", sheet(campaign))):
        assert browser.post(sheet(campaign, act))["Location"] == leads
        assert "vient d'être supprimée" in words(browser.get(LIST))
    kept = browser.post(sheet(campaign, "modifier"), posted(name="Mes changements"))
    assert 'value="Mes changements"' in kept.content.decode()


def test_the_reconfirmation_of_a_campaign_stays_open(cast: Cast) -> None:
    later = clock.today() + dt.timedelta(days=30)
    asked = reconfirming.start(Filters(), "Élections", later, actor=acting(cast.julien))
    campaign, browser = prepared(cast, filters=Filters(to_confirm_of=str(asked.uid))), julien(cast)
    assert "La reconfirmation « Élections » reste ouverte" in words(browser.get(sheet(campaign, ACT)))
    browser.post(sheet(campaign, ACT))
    asked.refresh_from_db()
    assert asked.withdrawn_at is None


def test_the_page_reads_as_much_for_three_employers_as_for_thirty(cast: Cast) -> None:
    campaign, browser, counted = prepared(cast), julien(cast), []
    for first, last in ((0, 3), (3, 30)):
        towns(first, last)
        with CaptureQueriesContext(connection) as queries:
            browser.get(sheet(campaign, ACT))
        counted.append(len(queries))
    assert counted[0] == counted[1]
