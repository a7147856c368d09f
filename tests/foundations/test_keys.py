"""Signing keys: encrypted at rest, published before they sign, still published after."""

import datetime as dt
import json
import threading

import pytest
import time_machine
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from joserfc import jws
from joserfc.jwk import KeySet

from convergences.foundations import clock, keys
from convergences.foundations.models import SigningKey

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


def kids() -> set[str]:
    return {key["kid"] for key in keys.published_jwks()["keys"]}


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated via RFC 9864")
@pytest.mark.parametrize("algorithm", keys.ALGORITHMS)
def test_what_a_key_signs_is_verified_by_the_published_set(algorithm: str) -> None:
    pair = keys.signing_key(algorithm)
    token = jws.serialize_compact({"alg": algorithm, "kid": pair.kid}, b"hello", pair.key, algorithms=[algorithm])
    published = KeySet.import_key_set(keys.published_jwks())  # type: ignore[arg-type]
    assert jws.deserialize_compact(token, published, algorithms=[algorithm]).payload == b"hello"


def test_an_unknown_algorithm_is_refused() -> None:
    with pytest.raises(ValueError, match="HS256"):
        keys.signing_key("HS256")
    with pytest.raises(ValueError, match="none"):
        keys.rotate("none")


def test_the_published_set_holds_no_private_part() -> None:
    keys.ensure()
    private = {"d", "p", "q", "dp", "dq", "qi", "k"}
    published = keys.published_jwks()["keys"]
    assert len(published) == 3
    assert not any(private & set(key) for key in published)
    assert all(key["use"] == "sig" and key["alg"] in keys.ALGORITHMS for key in published)


def test_the_private_part_is_encrypted_at_rest() -> None:
    keys.signing_key()
    row = SigningKey.objects.get()
    assert '"d"' not in row.sealed_private_jwk
    with override_settings(SECRET_KEY="a stranger's secret of 32 characters or more"):
        keys.forget_cached()
        with pytest.raises(InvalidToken):
            keys.signing_key()


def test_keys_are_encrypted_again_under_a_new_secret() -> None:
    kid = keys.signing_key().kid
    new = "the secret of next year, 32 characters"
    with override_settings(SECRET_KEY=new, SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert keys.reseal() == 1
    with override_settings(SECRET_KEY=new):
        keys.forget_cached()
        assert keys.signing_key().kid == kid


def test_a_next_key_is_published_a_day_before_it_signs() -> None:
    with time_machine.travel(NOW, tick=False):
        first = keys.signing_key().kid
        following = keys.rotate().kid
        assert keys.signing_key().kid == first
        assert kids() == {first, following}
    with time_machine.travel(NOW + dt.timedelta(hours=23, minutes=59), tick=False):
        assert keys.signing_key().kid == first
    with time_machine.travel(NOW + dt.timedelta(hours=24), tick=False):
        assert keys.signing_key().kid == following
        assert kids() == {first, following}


def test_the_former_key_leaves_the_published_set_a_week_after_it_signed() -> None:
    with time_machine.travel(NOW, tick=False):
        first = keys.signing_key().kid
        following = keys.rotate().kid
    with time_machine.travel(NOW + dt.timedelta(days=7, hours=23), tick=False):
        assert first in kids()
    with time_machine.travel(NOW + dt.timedelta(days=8), tick=False):
        assert kids() == {following}
        assert [keys.state_of(key, clock.now()) for key in keys.all_keys()] == ["signing", "withdrawn"]


def test_an_overlap_is_never_shorter_than_the_time_processes_need_to_read_the_new_key() -> None:
    with time_machine.travel(NOW, tick=False):
        keys.signing_key()
        assert keys.rotate(overlap=dt.timedelta(0)).signs_from == NOW + keys.SHORTEST_OVERLAP


def test_rotating_twice_brings_the_next_key_forward_and_makes_no_third() -> None:
    with time_machine.travel(NOW, tick=False):
        first = keys.signing_key().kid
        following = keys.rotate()
        assert keys.rotate(overlap=dt.timedelta(hours=1)).pk == following.pk
    with time_machine.travel(NOW + dt.timedelta(hours=1), tick=False):
        assert keys.signing_key().kid == following.kid
        assert kids() == {first, following.kid}


def test_a_leaked_key_is_withdrawn_at_once_with_those_that_wait() -> None:
    with time_machine.travel(NOW, tick=False):
        leaked = keys.signing_key().kid
        other = keys.signing_key("RS256").kid
        keys.rotate()
        fresh = keys.rotate(withdraw=True).kid
        assert keys.signing_key().kid == fresh != leaked
        assert kids() == {fresh, other}


def test_signing_reads_the_table_once_a_minute_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    keys.signing_key()
    keys.signing_key()
    with CaptureQueriesContext(connection) as queries:
        for _ in range(50):
            keys.signing_key()
            keys.published_jwks()
    assert len(queries) == 0
    monkeypatch.setattr(keys, "REFRESH", 0.0)
    with CaptureQueriesContext(connection) as queries:
        keys.signing_key()
    assert len(queries) == 1


def test_another_process_learns_the_next_key_before_it_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(NOW, tick=False):
        keys.signing_key()
        following = keys.rotate().kid
    monkeypatch.setattr(keys, "REFRESH", 0.0)
    with time_machine.travel(NOW + dt.timedelta(minutes=2), tick=False):
        assert following in kids()


def test_the_first_keys_are_made_once() -> None:
    assert len(keys.ensure()) == 3
    assert keys.ensure() == []
    assert json.loads(json.dumps(keys.published_jwks()))


@pytest.mark.django_db(transaction=True)
def test_several_processes_agree_on_the_first_key() -> None:
    if connection.vendor == "sqlite":
        pytest.skip("threads share no database in memory; SQLite's IMMEDIATE transactions serialise it on a file")

    def work() -> None:
        try:
            keys._first("ES256")
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert SigningKey.objects.count() == 1
