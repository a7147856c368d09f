"""The live meter: the server's own judgment, for whom a password may be chosen now."""

import pytest

from convergences.directory.models import AgentState
from tests.authentication.doing import NEW
from tests.cast import Cast, set_password, signed_in
from tests.sign_in.walking import ask_code, browser, last_letter, open_link

pytestmark = pytest.mark.database

ADDRESS = "/premiere-visite/estimation"


@pytest.mark.parametrize("task", ["", "visit", "reset", "other"])
def test_a_stranger_gets_no_estimate(cast: Cast, task: str) -> None:
    assert browser().post(ADDRESS, {"password": NEW, "task": task}).status_code == 403


def test_a_form_from_elsewhere_gets_none(cast: Cast) -> None:
    client = signed_in(cast.claire.agent, enforce_csrf_checks=True)
    assert client.post(ADDRESS, {"password": NEW}).status_code == 403


def test_it_is_never_asked_by_an_address(cast: Cast) -> None:
    assert signed_in(cast.claire.agent).get(ADDRESS, {"password": NEW}).status_code == 405


def test_an_agent_signed_in_is_judged_with_their_own_name(cast: Cast) -> None:
    client = signed_in(cast.claire.agent)
    assert client.post(ADDRESS, {"password": NEW}).json()["missing"] == []
    judged = client.post(ADDRESS, {"password": "claire range quatre tasses"})
    assert judged.json()["missing"] == ["personal"]
    assert "no-store" in judged["Cache-Control"]


def test_who_makes_a_first_visit_is_judged_with_the_name_of_the_account(cast: Cast) -> None:
    cast.lucie.agent.state = AgentState.INVITED
    cast.lucie.agent.save()
    client = browser()
    ask_code(client, cast.lucie.agent.email)
    open_link(client, last_letter())
    judged = client.post(ADDRESS, {"password": "lucie range quatre tasses", "task": "visit"})
    assert judged.json()["missing"] == ["personal"]
    assert client.post(ADDRESS, {"password": NEW, "task": "reset"}).status_code == 403


def test_a_link_already_used_gives_no_estimate(cast: Cast) -> None:
    set_password(cast.claire.agent)
    client, other = browser(), browser()
    client.post("/reinitialisation", {"email": cast.claire.agent.email})
    open_link(client, last_letter())
    open_link(other, last_letter())
    client.post("/reinitialisation/mot-de-passe", {"new": NEW, "confirmation": NEW})
    assert other.post(ADDRESS, {"password": NEW, "task": "reset"}).status_code == 403


@pytest.mark.parametrize("typed", ["", "\x00", "x" * 100_000, "é" * 5000, "🦊" * 600])
def test_whatever_is_typed_is_judged_soon(cast: Cast, typed: str) -> None:
    assert signed_in(cast.claire.agent).post(ADDRESS, {"password": typed}).json()["missing"]
