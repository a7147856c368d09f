"""The letters of a campaign on its page: asked for knowingly, taken by correspondants only, posted, made again."""

import datetime as dt
import io
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convergences.audit.models import AuditEvent
from convergences.campaigns import vault
from convergences.campaigns.models import Campaign, Invitation, LetterScope, Mailing, Volume
from convergences.campaigns.services import preparing
from convergences.directory.models import Organization
from convergences.foundations import clock
from tests.campaign_pages.pages import julien, sheet
from tests.campaigns.doing import acting, running
from tests.campaigns.post import ask, by_volumes_of, codes_in, made, of, written_to
from tests.cast import Cast, signed_in
from tests.team.pages import words

pytestmark = pytest.mark.database
ASKED = {"scope": "silent", "preparer": "1"}


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    by_volumes_of(1, monkeypatch)


def _act(mailing: Mailing, act: str) -> str:
    return sheet(mailing.campaign, f"courriers/{mailing.uid}/{act}")


def _one(campaign: Campaign, invitation: Invitation) -> str:
    return sheet(campaign, f"courrier/{invitation.uid}")


def test_letters_are_asked_for_followed_taken_and_posted(cast: Cast) -> None:
    campaign, browser = written_to(cast), julien(cast)
    page = sheet(campaign, "courriers")
    assert "2 courriers" in words(browser.get(page))
    assert "2 courriers se préparent" in words(browser.post(page, ASKED, follow=True))
    assert 'hx-trigger="every 3s"' in browser.get(f"{page}/avancement").content.decode()
    mailing = made(Mailing.objects.get(kind="letters"))
    assert "hx-trigger" not in browser.get(f"{page}/avancement").content.decode()
    answer: Any = browser.post(_act(mailing, "volume-1.pdf"))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/pdf", "no-store")
    assert answer["Content-Disposition"].startswith("attachment")
    assert len(codes_in(answer.content)) == 1
    assert "n'a jamais été téléchargé" in words(browser.post(_act(mailing, "postes"), follow=True))
    browser.post(_act(mailing, "volume-2.pdf"))
    assert "notés comme postés" in words(browser.post(_act(mailing, "postes"), follow=True))
    assert "n'est plus là" in words(browser.post(_act(mailing, "volume-1.pdf"), follow=True))


@pytest.mark.usefixtures("kept_connection")
def test_all_volumes_come_in_one_archive(cast: Cast) -> None:
    mailing = made(ask(written_to(cast), cast))
    answer: Any = julien(cast).post(_act(mailing, "volumes.zip"))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    answer.close()
    found = [codes_in(archive.read(name)) for name in archive.namelist()]
    assert {key for each in found for key in each} == set(Invitation.objects.values_list("reference", flat=True))
    assert archive.testzip() is None
    assert AuditEvent.objects.get(action="campaigns.letters_downloaded").details["volumes"] == "1 à 2"


def test_making_letters_again_asks_for_a_yes_and_says_why(cast: Cast) -> None:
    campaign, browser = written_to(cast), julien(cast)
    made(ask(campaign, cast))
    page = sheet(campaign, "courriers")
    assert "2 employeurs ont déjà un courrier" in words(browser.get(page))
    answer = browser.post(page, ASKED)
    assert answer.status_code == 422
    assert "cochez la case pour le confirmer" in words(answer)
    assert browser.post(page, {**ASKED, "renew": "on"}).status_code == 302
    assert Mailing.objects.filter(kind="letters").count() == 2


def test_a_colleague_s_letters_made_meanwhile_are_not_replaced_unknowingly(cast: Cast) -> None:
    campaign, browser = written_to(cast), julien(cast)
    assert 'type="checkbox"' not in browser.get(sheet(campaign, "courriers")).content.decode()
    made(ask(campaign, cast))
    answer = browser.post(sheet(campaign, "courriers"), ASKED)
    assert answer.status_code == 422
    assert 'name="renew"' in answer.content.decode()


def test_only_those_ticked_are_written_to_and_forged_choices_are_nobody(cast: Cast) -> None:
    campaign, browser = written_to(cast), julien(cast)
    page, uid = sheet(campaign, "courriers"), str(of(cast).uid)
    assert "pour l'employeur coché" in words(browser.post(page, {"u": uid}))
    for forged in ("x", str(uuid.uuid4()), str(campaign.uid)):
        assert "Cochez au moins un employeur" in words(browser.post(page, {"u": forged, "preparer": "1"}, follow=True))
    assert not Mailing.objects.filter(kind="letters").exists()
    browser.post(page, {"u": [uid, uid, "x"], "preparer": "1"})
    assert made(Mailing.objects.get(kind="letters")).done == 1
    assert browser.post(page, {"scope": "everybody", "preparer": "1"}).status_code == 422


def test_who_has_no_postal_address_is_named(cast: Cast) -> None:
    campaign = written_to(cast)
    Organization.objects.filter(pk=cast.pantin.pk).update(authority_address="", name="<b>Pantin</b>")
    page = julien(cast).get(sheet(campaign, "courriers"))
    assert "1 employeur sans réponse n'a pas de courrier" in words(page)
    assert "<b>Pantin</b>" not in page.content.decode()


def test_one_letter_is_made_again_after_saying_what_it_ends(cast: Cast) -> None:
    campaign, browser = written_to(cast), julien(cast)
    made(ask(campaign, cast))
    page = browser.get(_one(campaign, of(cast)))
    assert "ne servira plus" in words(page)
    form = {"seen": page.context["seen"]}
    answer: Any = browser.post(_one(campaign, of(cast)), form)
    assert answer["Content-Type"] == "application/pdf"
    assert list(codes_in(answer.content)) == [of(cast).reference]
    for seen in (form["seen"], "", "x", "\x00"):
        again = browser.post(_one(campaign, of(cast)), {"seen": seen})
        assert again.status_code == 422
        assert "vient d'être préparé" in words(again)


def test_a_mailing_or_an_employer_of_another_campaign_is_not_found(cast: Cast) -> None:
    campaign, browser = written_to(cast), julien(cast)
    mailing = made(ask(campaign, cast))
    other = running(cast, name="Autre")
    for act in ("volume-1.pdf", "volumes.zip", "postes"):
        assert browser.post(sheet(other, f"courriers/{mailing.uid}/{act}")).status_code == 404
    asked = Invitation.objects.get(campaign=campaign, organization=cast.pantin)
    assert browser.post(_one(other, asked)).status_code == 404
    assert browser.get(_act(mailing, "volume-1.pdf")).status_code == 405
    assert "n'est plus là" in words(browser.post(_act(mailing, "volume-99.pdf"), follow=True))


def test_nobody_else_takes_a_real_file(cast: Cast) -> None:
    campaign = written_to(cast)
    mailing = made(ask(campaign, cast))
    for member in (cast.nadia, cast.claire, cast.karim):
        browser = signed_in(member.agent, second_factor=True)
        for path in (_act(mailing, "volume-1.pdf"), _act(mailing, "volumes.zip"), _one(campaign, of(cast))):
            assert browser.post(path, {"seen": ""}).status_code == 404
    assert Client().post(_act(mailing, "volume-1.pdf"))["Location"].startswith("/connexion")
    assert not Volume.objects.exclude(downloaded_at=None).exists()
    assert Client().get(f"/media/{vault.names()[0]}").status_code in {302, 404}


@pytest.mark.parametrize("stop", [preparing.pause, preparing.close])
def test_a_campaign_that_is_stopped_offers_no_letter(cast: Cast, stop: Any) -> None:
    campaign, browser = written_to(cast), julien(cast)
    mailing = made(ask(campaign, cast))
    stop(campaign, actor=acting(cast.julien))
    page = browser.get(sheet(campaign, "courriers"))
    assert "La campagne n'est pas en cours" in words(page)
    assert 'formaction="' not in page.content.decode()
    for path in (_act(mailing, "volume-1.pdf"), _act(mailing, "volumes.zip"), sheet(campaign, "courriers")):
        assert "n'est pas en cours" in words(browser.post(path, ASKED, follow=True))
    assert browser.post(_one(campaign, of(cast)), {"seen": of(cast).letter_made_at}).status_code == 422


def test_past_the_deadline_the_page_says_to_move_it(cast: Cast) -> None:
    campaign = written_to(cast)
    Campaign.objects.update(deadline=clock.today() - dt.timedelta(days=1))
    assert "Reportez-la dans le calendrier" in words(julien(cast).get(sheet(campaign, "courriers")))


def test_letters_are_not_told_as_mails_on_the_campaign_s_page(cast: Cast) -> None:
    campaign = written_to(cast)
    made(ask(campaign, cast))
    page = words(julien(cast).get(sheet(campaign)))
    assert "Envoi du formulaire" in page
    assert "2 e-mails partis" in page
    assert f'href="{sheet(campaign, "courriers")}"' in julien(cast).get(sheet(campaign)).content.decode()


def test_as_many_queries_for_many_volumes_as_for_two(cast: Cast) -> None:
    campaign, browser = written_to(cast), julien(cast)
    mailing = made(ask(campaign, cast, LetterScope.SILENT))

    def queries() -> int:
        with CaptureQueriesContext(connection) as taken:
            assert browser.get(sheet(campaign, "courriers")).status_code == 200
        return len(taken)

    few = queries()
    Volume.objects.bulk_create(
        Volume(mailing=mailing, number=number, first=1, last=2, maker="", file="x", made_at=clock.now())
        for number in range(3, 60)
    )
    assert queries() == few < 20
