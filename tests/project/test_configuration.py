"""Wrong settings are refused in French, all at once, without ever repeating a secret."""

from pathlib import Path

import pytest

from convergences.foundations.errors import Misconfigured
from convergences.project.configuration import read, unknown_variables
from convergences.project.databases import database_settings

SECRET = "s3cr3t" * 8


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "BASE_URL", "DATABASE_URL", "DEMO"):
        monkeypatch.delenv(f"CONVERGENCES_{name}")
    monkeypatch.setenv("CONVERGENCES_SECRET_KEY", SECRET)


def refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(f"CONVERGENCES_{name}", value)
    with pytest.raises(Misconfigured) as refusal:
        read()
    [sentence] = refusal.value.sentences
    return sentence


def test_a_short_key_of_second_factors_says_how_to_make_one(monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = refused("SECOND_FACTOR_KEY", "short", monkeypatch)
    assert "CONVERGENCES_SECOND_FACTOR_KEY manque ou compte moins" in sentence


@pytest.mark.parametrize("value", ["", "short"])
def test_a_missing_or_short_secret_says_how_to_make_one(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sentence = refused("SECRET_KEY", value, monkeypatch)
    assert "CONVERGENCES_SECRET_KEY manque" in sentence
    assert "openssl rand" in sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BASE_URL", "convergences.example"),
        ("BASE_URL", "https://convergences.example/chemin"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("CACHE_URL", "memcached://localhost"),
        ("EMAIL_URL", "http://mail"),
        ("EMAIL_URL", "smtp://mail?startls=1"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, proxy"),
        ("OUTBOUND_NETWORKS", "300.1.1.1"),
        ("LOG_FORMAT", "xml"),
        ("DEMO", "peut-être"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(name, value, monkeypatch).startswith(f"CONVERGENCES_{name} : ")


def test_every_fault_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVERGENCES_LOG_FORMAT", "xml")
    monkeypatch.setenv("CONVERGENCES_BASE_URL", "x")
    with pytest.raises(Misconfigured) as refusal:
        read()
    assert len(refusal.value.sentences) == 2


def test_a_password_in_a_wrong_address_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "hunter2" not in refused("DATABASE_URL", "mysql://user:hunter2@db/x", monkeypatch)


def test_a_value_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text(f"{'k' * 40}\n")
    monkeypatch.setenv("CONVERGENCES_SECRET_KEY", "")
    monkeypatch.setenv("CONVERGENCES_SECRET_KEY_FILE", str(tmp_path / "key"))
    assert read().secret_key == "k" * 40
    assert "ne peut pas être lu" in refused("SECRET_KEY_FILE", str(tmp_path / "absent"), monkeypatch)


def test_a_file_of_settings_is_read_and_its_unknown_keys_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "convergences.toml"
    monkeypatch.setenv("CONVERGENCES_CONFIG", str(file))
    file.write_text('center_name = "CDG 01"\ntrusted_proxies = ["10.0.0.1"]\n')
    assert (read().center_name, read().trusted_proxies) == ("CDG 01", ["10.0.0.1"])
    monkeypatch.setenv("CONVERGENCES_CENTER_NAME", "CDG 02")
    assert read().center_name == "CDG 02"
    file.write_text('center_nom = "x"\n')
    with pytest.raises(Misconfigured, match="center_nom"):
        read()


def test_a_name_mistyped_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONVERGENCES_ALLOWED_HOST", "x")
    monkeypatch.setenv("CONVERGENCES_EMAIL_URL_FILE", "x")
    assert "CONVERGENCES_ALLOWED_HOST" in unknown_variables()
    assert "CONVERGENCES_EMAIL_URL_FILE" not in unknown_variables()


def test_database_addresses_become_djangos_settings() -> None:
    assert database_settings("sqlite:////srv/c.sqlite3")["default"]["NAME"] == "/srv/c.sqlite3"
    found = database_settings("postgresql://us%40er:p%2Fw@db:5433/name?sslmode=require")["default"]
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "us@er",
        "p/w",
        "db",
        "5433",
        "name",
    )
    assert found["OPTIONS"]["sslmode"] == "require"
    with pytest.raises(ValueError, match="DATABASE_URL"):
        database_settings("mysql://x")


def test_a_pool_that_keeps_no_prepared_statement_can_be_named() -> None:
    def prepared(query: str) -> bool:
        return bool(database_settings(f"postgresql://db/name{query}")["default"]["OPTIONS"]["prepared_statements"])

    assert [prepared(""), prepared("?prepared_statements=no")] == [True, False]
    with pytest.raises(ValueError, match="prepared_statements is yes or no"):
        prepared("?prepared_statements=non")
