"""One address receives more than six megabytes: a scan of a correspondant's, and nobody else's."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from convergences.campaigns import scans
from convergences.pages.answers.views import keying
from tests.answers.doing import PAPER, browser, keyed
from tests.answers.doing import keying as address_of
from tests.campaigns.answering import asked
from tests.cast import Cast, signed_in

pytestmark = pytest.mark.database
FORM = "multipart/form-data; boundary=x"


def _send(client: Client, path: str, length: object, method: str = "post") -> int:
    """Send a body that says it is so long, and return the status of the answer."""
    status: int = getattr(client, method)(path, b"--x--", content_type=FORM, CONTENT_LENGTH=str(length)).status_code
    return status


def test_a_scan_too_heavy_is_told_at_its_field_with_all_that_was_typed(cast: Cast) -> None:
    path, heavy = address_of(asked(cast)), SimpleUploadedFile("form.pdf", b"%PDF-" + bytes(scans.MAX_BYTES))
    response = browser(cast.julien).post(path, {**keyed(), "scan": heavy})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Ce fichier est trop lourd" in page
    assert "anne.martin@pantin.example" in page


def test_even_a_correspondant_does_not_send_any_size(cast: Cast) -> None:
    assert _send(browser(cast.julien), address_of(asked(cast)), keying.LARGEST + 1) == 413


def test_nobody_else_does(cast: Cast) -> None:
    path = address_of(asked(cast))
    forged = Client()
    forged.cookies[settings.SESSION_COOKIE_NAME] = "a" * 43
    others = (Client(), forged, signed_in(cast.nadia.agent, second_factor=True), signed_in(cast.claire.agent))
    for client in others:
        assert _send(client, path, scans.MAX_BYTES) == 413
    dead = browser(cast.julien)
    dead.get("/deconnexion")
    cast.julien.agent.state = "suspended"
    cast.julien.agent.save()
    assert _send(dead, path, scans.MAX_BYTES) == 413


@pytest.mark.parametrize(
    "path", [PAPER, "/espace-cig/importer-des-employeurs", "/annuaire/profil/photo", "/nulle-part"]
)
def test_nowhere_else(cast: Cast, path: str) -> None:
    assert _send(browser(cast.julien), path, settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1) == 413


def test_by_no_other_method(cast: Cast) -> None:
    assert _send(browser(cast.julien), address_of(asked(cast)), scans.MAX_BYTES, "put") == 413


@pytest.mark.parametrize("length", ["+50000000", "-1", "5e7", "²", "9" * 13])
def test_a_length_that_is_no_plain_number_is_refused(cast: Cast, length: str) -> None:
    assert _send(browser(cast.julien), address_of(asked(cast)), length) == 400
