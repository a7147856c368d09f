"""`python -m bench.campaigns`: the correspondant's pages with 100, 10,000 and 50,000 employers: time and queries.

Each size has a database of its own, filled by `bench.campaign_filling`; each page is read in the process itself, as a
correspondant, so that its queries can be counted. What is printed is the median of a few readings, database included.
"""

import statistics
import time
from collections.abc import Iterator
from typing import Any

import django

from bench.apart import PORT, sizes

SIZES = (100, 10_000, 50_000)
AGENTS_EACH, READINGS = 3, 5
CIG = "/espace-cig"
Figures = dict[str, tuple[float, int]]


def main(arguments: list[str] | None = None) -> None:
    """Measure and print, or measure one database for the process that asks."""
    database, found = sizes("bench.campaigns", "employers", SIZES, _measured, arguments)
    print(f"{database}; {AGENTS_EACH} accounts an employer, 3 rights each; median of {READINGS} readings")
    for line in table(found):
        print(line)


def table(figures: dict[int, Figures]) -> Iterator[str]:
    """Yield the lines of the answer: for each page and each size, milliseconds and queries."""
    yield f"{'page':34}" + "".join(f"{f'{size:,} ms':>12}{'queries':>8}" for size in figures)
    for name in next(iter(figures.values())):
        cells = (figures[size][name] for size in figures)
        yield f"{name:34}" + "".join(f"{ms:12.1f}{queries:8}" for ms, queries in cells)


def _measured(size: int) -> Figures:
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench.campaign_filling import fill

    call_command("migrate", verbosity=0)
    who = fill(size, AGENTS_EACH)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    figures = dict(_counted())
    browser = _signed_in(who)
    return {**figures, **{name: _read(browser, path) for name, path in _pages().items()}}


def _counted() -> Iterator[tuple[str, tuple[float, int]]]:
    """Yield what the figures of the day cost the worker, all of them the first time, and in how many turns."""
    from convergences.adoption.services import counting

    for name, count in (
        ("worker, accounts (turns)", counting.count_accounts),
        ("worker, rights (turns)", counting.count_rights),
    ):
        turns, start = 1, time.perf_counter()
        while count():
            turns += 1
        yield name, ((time.perf_counter() - start) * 1000, turns)


def _signed_in(who: Any) -> Any:
    from tests.cast import signed_in

    browser = signed_in(who, second_factor=True, SERVER_NAME="127.0.0.1", SERVER_PORT=str(PORT))
    browser.raise_request_exception = True
    return browser


def _pages() -> dict[str, str]:
    from convergences.campaigns.models import Campaign

    campaign = f"{CIG}/designations/{Campaign.objects.order_by('-created_at').values_list('uid', flat=True)[0]}"
    employers = f"{CIG}/employeurs"
    return {
        "employers": employers,
        "employers, last page": f"{employers}?page=last",
        "employers, two words": f"{employers}?q=saint+00",
        "employers, SIRET": f"{employers}?q=90000000000042",
        "employers, kind and département": f"{employers}?nature=ccas&departement=91",
        "employers, no référent": f"{employers}?referents=aucun",
        "employers, late": f"{employers}?etat=en-retard",
        "sheet": f"{employers}/employeur-42",
        "campaigns": f"{CIG}/designations",
        "campaign": campaign,
        "campaign, one département": f"{campaign}?departement=93",
        "campaign, a correspondant": f"{campaign}?correspondant={_correspondent()}",
        "campaign, a search": f"{campaign}?q=saint+00&etat=tous",
        "campaign, validated, last page": f"{campaign}?etat=validees&page=last",
        "remind all": f"{campaign}/relancer-tous",
        "prepare a campaign": f"{CIG}/designations/preparer",
        "adoption": f"{CIG}/suivi",
        "référents who never came": f"{CIG}/suivi/referents",
        "accounts never opened": f"{CIG}/suivi/comptes",
        "accounts never opened, one": f"{CIG}/suivi/comptes/employeur-4",
        "answers to check": f"{CIG}/reponses-a-verifier",
    }


def _correspondent() -> int:
    from convergences.directory.models import StaffRole

    return int(StaffRole.objects.values_list("agent_id", flat=True)[0])


def _read(browser: Any, path: str) -> tuple[float, int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    taken = []
    for _ in range(READINGS):
        start = time.perf_counter()
        answer = browser.get(path)
        taken.append((time.perf_counter() - start) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
    with CaptureQueriesContext(connection) as queries:
        browser.get(path)
    return statistics.median(taken), len(queries)


if __name__ == "__main__":
    main()
