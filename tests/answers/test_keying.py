"""A paper answer keyed in: found by its reference, nothing typed is lost, the scan neither, another person accepts."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from convergences.campaigns.models import Designation, DesignationState, Invitation, KeptScan
from convergences.campaigns.services import deciding, paper
from convergences.foundations import clock
from tests.answers.doing import PAPER, accepting, browser, correspondent, keyed, keying, picture, said, sheet
from tests.campaigns.answering import asked, received
from tests.campaigns.doing import acting
from tests.cast import Cast, join

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def _files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


@pytest.mark.parametrize("write", [str, str.lower, lambda reference: f" {reference.replace('-', '  ')} "])
def test_the_reference_of_the_letter_leads_to_its_employer(cast: Cast, write: Any) -> None:
    invitation = asked(cast)
    julien = browser(cast.julien)
    assert julien.get(PAPER, {"reference": write(invitation.reference)})["Location"] == keying(invitation)


def test_an_unknown_reference_is_told_and_kept(cast: Cast) -> None:
    response = browser(cast.julien).get(PAPER, {"reference": "ZZZZ-2222"})
    assert response.status_code == 422
    assert 'value="ZZZZ-2222"' in said(response)
    assert browser(cast.julien).get(PAPER, {"reference": "\x00"}).status_code == 422


def test_it_is_keyed_in_and_somebody_else_accepts_it(cast: Cast) -> None:
    odile, julien = correspondent(cast), browser(cast.julien)
    page = said(julien.post(keying(asked(cast)), {**keyed(), "scan": picture()}, follow=True))
    assert "Un autre correspondant doit" in page
    designation = Designation.objects.get()
    assert (designation.state, designation.keyed_by_agent) == (DesignationState.RECEIVED, cast.julien.agent)
    assert "/accepter" not in page
    assert "Odile Bertin" in page
    assert "Odile Bertin" in said(julien.post(sheet(designation, "accepter"), {"seen": "x"}, follow=True))
    accepting(browser(odile), designation)
    designation.refresh_from_db()
    assert designation.decided_by == "Odile Bertin"
    assert not KeptScan.objects.exists()


def test_what_is_wrong_loses_nothing_typed_nor_the_scan(cast: Cast) -> None:
    invitation, julien = asked(cast), browser(cast.julien)
    wrong = keyed(email_1="anne", signed_on="", signatory_title="")
    response = julien.post(keying(invitation), {**wrong, "scan": picture("mon formulaire.png")})
    assert response.status_code == 422
    page = said(response)
    for words in ('value="anne"', "Paul", "Bertrand Kern", "mon formulaire.png", "Saisissez la date de la signature"):
        assert words in page, words
    kept = KeptScan.objects.get()
    assert julien.post(keying(invitation), keyed(kept=str(kept.uid))).status_code == 302
    designation = Designation.objects.get()
    assert designation.scan.name == kept.file.name
    assert paper.read_scan(designation, actor=acting(cast.julien)).startswith(b"\xff\xd8")


def test_adding_a_person_keeps_all_that_was_typed(cast: Cast) -> None:
    response = browser(cast.julien).post(keying(asked(cast)), {**keyed(action="ajouter"), "scan": picture()})
    page = said(response)
    assert (response.status_code, response.context["form"].people) == (200, 3)
    for words in (
        "anne.martin@pantin.example",
        "Bertrand Kern",
        clock.today().isoformat(),
        str(KeptScan.objects.get().uid),
    ):
        assert words in page, words
    assert "Erreur" not in page


def test_a_bad_scan_is_told_and_the_one_of_before_stays(cast: Cast, tmp_path: Path) -> None:
    invitation, julien = asked(cast), browser(cast.julien)
    bad = SimpleUploadedFile("form.pdf", b"%PDF-1.7 /JavaScript")
    page = said(julien.post(keying(invitation), {**keyed(), "scan": bad}))
    assert "ni un PDF ni une photo" in page
    julien.post(keying(invitation), {**keyed(email_1=""), "scan": picture()})
    kept = KeptScan.objects.get()
    page = said(julien.post(keying(invitation), {**keyed(kept=str(kept.uid)), "scan": bad}))
    assert str(kept.uid) in page
    assert not Designation.objects.exists()
    julien.post(keying(invitation), {**keyed(email_1=""), "scan": picture(color="black")})
    assert KeptScan.objects.get().pk != kept.pk
    assert _files(tmp_path) == 1
    assert not [path for path in tmp_path.rglob("*.jpg") if b"JFIF" in path.read_bytes()]  # sealed


def test_without_a_scan_it_is_asked_for(cast: Cast) -> None:
    page = said(browser(cast.julien).post(keying(asked(cast)), keyed()))
    assert "Choisissez le formulaire signé" in page
    assert not Designation.objects.exists()


def test_a_scan_kept_by_somebody_else_or_for_another_employer_is_nobodys(cast: Cast) -> None:
    invitation, odile = asked(cast), browser(correspondent(cast))
    elsewhere = Invitation.objects.get(organization=cast.romainville)
    browser(cast.julien).post(keying(invitation), {**keyed(email_1=""), "scan": picture()})
    kept = KeptScan.objects.get()
    address = f"{keying(invitation)}/numerisation/{kept.uid}"
    assert odile.get(address).status_code == 404
    assert browser(cast.julien).get(f"{keying(elsewhere)}/numerisation/{kept.uid}").status_code == 404
    for who, where in ((odile, invitation), (browser(cast.julien), elsewhere)):
        assert who.post(keying(where), keyed(kept=str(kept.uid))).status_code == 422
    assert browser(cast.julien).post(keying(invitation), keyed(kept="../../etc/passwd")).status_code == 422
    assert not Designation.objects.exists()


def test_an_answer_that_came_online_meanwhile_is_led_to(cast: Cast) -> None:
    invitation, julien = asked(cast), browser(cast.julien)
    online = received(cast)
    response = julien.post(keying(invitation), {**keyed(), "scan": picture()})
    page = said(response)
    assert response.status_code == 422
    assert sheet(online) in page
    assert "paul.roux@pantin.example" in page
    assert KeptScan.objects.exists()
    assert "<form" not in said(julien.get(keying(invitation))).split("Saisir la réponse papier")[1].split("</main")[0]
    deciding.send_back(online, "Voir le papier", actor=acting(cast.julien))
    assert julien.post(keying(invitation), keyed(kept=str(KeptScan.objects.get().uid))).status_code == 302


def test_who_works_for_the_employer_is_told_before_typing(cast: Cast) -> None:
    invitation, julien = asked(cast), browser(cast.julien)
    join(cast.julien.agent, cast.pantin)
    assert "un autre correspondant" in said(julien.get(keying(invitation)))
    assert julien.post(keying(invitation), {**keyed(), "scan": picture()}).status_code == 422
    assert not Designation.objects.exists()


def test_a_scan_that_nobody_came_back_for_is_thrown_away(cast: Cast, tmp_path: Path) -> None:
    invitation = asked(cast)
    paper.keep_scan(invitation, picture(), actor=acting(cast.julien))
    assert paper.forget_kept() == 0
    KeptScan.objects.update(created_at=clock.now() - paper.KEPT_FOR * 2)
    assert paper.forget_kept() == 1
    assert _files(tmp_path) == 0


def test_a_scan_thrown_away_meanwhile_is_asked_for_again(cast: Cast) -> None:
    invitation = asked(cast)
    kept = paper.keep_scan(invitation, picture(), actor=acting(cast.julien))
    paper.forget(kept)
    page = said(browser(cast.julien).post(keying(invitation), keyed(kept=str(kept.uid))))
    assert "Choisissez le formulaire signé" in page
    assert "anne.martin@pantin.example" in page
