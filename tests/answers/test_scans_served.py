"""A scan as browsers receive it: for the centre alone, in no cache, unable to run anything."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfWriter

from convergences.campaigns.models import Designation, KeptScan
from convergences.campaigns.services import paper
from tests.answers.doing import browser, fr, keyed, keying, picture, said, sheet
from tests.campaigns.answering import answer, asked, received
from tests.campaigns.doing import acting
from tests.cast import Cast, signed_in

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def _pdf(folder: Path) -> Path:
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(folder / "form.pdf")
    return folder / "form.pdf"


def _on_paper(cast: Cast) -> Designation:
    return paper.key_in(asked(cast), answer(), picture(), actor=acting(cast.julien))


def test_a_picture_is_shown_in_a_sandbox_and_kept_nowhere(cast: Cast) -> None:
    designation = _on_paper(cast)
    response = browser(cast.julien).get(sheet(designation, "numerisation"))
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert response.content.startswith(b"\xff\xd8")
    expected = {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Content-Disposition": f'inline; filename="designation-{designation.receipt_number}.jpg"',
    }
    assert {name: response[name] for name in expected} == expected
    page = said(browser(cast.julien).get(sheet(designation)))
    assert sheet(designation, "numerisation") in page
    assert fr("acceptée, le temps du mandat et douze mois de plus.") in page


def test_a_pdf_is_handed_over(cast: Cast, tmp_path: Path) -> None:
    with _pdf(tmp_path).open("rb") as scan:
        designation = paper.key_in(asked(cast), answer(), scan, actor=acting(cast.julien))
    response = browser(cast.julien).get(sheet(designation, "numerisation"))
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment;")


@pytest.mark.parametrize("who", ["nadia", "claire", "karim"])
def test_nobody_else_sees_it_even_named_in_it(cast: Cast, who: str) -> None:
    address = sheet(_on_paper(cast), "numerisation")
    assert signed_in(getattr(cast, who).agent, second_factor=True).get(address).status_code == 404
    assert Client().get(address)["Location"].startswith("/connexion")
    assert signed_in(cast.julien.agent).get(f"/media/{Designation.objects.get().scan.name}").status_code == 404


def test_an_answer_without_a_scan_has_none(cast: Cast) -> None:
    assert browser(cast.julien).get(sheet(received(cast), "numerisation")).status_code == 404


def test_a_scan_lost_or_altered_on_the_disk_is_not_found_and_breaks_no_page(cast: Cast, tmp_path: Path) -> None:
    designation = _on_paper(cast)
    file = tmp_path / str(designation.scan.name)
    file.write_bytes(file.read_bytes()[:-4] + b"AAAA")  # altered
    assert browser(cast.julien).get(sheet(designation, "numerisation")).status_code == 404
    file.unlink()
    assert browser(cast.julien).get(sheet(designation, "numerisation")).status_code == 404
    assert browser(cast.julien).get(sheet(designation)).status_code == 200


def test_a_kept_scan_is_shown_to_its_keeper(cast: Cast) -> None:
    invitation, julien = asked(cast), browser(cast.julien)
    julien.post(keying(invitation), {**keyed(email_1=""), "scan": picture()})
    response = julien.get(f"{keying(invitation)}/numerisation/{KeptScan.objects.get().uid}")
    assert (response["Content-Type"], response["Cache-Control"]) == ("image/jpeg", "no-store")
