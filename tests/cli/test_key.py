"""`convergences key`."""

import pytest
from django.conf import settings

from convergences.audit.models import AuditEvent
from convergences.foundations import keys
from tests.authentication.proving import with_totp
from tests.cast import Cast
from tests.cli.commands import run, told

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_keys_are_listed_with_what_they_do() -> None:
    keys.ensure()
    following = told("key", "rotate")
    states = {key["kid"]: key["state"] for key in told("key", "list")}
    assert states[following["kid"]] == "next"
    assert sorted(states.values()) == ["next", "signing", "signing", "signing"]
    assert "à venir" in run("key", "list").stdout


def test_a_rotation_is_in_the_journal_without_the_key() -> None:
    keys.ensure()
    key = told("key", "rotate", "--algorithm", "RS256", "--overlap", "1")
    event = AuditEvent.objects.get()
    assert event.action == "operations.key_rotated"
    assert event.details["kid"] == key["kid"]
    assert set(event.details) == {"algorithm", "kid", "signs_from"}
    assert event.actor_label.startswith("Exploitation")


def test_a_leaked_key_is_withdrawn_and_the_journal_says_so() -> None:
    leaked = keys.signing_key().kid
    told("key", "rotate", "--withdraw")
    assert leaked not in {key["kid"] for key in keys.published_jwks()["keys"]}
    assert AuditEvent.objects.get().action == "operations.key_withdrawn"


def test_keys_are_sealed_again() -> None:
    keys.ensure()
    assert told("key", "reseal") == {"resealed": 3}


def test_an_unknown_algorithm_is_refused() -> None:
    assert run("key", "rotate", "--algorithm", "HS256").exit_code == 2


def test_seeds_are_sealed_again_and_the_journal_counts_them(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    held = with_totp(cast.claire.agent)
    assert told("key", "reseal-seeds") == {"sealed": 0, "already": 1, "unreadable": 0}
    said = settings.CONFIGURATION
    monkeypatch.setattr(said, "second_factor_key_fallbacks", [said.second_factor_key])
    monkeypatch.setattr(said, "second_factor_key", "a newer secret for tests only, for second factors")
    assert "encore sous une ancienne clé" in run("doctor").stdout
    assert told("key", "reseal-seeds") == {"sealed": 1, "already": 0, "unreadable": 0}
    assert "toutes sous la clé du jour" in run("doctor").stdout
    event = AuditEvent.objects.filter(action="authentication.seeds_resealed").latest("pk")
    assert event.details == {"sealed": 1, "already": 0, "unreadable": 0}
    assert held.secret not in str(event.details)


def test_a_seed_under_an_unknown_key_fails_the_commands(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    with_totp(cast.claire.agent)
    monkeypatch.setattr(settings.CONFIGURATION, "second_factor_key", "a newer secret for tests only, of 42 letters")
    assert run("key", "reseal-seeds").exit_code == 1
    assert "sous une clé inconnue" in run("doctor").stdout
    monkeypatch.setattr(settings.CONFIGURATION, "second_factor_key", "")
    assert run("key", "reseal-seeds").exit_code == 1
    assert "SECOND_FACTOR_KEY manque" in run("doctor").stdout
