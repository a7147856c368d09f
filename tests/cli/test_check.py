"""`convergences check` says what is unsafe in the settings."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings

from convergences.cli.operate.findings import findings
from tests.cli.commands import run, told

SAFE: dict[str, Any] = {
    "base_url": "https://convergences.cig.fr",
    "secret_key": "hTz9Qm2wX7rB4kLpV8sNcY3dF6gJ0aEuI5oT1yRqWvZx",
    "second_factor_key": "uY7cVb1nMq8wErT5zXs2kLpO9iJhG4fDaQ6eRtY3uIoP",
    "second_factor_key_fallbacks": [],
    "database_url": "postgresql://convergences@db.cig.fr/convergences?sslmode=verify-full",
    "email_url": "smtps://user:password@mail.cig.fr",
    "email_from": "CONVERGENCES <ne-pas-repondre@cig.fr>",
    "support_email": "assistance@cig.fr",
    "dpo_email": "dpo@cig.fr",
    "accessibility_email": "a11y@cig.fr",
    "trusted_proxies": ["10.0.0.5"],
    "demo": False,
}


def codes(**changes: Any) -> set[str]:
    said = settings.CONFIGURATION.model_copy(update={**SAFE, **changes})
    with override_settings(CONFIGURATION=said, UNKNOWN_VARIABLES=[]):
        return {finding.code for finding in findings()}


def test_safe_settings_have_nothing_to_be_said() -> None:
    assert codes() == set()


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("base_url_http", {"base_url": "http://convergences.cig.fr"}),
        ("any_host", {"allowed_hosts": ["*"]}),
        ("weak_secret", {"secret_key": "dev-dev-dev-dev-dev-dev-dev-dev-dev"}),
        ("weak_secret", {"secret_key_fallbacks": ["a" * 40]}),
        ("same_fallback", {"secret_key_fallbacks": [SAFE["secret_key"]]}),
        ("no_second_factor_key", {"second_factor_key": ""}),
        ("shared_second_factor_key", {"second_factor_key": SAFE["secret_key"]}),
        ("shared_second_factor_key", {"second_factor_key_fallbacks": [SAFE["secret_key"]]}),
        ("shared_second_factor_key", {"secret_key_fallbacks": [SAFE["second_factor_key"]]}),
        ("weak_second_factor_key", {"second_factor_key": "a" * 40}),
        ("weak_second_factor_key", {"second_factor_key_fallbacks": ["a" * 40]}),
        ("same_second_factor_fallback", {"second_factor_key_fallbacks": [SAFE["second_factor_key"]]}),
        ("demo", {"demo": True}),
        ("no_mail", {"email_url": "mailbox:"}),
        ("clear_mail", {"email_url": "smtp://user:password@mail.cig.fr"}),
        ("wide_proxies", {"trusted_proxies": ["0.0.0.0/0"]}),
        ("wide_proxies", {"trusted_proxies": ["::/0"]}),
        ("no_proxies", {"trusted_proxies": []}),
        ("wide_outbound", {"outbound_networks": ["0.0.0.0/0"]}),
        ("clear_database", {"database_url": "postgresql://u@db.cig.fr/c"}),
        ("examples", {"dpo_email": "dpo@cig.example"}),
        ("weak_metrics_token", {"metrics_token": "metrics"}),
    ],
)
def test_each_danger_is_found(code: str, changes: dict[str, Any]) -> None:
    assert code in codes(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"base_url": "http://127.0.0.1:8000", "demo": True, "email_url": "mailbox:", "trusted_proxies": []},
        {"email_url": "smtp://mail.cig.fr:587?starttls=1"},
        {"email_url": "smtp://localhost"},
        {"trusted_proxies": ["unix", "10.0.0.0/8"]},
        {"database_url": "postgresql:///convergences"},
    ],
)
def test_what_is_safe_is_left_alone(changes: dict[str, Any]) -> None:
    assert codes(**changes) == set()


def test_a_secret_file_that_all_can_read_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "key"
    file.write_text("x")
    monkeypatch.setenv("CONVERGENCES_SECRET_KEY_FILE", str(file))
    file.chmod(0o644)
    assert codes() == {"readable_secret"}
    file.chmod(0o600)
    assert codes() == set()


def test_a_danger_fails_the_command_and_no_secret_is_repeated() -> None:
    with override_settings(CONFIGURATION=settings.CONFIGURATION.model_copy(update={**SAFE, "secret_key": "a" * 40})):
        done = run("check")
        assert done.exit_code == 1
        assert "[danger] SECRET_KEY se devine" in done.stdout
        assert "a" * 40 not in done.stdout
        assert told("check")[0]["code"] == "weak_secret"
