"""Alive? Ready? For load balancers and supervisors: a word, no detail for strangers."""

import structlog
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from convergences.foundations import keys
from convergences.web.guards import open_to_strangers

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
    except DatabaseError:
        log.exception("the database does not answer")
        return False
    return True


def _migrations() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def _keys() -> bool:
    try:
        return bool(keys.published_jwks()["keys"])
    except DatabaseError:
        return False
