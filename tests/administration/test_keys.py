"""The keys page: each key in words, renewal with its overlap, and a leaked key taken away, all journaled."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from convergences.audit.models import AuditEvent
from convergences.directory.models import Membership
from convergences.foundations import clock, keys
from convergences.foundations.models import SigningKey
from tests.administration.pages import plain, words
from tests.cast import Cast, signed_in

pytestmark = pytest.mark.database
KEYS = "/administration/cles"


def test_before_any_key_the_page_says_when_the_first_one_comes(engineer: Client) -> None:
    said = plain(words(engineer.get(KEYS)))
    assert said.count("Aucune clé pour le moment") == 3
    assert "Renouveler" not in said.partition("La vie")[0]
    assert not SigningKey.objects.exists()
    assert engineer.get(f"{KEYS}/ES256/renouveler").status_code == 404


@pytest.mark.parametrize("path", ["", "/ES256/renouveler", "/ES256/divulguee"])
@pytest.mark.parametrize("who", ["nadia", "claire", "julien"])
def test_nobody_but_an_engineer_finds_the_keys(cast: Cast, who: str, path: str) -> None:
    keys.ensure()
    before = list(SigningKey.objects.values())
    browser = signed_in(getattr(cast, who).agent)
    assert browser.get(KEYS + path).status_code == 404
    assert browser.post(KEYS + path, {"days": "1", "algorithm": "ES256"}).status_code == 404
    assert list(SigningKey.objects.values()) == before


@pytest.mark.parametrize("path", ["/ES256/renouveler", "/ES256/divulguee"])
def test_reading_or_a_forged_form_renews_nothing(anne_laure: Membership, path: str) -> None:
    keys.ensure()
    before = list(SigningKey.objects.values())
    browser = signed_in(anne_laure.agent, enforce_csrf_checks=True)
    assert browser.get(KEYS + path).status_code == 200
    assert browser.post(KEYS + path, {"days": "1", "algorithm": "ES256"}).status_code == 403
    assert list(SigningKey.objects.values()) == before


@pytest.mark.parametrize("algorithm", ["HS256", "none", "es256", "ES256x"])
def test_an_algorithm_that_is_none_of_ours_is_not_found(engineer: Client, algorithm: str) -> None:
    keys.ensure()
    for act in ("renouveler", "divulguee"):
        assert engineer.post(f"{KEYS}/{algorithm}/{act}", {"days": "1", "algorithm": algorithm}).status_code == 404


def test_the_private_part_is_never_shown(engineer: Client) -> None:
    keys.ensure()
    page = engineer.get(KEYS).content.decode()
    for key in SigningKey.objects.all():
        assert key.kid in page
        assert key.sealed_private_jwk[:24] not in page


@pytest.mark.parametrize(("days", "hours"), [("1", 24), ("7", 168)])
def test_renewing_publishes_now_and_signs_after_the_overlap(engineer: Client, days: str, hours: int) -> None:
    keys.ensure()
    present = keys.signing_key("ES256").kid
    answer = engineer.post(f"{KEYS}/ES256/renouveler", {"days": days}, follow=True)
    assert "La nouvelle clé ES256 est publiée." in plain(words(answer))
    following = SigningKey.objects.exclude(kid=present).get(algorithm="ES256")
    assert abs(following.signs_from - clock.now() - dt.timedelta(hours=hours)) < dt.timedelta(minutes=1)
    assert keys.signing_key("ES256").kid == present
    assert {present, following.kid} <= {key["kid"] for key in keys.published_jwks()["keys"]}
    event = AuditEvent.objects.get(action="operations.key_rotated")
    assert (event.actor_label, event.details["kid"]) == ("Anne-Laure Petit", following.kid)


def test_a_key_that_waits_already_is_not_doubled(engineer: Client) -> None:
    keys.ensure()
    engineer.post(f"{KEYS}/RS256/renouveler", {"days": "1"})
    count = SigningKey.objects.count()
    answer = engineer.post(f"{KEYS}/RS256/renouveler", {"days": "1"}, follow=True)
    assert "La prochaine clé RS256 est déjà publiée" in plain(words(answer))
    assert SigningKey.objects.count() == count
    assert "Prochaine" in plain(words(answer))


def test_a_delay_that_is_not_offered_is_refused(engineer: Client) -> None:
    keys.ensure()
    assert engineer.post(f"{KEYS}/ES256/renouveler", {"days": "0"}).status_code == 422
    assert engineer.post(f"{KEYS}/ES256/renouveler").status_code == 422
    assert SigningKey.objects.filter(algorithm="ES256").count() == 1


def test_a_leaked_key_goes_at_once_once_its_algorithm_is_typed(engineer: Client) -> None:
    keys.ensure()
    leaked = keys.signing_key("ES256").kid
    for typed in ("", "RS256", "oui"):
        assert engineer.post(f"{KEYS}/ES256/divulguee", {"algorithm": typed}).status_code == 422
    assert keys.signing_key("ES256").kid == leaked
    answer = engineer.post(f"{KEYS}/ES256/divulguee", {"algorithm": " es256 "}, follow=True)
    assert keys.signing_key("ES256").kid != leaked
    assert leaked not in {key["kid"] for key in keys.published_jwks()["keys"]}
    assert "Retirée" in plain(words(answer))
    assert AuditEvent.objects.get(action="operations.key_withdrawn").actor_label == "Anne-Laure Petit"


def test_each_state_is_said_in_words(engineer: Client) -> None:
    now = clock.now()
    with time_machine.travel(now - dt.timedelta(days=10), tick=False):
        keys.ensure()
    with time_machine.travel(now - dt.timedelta(days=3), tick=False):
        keys.rotate("ES256")
    keys.rotate("ES256")
    keys.forget_cached()
    said = plain(words(engineer.get(KEYS))).partition("RS256")[0]
    for state in ("Signe depuis le", "signera demain", "A cessé de signer", "reste publiée jusqu"):
        assert state in said, said


@pytest.mark.parametrize(("days", "warned"), [(364, False), (367, True)])
def test_a_key_older_than_a_year_is_pointed_at_until_the_next_waits(engineer: Client, anne_laure: Membership,
                                                                     days: int, warned: bool) -> None:  # fmt: skip
    with time_machine.travel(clock.now() - dt.timedelta(days=days), tick=False):
        keys.ensure()
    keys.forget_cached()
    assert ("depuis plus d'un an" in plain(words(engineer.get(KEYS))).replace("’", "'")) == warned
    for algorithm in keys.ALGORITHMS:
        keys.rotate(algorithm)
    assert "depuis plus d" not in plain(words(engineer.get(KEYS)))


def test_many_old_keys_cost_one_query_and_do_not_fill_the_page(engineer: Client) -> None:
    keys.ensure()
    engineer.get(KEYS)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            page = engineer.get(KEYS)
        counts.append(len(queries))
        for _ in range(12):
            keys.rotate("ES256", withdraw=True)
    assert counts[0] == counts[1]
    assert plain(words(page)).count("Retirée le") <= 5
