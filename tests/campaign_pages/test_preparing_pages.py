"""Preparing a campaign: its form, how many employers it asks, its mail and letter as they would leave."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.campaigns.models import Campaign, Invitation
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from tests.campaign_pages.pages import LIST, julien, posted, prepared, sheet
from tests.campaigns.doing import running, with_addresses
from tests.cast import Cast, organization
from tests.employers.pages import towns
from tests.team.pages import words

pytestmark = pytest.mark.database
CREATE = f"{LIST}/preparer"
XSS = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def test_a_campaign_is_prepared_with_its_filters_and_nothing_leaves(cast: Cast) -> None:
    answer = julien(cast).post(CREATE, posted(kinds=["commune"], affiliations=["affiliated"]))
    made = Campaign.objects.get()
    assert answer["Location"] == sheet(made)
    assert (made.name, made.state) == ("Désignation 2027", "draft")
    assert made.filters == {"departments": ["93"], "kinds": ["commune"], "affiliations": ["affiliated"]}
    assert list(made.applications.values_list("slug", flat=True)) == ["bip"]
    assert made.reminders == [(clock.today() + dt.timedelta(days=20)).isoformat()]
    assert not Invitation.objects.exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "Donnez un nom à la campagne."),
        ({"deadline": ""}, "Choisissez la date limite de réponse."),
        ({"deadline": "2020-01-01"}, "Choisissez une date limite à venir."),
        ({"deadline": "9999-12-31"}, "Choisissez une date limite dans les deux ans."),
        ({"deadline": "31/31/2031"}, "Cette date n'existe pas."),
        ({"reminder_2": "2099-01-01"}, "Les relances partent après aujourd'hui et avant la date limite."),
        ({"mail_text": ""}, "Saisissez le texte"),
        ({"kinds": ["center"]}, "Choisissez une réponse dans la liste."),
        ({"applications": ["nothing"]}, "Choisissez une réponse dans la liste."),
        ({"unanswered_of": "' OR 1=1"}, "Choisissez une réponse dans la liste."),
        ({"name": "a\x00b"}, "il reste à corriger"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(cast: Cast, changes: dict[str, Any], said: str) -> None:
    answer = julien(cast).post(CREATE, posted(**changes))
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Campaign.objects.exists()


def test_the_number_of_employers_is_shown_without_a_script(cast: Cast) -> None:
    with_addresses(cast)
    organization("clamart", "21920023500013", "Ville de Clamart", department="92")
    form = posted(departments=["92"], name="À moitié", compter="1")
    answer = julien(cast).post(CREATE, form)
    assert answer.status_code == 200
    assert "1 employeur concerné, dont 1 sans adresse" in words(answer)
    assert 'value="À moitié"' in answer.content.decode()
    assert not Campaign.objects.exists()


def test_the_number_of_employers_follows_the_boxes(cast: Cast) -> None:
    towns(0, 3)
    browser = julien(cast)
    assert "5 employeurs" in words(browser.get(f"{LIST}/employeurs-concernes"))
    assert "3 employeurs" in words(browser.get(f"{LIST}/employeurs-concernes?departments=94"))
    assert "Aucun employeur" in words(browser.get(f"{LIST}/employeurs-concernes?departments=94&kinds=ccas"))
    assert "5 employeurs" in words(
        browser.get(f"{LIST}/employeurs-concernes?kinds=x&unanswered_of=%00&departments=%27")
    )


def test_a_second_campaign_asks_those_who_did_not_answer(cast: Cast) -> None:
    former = running(cast)
    Invitation.objects.filter(organization=cast.pantin).update(state="validated")
    assert "1 employeur" in words(julien(cast).get(f"{LIST}/employeurs-concernes?unanswered_of={former.uid}"))
    julien(cast).post(CREATE, posted(name="Seconde", unanswered_of=str(former.uid)))
    assert Campaign.objects.get(name="Seconde").filters["unanswered_of"] == str(former.uid)


def test_a_campaign_is_modified_until_it_is_launched(cast: Cast) -> None:
    campaign, browser = prepared(cast), julien(cast)
    assert 'value="Désignation 2027"' in browser.get(sheet(campaign, "modifier")).content.decode()
    assert browser.post(sheet(campaign, "modifier"), posted(name="Autre nom")).status_code == 302
    campaign.refresh_from_db()
    assert campaign.name == "Autre nom"
    Campaign.objects.update(state="running", launched_at=clock.now())
    assert browser.post(sheet(campaign, "modifier"), posted(name="Trop tard")).status_code == 302
    campaign.refresh_from_db()
    assert campaign.name == "Autre nom"


def test_an_old_page_does_not_undo_what_another_saved(cast: Cast) -> None:
    campaign, browser = prepared(cast), julien(cast)
    seen = browser.get(sheet(campaign, "modifier")).context["seen"]
    Campaign.objects.update(mail_subject="Changé par une autre")
    answer = browser.post(sheet(campaign, "modifier"), posted(name="Vieille page", seen=seen))
    assert answer.status_code == 422
    assert Campaign.objects.get().mail_subject == "Changé par une autre"


def test_counting_does_not_make_an_old_page_new(cast: Cast) -> None:
    campaign, browser = prepared(cast), julien(cast)
    seen = browser.get(sheet(campaign, "modifier")).context["seen"]
    Campaign.objects.update(mail_subject="Changé par une autre")
    counted = browser.post(sheet(campaign, "modifier"), posted(compter="1", seen=seen))
    assert counted.context["seen"] == seen


def test_what_is_typed_is_never_run(cast: Cast) -> None:
    cast.pantin.name = XSS
    cast.pantin.save()
    with_addresses(cast)
    campaign = prepared(cast, name=XSS, mail_subject=XSS, mail_text=XSS, letter_text=XSS)
    browser = julien(cast)
    for act in ("", "modifier", "apercu"):
        page = browser.get(sheet(campaign, act)).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "<script>alert" not in browser.get(LIST).content.decode()
    assert browser.get(sheet(campaign, "apercu/courrier-1.png")).content.startswith(b"\x89PNG")


def test_the_mail_and_the_letter_are_shown_with_nothing_that_opens(cast: Cast) -> None:
    with_addresses(cast)
    campaign, browser = prepared(cast), julien(cast)
    page = words(browser.get(sheet(campaign, "apercu")))
    for said in ("maire@pantin.example", "Désignez un ou deux référents.", "cle=exemple", "XXXX-XXXX"):
        assert said in page
    for number in (1, 2):
        picture = browser.get(sheet(campaign, f"apercu/courrier-{number}.png"))
        assert (picture["Content-Type"], picture["Cache-Control"]) == ("image/png", "no-store")
    for number in (0, 3):
        assert browser.get(sheet(campaign, f"apercu/courrier-{number}.png")).status_code == 404
    assert not Invitation.objects.exists()


def test_a_campaign_for_nobody_has_no_example(cast: Cast) -> None:
    campaign = julien(cast).post(CREATE, posted(kinds=["ccas"])) and Campaign.objects.get()
    assert "Aucun employeur ne correspond" in words(julien(cast).get(sheet(campaign, "apercu")))
    assert julien(cast).get(sheet(campaign, "apercu/courrier-1.png")).status_code == 404


def test_the_list_reads_as_much_for_one_campaign_as_for_thirty(cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            browser.get(LIST)
        return len(taken)

    browser = julien(cast)
    running(cast)
    browser.get(LIST)
    few = queries()
    for number in range(29):
        prepared(cast, name=f"Campagne {number}")
    assert queries() == few
