"""The page of an agent whose every means was frozen by « Ce n'est pas moi », as a browser without script walks it."""

from typing import Any

import pytest
from django.test import Client

from convergences.authentication.models import Totp
from convergences.foundations import clock as house_clock
from tests.authentication.conftest import clock, lost  # noqa: F401 - fixtures
from tests.authentication.recovering_from import DELAY, Clock, start
from tests.cast import PASSWORD, Cast, signed_in
from tests.sign_in.walking import last_letter, words

pytestmark = pytest.mark.database

ENROL = "/annuaire/securite/deux-etapes"
FOR_MANAGING = "/verification?pour=gestion&next=%2F"
LOST = "/connexion/verification/plus-aucun-moyen"


@pytest.fixture
def claire(cast: Cast, lost: object) -> Client:  # noqa: F811 - fixture
    """Claire's browser: her session is of the password alone, and her telephone was contested."""
    Totp.objects.update(frozen_at=house_clock.now())
    return signed_in(cast.claire.agent)


def _answered_for(cast: Cast, clock: Clock) -> Client:  # noqa: F811 - not the fixture
    """Return Claire's browser once her référente's recovery is open."""
    start(cast.claire, cast.nadia)
    clock.shift(DELAY)
    return signed_in(cast.claire.agent)


def _page(client: Client, address: str = ENROL) -> Any:
    return client.get(address, follow=True)


def test_every_way_to_a_means_says_who_can_help(claire: Client) -> None:
    for address in (ENROL, "/annuaire/securite/codes-de-secours", FOR_MANAGING):
        page = words(_page(claire, address))
        assert "Votre vérification en deux étapes est bloquée" in page
        assert "Parlez de vive voix à votre référent administrateur" in page
        assert "mot de passe :" not in page
    assert "Rétablir la vérification" in words(claire.get("/annuaire/securite"))
    assert "Protégez votre compte" not in words(claire.get("/"))


def test_a_password_sent_before_anybody_answered_is_not_even_looked_at(claire: Client, cast: Cast) -> None:
    start(cast.claire, cast.nadia)
    sent = claire.post(FOR_MANAGING, {"password": PASSWORD})
    assert "Votre récupération est demandée" in words(sent)
    assert "Location" not in sent


def test_who_is_answered_for_goes_by_password_and_code_to_a_new_means(
    claire: Client,
    cast: Cast,
    clock: Clock,  # noqa: F811 - fixture
) -> None:
    client = _answered_for(cast, clock)
    assert "Ce n'est pas votre mot de passe" in words(client.post(FOR_MANAGING, {"password": "un autre"}))
    assert client.post(FOR_MANAGING, {"password": PASSWORD})["Location"] == LOST
    asked = words(client.get(LOST))
    assert "Vos moyens de vérification sont bloqués" in asked
    assert "Utiliser un autre moyen" not in asked
    client.post(LOST)
    code = last_letter().code
    page = client.post(f"{LOST}/code", {"code": code}, follow=True)
    assert "Ajouter un nouveau moyen de vérification" in words(page)


def test_the_page_of_codes_leads_on_when_there_is_nothing_to_type(
    claire: Client,
    cast: Cast,
    clock: Clock,  # noqa: F811 - fixture
) -> None:
    client = _answered_for(cast, clock)
    client.post(FOR_MANAGING, {"password": PASSWORD})
    for address in ("/connexion/verification", "/connexion/verification/code-de-secours"):
        assert client.get(address)["Location"] == client.post(address, {"code": "123456"})["Location"] == LOST
