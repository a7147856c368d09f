"""Addresses for machines: health, figures, crawlers, security researchers."""

import datetime as dt
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django.fixtures import Settings

from convergences.foundations import clock


def test_alive_touches_nothing() -> None:
    assert Client().get("/healthz").content == b"ok"  # no database mark: any query would fail


@pytest.mark.django_db
def test_ready_names_what_does_not_work() -> None:
    with patch("convergences.web.machines.health.connection.cursor", side_effect=OperationalError("password=secret")):
        answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "failed"
    assert b"secret" not in answer.content


@pytest.mark.django_db
def test_ready_when_database_migrations_and_keys_are(settings: Settings) -> None:
    with patch("convergences.web.machines.health.keys.published_jwks", return_value={"keys": [{}]}):
        answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"database": "ok", "migrations": "ok", "keys": "ok"})


@pytest.mark.parametrize(("bearer", "status"), [("", 404), ("Bearer no", 404), ("Bearer t0ken", 200)])
def test_figures_are_for_the_bearer_of_the_token(settings: Settings, bearer: str, status: int) -> None:
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update={"metrics_token": "t0ken"})
    assert Client().get("/metrics", headers={"authorization": bearer}).status_code == status


def test_without_a_token_a_real_installation_gives_no_figures(settings: Settings) -> None:
    settings.CONFIGURATION = settings.CONFIGURATION.model_copy(update={"demo": False})
    assert Client().get("/metrics").status_code == 404


def test_figures_count_views_and_never_addresses() -> None:
    Client().get("/aide?nom=Nguyen")
    figures = Client().get("/metrics").content.decode()
    assert 'view="home:help"' in figures
    assert "Nguyen" not in figures


def test_crawlers_are_asked_to_stay_out() -> None:
    assert "Disallow: /" in Client().get("/robots.txt").content.decode()


def test_security_txt_follows_rfc_9116() -> None:
    answer = Client().get("/.well-known/security.txt")
    lines = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    expires = dt.datetime.fromisoformat(lines["Expires"])
    assert answer["Content-Type"] == "text/plain; charset=utf-8"  # section 3
    assert lines["Contact"].startswith("mailto:")  # section 2.5.3
    assert clock.now() < expires < clock.now() + dt.timedelta(days=366)  # section 2.5.5
    assert lines["Canonical"] == "http://testserver/.well-known/security.txt"


def test_the_old_icon_address_leads_to_the_icon() -> None:
    assert Client().get("/favicon.ico")["Location"].endswith("icons/favicon.svg")
