"""An essential `acr` of two steps, had by a code by mail where the operator allows it; and what that never answers."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client as Browser

from convergences.catalog.models import Application, Assurance
from tests.authentication.doing import letters
from tests.authentication.mailing import allowed
from tests.cast import Cast, give_totp, strengthen
from tests.oidc.relying import Relying, answered
from tests.oidc.test_authorization_acr import UNMET, acr, step_up, told
from tests.sign_in.walking import words

pytestmark = pytest.mark.database
MAILED = {"factors": ["pwd", "mail"], "level": "eidas1-mfa", "second_factor_at": None}
OFFER = "Recevoir un code par e-mail"


@pytest.fixture(autouse=True)
def _allowed() -> Iterator[None]:
    """The operator allows it, unless a test says otherwise."""
    with allowed():
        yield


def _by_mail(claire: Browser, asked: HttpResponse) -> Any:
    """Ask for the code on the page of the step up, and type it."""
    query = urlsplit(asked["Location"]).query
    assert OFFER in words(claire.get(asked["Location"]))
    sent = claire.post(f"/verification/par-e-mail?{query}")
    return claire.post(sent["Location"], {"code": letters()[-1].code})


def test_the_agent_goes_on_and_the_client_is_told_what_was_done(bip: Relying, claire: Browser) -> None:
    asked = bip.authorize(claire, claims=acr("eidas1-mfa"))
    wanted = step_up(asked)
    assert _by_mail(claire, asked).status_code == 200
    content = told(bip.exchange(answered(claire.get(wanted["next"]))["code"]).json())
    assert (content["acr"], content["amr"]) == ("eidas1-mfa", ["pwd", "mail"])


def test_it_does_not_answer_two_factors(bip: Relying, cast: Cast, claire: Browser) -> None:
    strengthen(cast.claire.agent, **MAILED)
    asked = bip.authorize(claire, claims=acr("eidas2"))
    assert step_up(asked)["niveau"] == "eidas2"
    assert OFFER not in words(claire.get(asked["Location"]))


@pytest.mark.parametrize("assurance", [Assurance.SECOND_FACTOR, Assurance.FRESH_SECOND_FACTOR])
def test_nor_a_sheet_that_asks_for_a_second_factor(
    bip: Relying, cast: Cast, claire: Browser, assurance: Assurance
) -> None:
    Application.objects.update(assurance=assurance)
    asked = bip.authorize(claire, claims=acr("eidas1-mfa"))
    assert OFFER not in words(claire.get(asked["Location"]))
    strengthen(cast.claire.agent, **MAILED)
    assert step_up(bip.authorize(claire, claims=acr("eidas1-mfa")))["application"] == "bip"
    assert answered(bip.authorize(claire, prompt="none"))["error"] == "interaction_required"


def test_when_it_is_not_allowed_a_real_second_step_is_the_only_way(bip: Relying, claire: Browser) -> None:
    with allowed(on=False):
        asked = bip.authorize(claire, claims=acr("eidas1-mfa"))
        page = claire.get(asked["Location"])
        assert "Activer la vérification en deux étapes" in words(page)
        assert OFFER not in words(page)
        assert step_up(claire.get(step_up(asked)["next"]))["niveau"] == "eidas1-mfa"


def test_who_has_a_factor_is_asked_for_that_one(bip: Relying, cast: Cast, claire: Browser) -> None:
    give_totp(cast.claire.agent)
    asked = bip.authorize(claire, claims=acr("eidas1-mfa"))
    assert OFFER not in words(claire.get(asked["Location"]))


def test_nobody_is_asked_for_it_for_a_wish(bip: Relying, claire: Browser) -> None:
    """3.1.2.1: an application that writes `acr_values` by habit sends nobody to their mailbox."""
    assert told(bip.tokens(claire, acr_values="eidas1-mfa"))["acr"] == "eidas1"


def test_no_page_is_shown_where_none_may_be(bip: Relying, claire: Browser) -> None:
    assert answered(bip.authorize(claire, claims=acr("eidas1-mfa"), prompt="none"))["error"] == UNMET
    assert letters() == []
