"""Between real processes, worker included: who loses a right is out of BIP within seconds, without BIP asking."""

import sys
import time
from collections.abc import Callable, Iterator

import pytest
import requests

from tests.cast import PASSWORD
from tests.oidc import live
from tests.oidc.live import Live
from tests.oidc.surfing import Surfer

CLAIRE = "claire.nguyen@pantin.example"
# Seconds that a busy machine may take; what it took is printed.
PATIENCE = 60.0
AN_HOUR = 3600
# What ends a visit besides a session and a right, as the tables keep it, and what puts the world in order again.
ENDS = {
    "an agent suspended": "UPDATE directory_agent SET state = 'suspended' WHERE email LIKE 'claire%'",
    "an attachment closed": "UPDATE directory_membership SET closed_at = '2026-01-01' WHERE job_title = 'closable'",
    "a subscription over": "UPDATE catalog_subscription SET ends_on = '2020-06-01'",
    "an application closed": "UPDATE catalog_application SET status = 'closed' WHERE slug = 'bip'",
}
IN_ORDER = [
    "UPDATE entitlements_entitlement SET closed_at = NULL",
    "UPDATE directory_agent SET state = 'active'",
    "UPDATE directory_membership SET closed_at = NULL",
    "UPDATE directory_membership SET job_title = 'closable' WHERE shown_given_name = 'Claire'",
    "UPDATE catalog_application SET status = 'open', affiliations = '[]' WHERE slug = 'bip'",
    "DELETE FROM catalog_subscription",
    """INSERT INTO catalog_subscription (organization_id, application_id, starts_on)
    SELECT o.id, a.id, '2020-01-01' FROM directory_organization o, catalog_application a
    WHERE o.key = 'pantin' AND a.slug = 'bip'""",
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """Portal, worker, and a BIP that would believe for an hour what it knows."""
    with live.running(tmp_path_factory.mktemp("live"), worker=True, recheck=AN_HOUR) as all_three:
        yield all_three


@pytest.fixture
def claire(world: Live) -> Surfer:
    """Claire on BIP's first page."""
    for statement in IN_ORDER:
        world.change(statement)
    surfer = Surfer()
    surfer.go(f"{world.bip}/")
    surfer.send({"identifier": CLAIRE, "password": PASSWORD}, button="Se connecter")
    assert surfer.page.url == f"{world.bip}/"
    return surfer


def seconds_until_out(world: Live, surfer: Surfer) -> float:
    """Return how long BIP still shows its pages."""
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE:
        answer = surfer.session.get(f"{world.bip}/modeles", allow_redirects=False, timeout=20)
        if answer.status_code == 302:
            return time.monotonic() - started
        time.sleep(0.2)
    raise AssertionError(f"BIP still answers after {PATIENCE} s")


def test_a_removed_right_is_told_within_seconds(claire: Surfer, world: Live) -> None:
    claire.go(f"{world.bip}/modeles")
    assert claire.page.status_code == 200
    world.change("UPDATE entitlements_entitlement SET closed_at = '2026-01-01'")
    seconds_until_out(world, claire)
    assert "Nadia Ferhat" in claire.go(f"{world.bip}/modeles")
    seconds_until(lambda: world.count("SELECT COUNT(*) FROM admission_visit WHERE told_at IS NOT NULL") >= 1)


def test_a_session_ended_elsewhere_is_told_too(claire: Surfer, world: Live) -> None:
    world.change("UPDATE authentication_session SET ended_at = '2026-01-01'")
    seconds_until_out(world, claire)


def seconds_until(holds: Callable[[], bool]) -> float:
    """Return how long it takes until this holds."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < PATIENCE
        time.sleep(0.05)
    return time.monotonic() - started


@pytest.mark.parametrize("end", ENDS)
def test_every_end_closes_the_visit_and_reaches_bip_within_seconds(claire: Surfer, world: Live, end: str) -> None:
    """`pytest -rP` shows how long each took."""
    still_open = "SELECT COUNT(*) FROM admission_visit WHERE end_requested_at IS NULL"
    told = "SELECT COUNT(*) FROM admission_visit WHERE told_at IS NOT NULL"
    before, inside = world.count(told), world.count(still_open)
    assert inside >= 1
    world.change(ENDS[end])
    closed = seconds_until(lambda: world.count(still_open) == 0)
    heard = closed + seconds_until(lambda: world.count(told) == before + inside)
    answer = claire.session.get(f"{world.bip}/modeles", allow_redirects=False, timeout=20)
    assert answer.status_code == 302
    sys.stdout.write(f"{end}: visit closed after {closed:.2f} s, BIP has heard after {heard:.2f} s\n")


@pytest.mark.parametrize("form", [{}, {"logout_token": ""}, {"logout_token": "a.b.c"}])
def test_what_is_no_logout_token_ends_nothing(claire: Surfer, world: Live, form: dict[str, str]) -> None:
    address = f"{world.bip}/deconnexion-par-le-portail"
    assert requests.post(address, form, timeout=20).status_code == 400
    assert requests.get(address, timeout=20).status_code == 405
    claire.go(f"{world.bip}/modeles")
    assert claire.page.url == f"{world.bip}/modeles"
