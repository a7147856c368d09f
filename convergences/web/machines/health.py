"""Alive? Ready? For load balancers and supervisors: a word, no detail for strangers."""

from functools import lru_cache

import structlog
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from convergences.foundations import keys
from convergences.web.entrance.guards import open_to_strangers

log = structlog.get_logger("convergences.web")


@open_to_strangers
def alive(_request: HttpRequest) -> HttpResponse:
    """Answer as long as the process answers; touches nothing else."""
    return HttpResponse("ok", content_type="text/plain")


@open_to_strangers
def ready(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when database, migrations and keys let the product work, 503 with the names of what does not."""
    checks = {"database": _database(), "migrations": _migrations(), "keys": _keys()}
    status = 200 if all(checks.values()) else 503
    return JsonResponse({name: "ok" if good else "failed" for name, good in checks.items()}, status=status)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        log.exception("the database does not answer")
        return False
    return True


def _migrations() -> bool:
    try:
        return _up_to_date()
    except (Error, NotMigrated):
        return False


class NotMigrated(Exception):  # noqa: N818 - a state, not a breakdown
    """The database is of another version than the code."""


@lru_cache(maxsize=1)
def _up_to_date() -> bool:
    """Look once: what is applied stays so while a process lives. A failure is not kept."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotMigrated
    return True


def _keys() -> bool:
    try:
        return bool(keys.published_jwks()["keys"])
    except Error:
        return False
