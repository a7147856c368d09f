"""« Ce n'est pas moi »: a link that scanners open, that people read, and that acts when it is confirmed."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.conf import settings

from convergences.authentication.models import Passkey, SecurityChange, Session
from convergences.foundations import clock
from tests.authentication.passkeying import enrol
from tests.authentication.test_changes import tokens
from tests.cast import Cast, set_password, signed_in
from tests.sign_in.walking import browser, words

pytestmark = pytest.mark.database

PAGE = "/securite/ce-nest-pas-moi"


@pytest.fixture
def link(cast: Cast) -> str:
    """The link of the mail that told Claire of a passkey."""
    set_password(cast.claire.agent)
    enrol(cast.claire.agent, name="Poste du bureau")
    return f"{PAGE}?cle={tokens()[0]}"


def contest(client: Any, link: str, **more: Any) -> Any:
    """Confirm."""
    return client.post(PAGE, {"cle": link.partition("cle=")[2], **more}, follow=True)


def test_opening_the_link_a_hundred_times_does_nothing(link: str) -> None:
    for _ in range(3):
        page = browser().get(link)
        assert browser().head(link).status_code == page.status_code == 200
    assert SecurityChange.objects.get().contested_at is None
    assert Session.objects.filter(ended_at__isnull=True).exists()
    assert page["Referrer-Policy"] == "strict-origin"
    assert page["Cache-Control"] == "no-store"


def test_the_page_says_what_changed_and_what_will_happen(link: str) -> None:
    said = words(browser().get(link))
    for expected in ("Clé d'accès ajoutée", "Poste du bureau", "Edge sur Windows", "Claire Nguyen"):
        assert expected in said
    assert "votre mot de passe actuel ne sert plus" in said


def test_confirming_takes_back_and_names_whom_to_call(link: str) -> None:
    done = words(contest(browser(), link))
    assert "Votre compte est protégé" in done
    assert "Nadia Ferhat" in done
    assert Passkey.objects.get().frozen_at is not None
    assert not Session.objects.filter(ended_at__isnull=True).exists()


def test_confirming_again_says_that_it_is_done(link: str) -> None:
    contest(browser(), link)
    assert "Votre compte est protégé" in words(contest(browser(), link))
    assert "Votre compte est protégé" in words(browser().get(link))


def test_other_changes_may_be_ticked(cast: Cast, link: str) -> None:
    enrol(cast.claire.agent, name="Intruse")
    page = browser().get(link)
    assert "Intruse" in words(page)
    other = SecurityChange.objects.order_by("-pk")[0]
    contest(browser(), link, aussi=[str(other.uid), "x", "' OR 1=1"])
    assert not Passkey.objects.filter(frozen_at__isnull=True).exists()


def test_what_was_added_after_is_ticked_beforehand_and_what_was_before_is_not(cast: Cast, link: str) -> None:
    enrol(cast.claire.agent, name="Intruse")
    first, second = tokens()
    assert browser().get(f"{PAGE}?cle={first}").content.decode().count(" checked") == 1
    assert " checked" not in browser().get(f"{PAGE}?cle={second}").content.decode()


def test_who_contests_signed_in_as_somebody_else_is_signed_out(cast: Cast, link: str) -> None:
    client = signed_in(cast.karim.agent)
    contest(client, link)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value == ""


@pytest.mark.parametrize("key", ["", "x", "é" * 400, "A" * 43, "%00"])
def test_a_guessed_link_says_no_more_than_a_dead_one(link: str, key: str) -> None:
    page = browser().get(f"{PAGE}?cle={key}")
    assert page.status_code == 410
    assert "Claire" not in words(page)
    assert contest(browser(), f"{PAGE}?cle={key}").status_code == 410


def test_after_a_week_the_link_is_dead(link: str) -> None:
    with time_machine.travel(clock.now() + dt.timedelta(days=8), tick=False):
        assert browser().get(link).status_code == 410
        assert contest(browser(), link).status_code == 410
    assert Passkey.objects.get().frozen_at is None


def test_a_form_from_another_site_confirms_nothing(link: str) -> None:
    assert contest(browser(enforce_csrf_checks=True), link).status_code == 403
    assert SecurityChange.objects.get().contested_at is None
