"""The demo's mail: there in a demo only, since everybody's codes are in it."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from convergences.foundations import clock
from convergences.foundations.models import DemoLetter
from tests.home.rights import text

PATHS = ["/courrier", "/courrier/1", "/courrier/1/message"]
HTML = "<!doctype html><html><head><style>p{color:red}</style></head><body><p>Votre code : 123456</p></body></html>"


@pytest.fixture
def letter(db: None) -> DemoLetter:
    """A mail to Claire."""
    return DemoLetter.objects.create(
        recipient="claire.nguyen@pantin.example", subject="Votre code", text="Code : 123456\nhttps://x.example/a",
        html=HTML, delivered_at=clock.now(),
    )  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_it_does_not_exist_out_of_a_demo(settings: Settings, path: str) -> None:
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update={"demo": False})
    assert Client().get(path).status_code == 404  # no database mark: nothing is read


@pytest.mark.parametrize("path", PATHS)
def test_it_does_not_exist_where_mail_is_sent(settings: Settings, path: str) -> None:
    settings.EMAIL_URL = "smtp://mail.example"
    assert Client().get(path).status_code == 404


def test_the_mails_are_listed_and_found_by_recipient(letter: DemoLetter) -> None:
    assert "Votre code" in text(Client().get("/courrier"))
    assert "Votre code" in text(Client().get("/courrier", {"q": "CLAIRE"}))
    assert "Aucun e-mail pour cette adresse" in text(Client().get("/courrier", {"q": "karim"}))


def test_a_mail_is_read_in_a_frame_that_runs_nothing(letter: DemoLetter) -> None:
    page = Client().get(f"/courrier/{letter.pk}")
    assert 'sandbox="allow-top-navigation-by-user-activation"' in text(page)
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert 'href="https://x.example/a"' in text(page)


def test_the_frame_has_a_policy_of_its_own(letter: DemoLetter) -> None:
    answer = Client().get(f"/courrier/{letter.pk}/message")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "script-src" not in answer["Content-Security-Policy"]
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert '<base target="_top">' in text(answer)
