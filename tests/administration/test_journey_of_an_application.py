"""An OIDC application is created by the pages alone, signs in for good, changes its secret and its address, closes."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from convergences.admission import services as admission
from convergences.catalog.models import Application
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.protocols.oidc.models import Client as OidcClient
from tests.administration.pages import CONNECTION, address, create, secret_of, seen_of, words
from tests.cast import Cast, signed_in
from tests.oidc.relying import Relying, entitle

pytestmark = pytest.mark.database
BACK = CONNECTION["redirect_uris"]


def _relying(secret: str, redirect_uri: str = BACK) -> Relying:
    client = OidcClient.objects.select_related("application").get(client_id="concours")
    return Relying(client, secret=secret, redirect_uri=redirect_uri)


@pytest.fixture
def concours(cast: Cast, engineer: Client) -> Relying:
    """The application, created and opened by the pages, on which Claire has a right."""
    relying = _relying(secret_of(create(engineer, renews="on")))
    assert engineer.post(address(act="ouvrir"), {"status": "open"}).status_code == 302
    entitle(cast.claire, Application.objects.get(slug="concours"), "manager")
    return relying


@pytest.fixture
def claire(cast: Cast) -> Client:
    """The browser in which Claire is signed in."""
    return signed_in(cast.claire.agent)


def test_nobody_enters_a_draft(cast: Cast, engineer: Client, claire: Client) -> None:
    relying = _relying(secret_of(create(engineer)))
    entitle(cast.claire, Application.objects.get(slug="concours"), "manager")
    assert relying.authorize(claire).status_code == 403


def test_an_agent_signs_in_with_the_secret_that_was_shown(concours: Relying, claire: Client, engineer: Client) -> None:
    assert "Personne n'y est encore entré" in words(engineer.get(address()))
    given = concours.tokens(claire)
    told: dict[str, Any] = concours.userinfo(given["access_token"]).json()  # type: ignore[attr-defined]
    assert told["email"] == "claire.nguyen@pantin.example"
    assert told["roles"] == ["manager"]
    assert "organization" not in told  # it was not ticked
    assert concours.refresh(given["refresh_token"]).status_code == 200
    sheet = words(engineer.get(address()))
    assert "Dernière entrée" in sheet
    assert "A servi pour la dernière fois" in sheet


def test_both_secrets_serve_during_the_change_and_then_the_former_does_not(
    concours: Relying, claire: Client, engineer: Client
) -> None:
    seen = seen_of(engineer.get(address()))
    second = replace(concours, secret=secret_of(engineer.post(address(act="secrets/ajouter"), {"seen": seen})))
    for relying in (concours, second):
        assert relying.tokens(claire)["access_token"]
    former = digest(concours.secret)[:12]
    assert engineer.post(address(act=f"secrets/{former}/retirer")).status_code == 302
    refused = concours.exchange(concours.code(claire))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")  # type: ignore[attr-defined]
    assert second.tokens(claire)["access_token"]


def test_a_changed_address_serves_at_once_and_the_former_no_longer(
    concours: Relying, claire: Client, engineer: Client
) -> None:
    moved = "https://concours.example/nouveau"
    form = {"kind": "web", "redirect_uris": moved, "renews": "on"}
    assert engineer.post(address(act="raccordement/oidc"), form).status_code == 302
    assert concours.authorize(claire).status_code == 400
    assert _relying(concours.secret, moved).tokens(claire)["access_token"]


def test_closing_ends_what_is_open_and_opening_again_lets_in(
    concours: Relying, claire: Client, engineer: Client
) -> None:
    given = concours.tokens(claire)
    assert "1 visite en cours se termine" in words(engineer.get(address(act="fermer")))
    assert engineer.post(address(act="fermer")).status_code == 302
    admission.request_ends(clock.now())
    assert concours.userinfo(given["access_token"]).status_code == 401
    assert concours.refresh(given["refresh_token"]).status_code == 400
    assert concours.authorize(claire).status_code == 403
    engineer.post(address(act="ouvrir"), {"status": "open"})
    assert concours.tokens(claire)["access_token"]
