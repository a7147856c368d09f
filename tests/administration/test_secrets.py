"""A secret is shown once, to who made it; two serve while one replaces the other; the last one stays."""

import logging
from typing import Any

import pytest
from django.test import Client

from convergences.audit.models import AuditEvent
from convergences.catalog.models import Application
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.pages.administration.secret_lines import version_of
from convergences.protocols.oidc.models import Client as OidcClient
from convergences.web.panels.panel import panel_of
from tests.administration.pages import address, secret_of, seen_of, words
from tests.cast import Cast
from tests.oidc.relying import SECRET, define

pytestmark = pytest.mark.database


def add(engineer: Client, **changes: str) -> Any:
    """Add a secret, from the sheet as it is."""
    seen = seen_of(engineer.get(address("bip")))
    return engineer.post(address("bip", "secrets/ajouter"), {"seen": seen, **changes})


@pytest.fixture
def bip(cast: Cast) -> OidcClient:
    """BIP's client, with one secret."""
    return define(connected(cast.bip))


def connected(application: Application) -> Application:
    """Write that the application is entered by OpenID Connect."""
    application.protocol = "oidc"
    application.save()
    return application


def _handle(clear: str) -> str:
    return digest(clear)[:12]


def test_a_secret_is_shown_in_the_answer_and_kept_nowhere_in_clear(
    bip: OidcClient, engineer: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answer = add(engineer)
    secret = secret_of(answer)
    bip.refresh_from_db()
    assert sorted(bip.secret_digests) == sorted([digest(SECRET), digest(secret)])
    assert answer["Cache-Control"] == "no-store, private"
    assert secret not in str(answer.cookies) + str(dict(answer.headers))
    assert secret not in caplog.text
    assert secret not in str(list(AuditEvent.objects.values()))
    assert "htmx.min.js" not in answer.content.decode()  # htmx keeps pages in the browser's storage
    assert _handle(secret) in words(answer)


def test_the_same_form_sent_again_adds_nothing_and_shows_nothing(bip: OidcClient, engineer: Client) -> None:
    seen = seen_of(engineer.get(address("bip")))
    secret = secret_of(engineer.post(address("bip", "secrets/ajouter"), {"seen": seen}))
    bip.refresh_from_db()
    before = bip.secret_digests
    again = engineer.post(address("bip", "secrets/ajouter"), {"seen": seen})
    assert again.status_code == 302
    page = engineer.get(address("bip")).content.decode()
    assert "Un secret n’est montré qu’une fois" in page
    assert secret not in page
    bip.refresh_from_db()
    assert bip.secret_digests == before


def test_a_form_that_saw_other_secrets_adds_nothing(bip: OidcClient, engineer: Client) -> None:
    for seen in ("", "x", "0" * 16):
        assert add(engineer, seen=seen).status_code == 302
    bip.refresh_from_db()
    assert len(bip.secret_digests) == 1


def test_reading_the_address_adds_nothing(bip: OidcClient, engineer: Client) -> None:
    assert engineer.get(address("bip", "secrets/ajouter")).status_code == 405


def test_a_third_secret_is_refused_in_words(bip: OidcClient, engineer: Client) -> None:
    add(engineer)
    panel = panel_of("oidc")
    assert panel
    answer = add(engineer, seen=version_of(panel.secrets(bip.application)))
    assert answer.status_code == 302
    page = words(engineer.get(address("bip")))
    assert "Deux secrets au plus ; retirez d'abord celui qui ne sert plus." in page
    assert "client_secret :" not in page


def test_removing_says_since_when_and_when_it_served(bip: OidcClient, engineer: Client) -> None:
    secret = secret_of(add(engineer))
    page = words(engineer.get(address("bip", f"secrets/{_handle(SECRET)}/retirer")))
    assert str(clock.today().year) in page
    assert "Jamais, d'après nos traces" in page
    assert engineer.post(address("bip", f"secrets/{_handle(SECRET)}/retirer")).status_code == 302
    bip.refresh_from_db()
    assert bip.secret_digests == [digest(secret)]
    told = AuditEvent.objects.filter(application="bip").order_by("pk").last()
    assert told is not None
    assert told.actor_label == "Anne-Laure Petit"


def test_the_last_secret_is_not_removed(bip: OidcClient, engineer: Client) -> None:
    path = address("bip", f"secrets/{_handle(SECRET)}/retirer")
    assert "Retirer le secret" not in words(engineer.get(path))
    answer = engineer.post(path)
    assert answer.status_code == 422
    assert "C'est le seul secret" in words(answer)
    bip.refresh_from_db()
    assert bip.secret_digests == [digest(SECRET)]


def test_a_handle_that_is_nobody_s_or_another_application_s_is_not_found(
    cast: Cast, bip: OidcClient, engineer: Client
) -> None:
    define(
        cast.cotisations, client_secret="another secret, of more than 24 signs", redirect_uris=["https://r.example/"]
    )
    for handle in (_handle("another secret, of more than 24 signs"), "x", "0" * 12, digest(SECRET)):
        assert engineer.post(address("bip", f"secrets/{handle}/retirer")).status_code == 404
    assert engineer.post(address("nothing", f"secrets/{_handle(SECRET)}/retirer")).status_code == 404


def test_an_application_without_secret_has_none_to_add(cast: Cast, engineer: Client) -> None:
    define(connected(cast.bip), client_secret=None, token_endpoint_auth_method="none")
    assert "Secrets" not in words(engineer.get(address("bip")))
    assert add(engineer, seen=seen_for_none()).status_code == 302
    assert OidcClient.objects.get().secret_digests == []
    assert engineer.post(address("net-cotisations", "secrets/ajouter")).status_code == 404


def seen_for_none() -> str:
    """Return what an honest form would have said of no secret at all."""
    return digest("")[:16]
