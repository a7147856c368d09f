"""Argon2id, a few at a time."""

import threading

import pytest

from convergences.authentication import hashing
from convergences.authentication.errors import Overloaded


def test_no_more_hashes_run_at_once_than_there_are_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = 0, 0
    lock = threading.Lock()
    pair = threading.Barrier(2, timeout=60)  # one alone would wait for ever

    def slow(_hash: str, _clear: bytes) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        pair.wait()
        with lock:
            running -= 1
        return False

    monkeypatch.setattr(hashing, "_turns", threading.BoundedSemaphore(2))
    monkeypatch.setattr(hashing, "_verified", slow)
    threads = [threading.Thread(target=hashing.matches, args=(None, "x")) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


def test_who_waits_too_long_for_a_turn_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    turns = threading.BoundedSemaphore(1)
    monkeypatch.setattr(hashing, "_turns", turns)
    monkeypatch.setattr(hashing, "_PATIENCE", 0.01)
    with turns, pytest.raises(Overloaded):
        hashing.matches(None, "x")
    assert hashing.matches(hashing.hashed("x"), "x")


def test_a_broken_hash_matches_nothing() -> None:
    assert not hashing.matches("", "x")
    assert not hashing.matches("plain text", "plain text")


def test_nobodys_hash_has_the_settings_of_a_real_one_and_matches_nothing() -> None:
    assert not hashing.outdated(hashing.nobodys_hash())
    assert not hashing.matches(None, "")


def test_a_closed_password_costs_a_hash_and_matches_nothing() -> None:
    """The work of a refusal tells nothing: neither that a password was closed, nor that there is none."""
    checked: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hashing, "_verified", lambda hash_, _clear: bool(checked.append(hash_)) or True)
        assert not hashing.matches(hashing.CLOSED, hashing.CLOSED)
        assert not hashing.matches(None, "")
    assert all(each.startswith("$argon2id$") and not hashing.outdated(each) for each in checked)
    assert len(checked) == 2
