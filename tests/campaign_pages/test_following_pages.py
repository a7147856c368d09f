"""Launching a campaign and following it: what leaves, how far each is, who is silent, what is sent again."""

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from convergences.campaigns.models import Campaign, Invitation, Mailing
from convergences.directory.departments import named
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from tests.campaign_pages.pages import LIST, asking, julien, prepared, sheet
from tests.campaigns.doing import drain, running, with_addresses
from tests.cast import Cast
from tests.employers.pages import towns
from tests.team.pages import words

pytestmark = pytest.mark.database
XSS = "<script>alert(1)</script>"


def _uids(campaign: Campaign) -> list[str]:
    return [str(uid) for uid in campaign.invitations.values_list("uid", flat=True)]


def test_the_page_before_launching_says_how_many_mails_leave(cast: Cast) -> None:
    with_addresses(cast)
    towns(0, 3)
    page = words(julien(cast).get(sheet(prepared(cast), "lancer")))
    assert "2 e-mails partent" in page
    assert "3 employeurs sans adresse" in page


def test_a_campaign_is_launched_once(cast: Cast) -> None:
    with_addresses(cast)
    campaign, browser = prepared(cast), julien(cast)
    for _ in range(2):
        assert browser.post(sheet(campaign, "lancer"))["Location"] == sheet(campaign)
    assert Mailing.objects.count() == 1
    drain()
    assert OutboxMessage.objects.filter(kind="campaigns.invitation").count() == 2


def test_a_campaign_whose_deadline_has_come_is_not_launched(cast: Cast) -> None:
    campaign, browser = prepared(cast), julien(cast)
    Campaign.objects.update(deadline=clock.today())
    assert "Choisissez une date limite à venir." in words(browser.post(sheet(campaign, "lancer"), follow=True))
    assert not Mailing.objects.exists()


def test_a_campaign_that_goes_on_after_its_deadline_says_so(cast: Cast) -> None:
    campaign, today = prepared(cast), clock.today()
    Campaign.objects.filter(pk=campaign.pk).update(state="running", launched_at=clock.now(), deadline=today)
    assert "En cours" in words(julien(cast).get(LIST))
    Campaign.objects.filter(pk=campaign.pk).update(deadline=today - dt.timedelta(days=1))
    for path in (LIST, sheet(campaign)):
        assert "Date limite passée" in words(julien(cast).get(path))


def test_the_mailing_shows_its_progress_and_asks_again_until_it_is_over(cast: Cast) -> None:
    with_addresses(cast)
    campaign, browser = prepared(cast), julien(cast)
    browser.post(sheet(campaign, "lancer"))
    page = browser.get(sheet(campaign, "envoi"))
    assert 'hx-trigger="every 3s"' in page.content.decode()
    assert "HX-Refresh" not in page
    assert "0 e-mail sur 2" in words(page)
    browser.post(sheet(campaign, "pause"))
    assert "hx-trigger" not in browser.get(sheet(campaign, "envoi")).content.decode()
    assert drain() == 0
    browser.post(sheet(campaign, "reprendre"))
    drain()
    page = browser.get(sheet(campaign, "envoi"))
    assert page["HX-Refresh"] == "true"
    assert "2 e-mails partis" in words(page)


def test_the_calendar_moves_and_what_has_left_stays(cast: Cast) -> None:
    campaign, browser = running(cast), julien(cast)
    later, soon = clock.today() + dt.timedelta(days=90), clock.today() + dt.timedelta(days=30)
    form = {"deadline": later.isoformat(), "reminder_1": soon.isoformat()}
    assert browser.post(sheet(campaign, "calendrier"), form).status_code == 302
    campaign.refresh_from_db()
    assert (campaign.deadline, campaign.reminders) == (later, [soon.isoformat()])
    answer = browser.post(sheet(campaign, "calendrier"), {**form, "reminder_1": "2099-01-01"})
    assert answer.status_code == 422
    assert "Les relances partent après" in words(answer)
    for day in ("2020-01-01", "9999-12-31"):
        assert browser.post(sheet(campaign, "calendrier"), {"deadline": day}).status_code == 422


def test_closing_says_what_it_stops_then_stops_it(cast: Cast) -> None:
    campaign, browser = running(cast), julien(cast)
    assert "2 employeurs sans réponse ne peuvent plus répondre" in words(browser.get(sheet(campaign, "clore")))
    browser.post(sheet(campaign, "clore"))
    campaign.refresh_from_db()
    assert campaign.state == "closed"
    for act in ("pause", "reprendre", "clore", "relancer", "calendrier", "lancer"):
        browser.post(sheet(campaign, act), {"u": _uids(campaign), "deadline": "2099-01-01"})
    campaign.refresh_from_db()
    assert campaign.state == "closed"
    assert Mailing.objects.count() == 1


def test_a_closed_campaign_announces_nothing_to_come(cast: Cast) -> None:
    campaign, browser = running(cast), julien(cast)
    assert "Date limite" in words(browser.get(sheet(campaign)))
    browser.post(sheet(campaign, "clore"))
    closed = words(browser.get(sheet(campaign)))
    assert "Envoi du formulaire" in closed
    assert "Relance prévue" not in closed
    assert "Date limite" not in closed


def test_the_figures_the_bars_and_the_list_agree(cast: Cast) -> None:
    campaign = asking(cast, 3)
    for state, key in (("received", "pantin"), ("validated", "saint-elie-0")):
        Invitation.objects.filter(organization__key=key).update(state=state)
    context = julien(cast).get(sheet(campaign)).context
    figures = context["figures"]
    assert (figures.total, figures.answered, figures.to_check, figures.silent) == (5, 2, 1, 3)
    departments = context["tables"][0][3]
    assert [(bar.label, bar.answered, bar.total, bar.answered_width) for bar in departments] == [
        (named("93"), 1, 2, "50.0"), (named("94"), 1, 3, "33.3")]  # fmt: skip
    assert [bar.label for bar in context["tables"][1][3]] == ["Commune"]
    assert [each.organization.key for each, _, _ in context["listed"]] == [
        "saint-elie-1",
        "saint-elie-2",
        "romainville",
    ]


def test_who_is_silent_is_late_once_the_deadline_is_past(cast: Cast) -> None:
    campaign = running(cast)
    assert "En retard user" not in words(julien(cast).get(sheet(campaign)))
    Campaign.objects.update(deadline=clock.today() - dt.timedelta(days=1))
    context = julien(cast).get(sheet(campaign)).context
    assert [(bar.pending, bar.late) for bar in context["tables"][0][3]] == [(0, 2)]
    assert {look[1] for _, look, _ in context["listed"]} == {"En retard"}


def test_the_silent_are_searched_and_paged(cast: Cast) -> None:
    campaign, browser = asking(cast, 30), julien(cast)
    found = browser.get(f"{sheet(campaign)}?q=pantin", headers={"hx-request": "true"})
    assert "Ville de Pantin" in words(found)
    assert "Désignation 2027" not in words(found)
    assert "26 à 32 sur 32" in words(browser.get(f"{sheet(campaign)}?page=2"))
    assert "Aucun de ces employeurs ne correspond" in words(browser.get(f"{sheet(campaign)}?q=nulle+part"))
    for q in ("%00", "%27", "%25", XSS):
        assert XSS not in browser.get(f"{sheet(campaign)}?q={q}").content.decode()


def _reminded() -> set[str]:
    drain()
    return set(OutboxMessage.objects.filter(kind="campaigns.reminder").values_list("recipient", flat=True))


def test_those_who_are_ticked_are_reminded_once_and_nobody_else(cast: Cast) -> None:
    campaign, browser = asking(cast, 3), julien(cast)
    chosen = str(Invitation.objects.get(organization=cast.pantin).uid)
    said = words(browser.post(sheet(campaign, "relancer"), {"u": [chosen, chosen]}, follow=True))
    assert "Une relance part" in said
    assert _reminded() == {"maire@pantin.example"}
    said = words(browser.post(sheet(campaign, "relancer"), {"u": chosen}, follow=True))
    assert "ont déjà été relancés aujourd'hui" in said
    assert Mailing.objects.filter(kind="reminder").count() == 1


def test_an_empty_or_forged_choice_reminds_nobody(cast: Cast) -> None:
    other, browser = running(cast, name="Autre"), julien(cast)
    campaign = running(cast)
    answered = Invitation.objects.get(campaign=campaign, organization=cast.pantin)
    Invitation.objects.filter(pk=answered.pk).update(state="received")
    for chosen in ([], ["x"], ["\x00"], [str(campaign.uid)], _uids(other), [str(answered.uid)]):
        said = words(browser.post(sheet(campaign, "relancer"), {"u": chosen}, follow=True))
        assert "Cochez au moins un employeur" in said
    assert _reminded() == set()


def test_the_spreadsheet_holds_every_employer_and_runs_nothing(cast: Cast) -> None:
    cast.pantin.name = '=HYPERLINK("https://evil.example")'
    cast.pantin.save()
    campaign = asking(cast, 2)
    answer: Any = julien(cast).get(sheet(campaign, "employeurs.xlsx"))
    content = b"".join(answer.streaming_content)
    answer.close()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert len(rows) == 5
    assert [row[5] for row in rows[1:]] == ["Formulaire envoyé"] * 4
    assert cast.pantin.name in [row[1] for row in rows]
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_names_are_never_run(cast: Cast) -> None:
    cast.pantin.name = XSS
    cast.pantin.save()
    campaign, browser = running(cast, name=XSS), julien(cast)
    for act in ("", "clore", "calendrier", "envoi"):
        assert XSS not in browser.get(sheet(campaign, act)).content.decode()


def _queries(browser: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as taken:
        assert browser.get(path).status_code == 200
    return len(taken)


def test_as_many_queries_for_sixty_employers_as_for_two(cast: Cast) -> None:
    campaign, browser = running(cast), julien(cast)
    acts = ("", "relancer-tous", "envoi", "clore", "calendrier", "apercu")
    browser.get(sheet(campaign))
    few = {act: _queries(browser, sheet(campaign, act)) for act in acts}
    Campaign.objects.update(name="Première")
    many = asking(cast, 58)
    assert many.invitations.count() == 60
    assert {act: _queries(browser, sheet(many, act)) for act in acts} == few
    assert few[""] < 20
