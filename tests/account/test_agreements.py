"""What an agent let applications read is on their « Sécurité » page, and is taken back there."""

import pytest
from django.test import Client as Browser

from convergences.audit.models import AuditEvent
from convergences.foundations import clock
from convergences.protocols.oidc.models import Client, Consent
from tests.cast import Cast, signed_in
from tests.oidc.relying import define
from tests.team.pages import client, words

pytestmark = pytest.mark.database

SECURITY = "/annuaire/securite"
BIP = f"{SECURITY}/accords/bip"
TITLE = "Applications autorisées à lire vos informations"


@pytest.fixture
def agreed(cast: Cast) -> Consent:
    """Claire let BIP read her name and her address."""
    asking = define(cast.bip, consent_required=True)
    names = ["email", "email_verified", "given_name"]
    return Consent.objects.create(agent=cast.claire.agent, client=asking, claims=names, given_at=clock.now())


def test_nobody_takes_back_what_another_agreed_to(agreed: Consent, cast: Cast) -> None:
    for somebody in (cast.nadia, cast.moussa, cast.julien, cast.lucie):
        for method in ("get", "post"):
            assert getattr(client(somebody), method)(BIP).status_code == 404
    assert Browser().post(BIP).status_code == 302
    assert Consent.objects.exists()


def test_another_site_takes_nothing_back(agreed: Consent, cast: Cast) -> None:
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies = signed_in(cast.claire.agent).cookies
    assert browser.post(BIP).status_code == 403
    assert Consent.objects.exists()


def test_reading_the_page_takes_nothing_back(agreed: Consent, cast: Cast) -> None:
    page = words(client(cast.claire).get(BIP))
    assert "Retirer l'accord donné à BIP ?" in page
    assert "ne lit plus rien de votre compte" in page
    assert Consent.objects.exists()


def test_the_page_shows_what_was_agreed_to_in_words(agreed: Consent, cast: Cast) -> None:
    page = words(client(cast.claire).get(SECURITY))
    assert TITLE in page
    assert "Votre adresse e-mail · Votre prénom" in page
    assert "Retirer l'accord donné à BIP" in page


def test_nothing_is_shown_to_who_agreed_to_nothing_nor_of_applications_that_need_not_ask(
    agreed: Consent, cast: Cast
) -> None:
    assert TITLE not in words(client(cast.nadia).get(SECURITY))
    Client.objects.update(consent_required=False)
    assert TITLE not in words(client(cast.claire).get(SECURITY))
    assert client(cast.claire).get(BIP).status_code == 404


def test_an_agreement_is_taken_back_and_journaled(agreed: Consent, cast: Cast) -> None:
    page = words(client(cast.claire).post(BIP, follow=True))
    assert "BIP ne peut plus lire vos informations. Votre accord vous sera redemandé." in page
    assert TITLE not in page
    assert "Transmission de données retirée : BIP" in page
    event = AuditEvent.objects.get(action="oidc.consent_withdrawn")
    assert (event.actor_id, event.subject_id, event.application) == (cast.claire.agent_id, cast.claire.agent_id, "bip")
    assert client(cast.claire).post(BIP).status_code == 404


@pytest.mark.parametrize("slug", ["net-cotisations", "nothing", "oidc"])
def test_an_application_to_which_nothing_was_agreed_is_not_found(agreed: Consent, cast: Cast, slug: str) -> None:
    assert client(cast.claire).post(f"{SECURITY}/accords/{slug}").status_code == 404
