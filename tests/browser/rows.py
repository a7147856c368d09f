"""The demo's rows, changed as an operator would, and put back."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.browser.conftest import Demo

_ROWS = "demo.sqlite3"
_KEPT = "first-minute.sqlite3"
_UNSENT = "SELECT count(*) FROM foundations_outboxmessage WHERE sent_at IS NULL AND dead_at IS NULL"
_RIGHT = """UPDATE entitlements_entitlement SET closed_at = ? WHERE application_id =
    (SELECT id FROM catalog_application WHERE slug = ?) AND membership_id IN
    (SELECT m.id FROM directory_membership m JOIN directory_agent a ON a.id = m.agent_id WHERE a.email = ?)"""


def keep(data: Path) -> None:
    """Keep the rows as they are, beside the demo's."""
    _wait_for_mails(data)
    _copy(data / _ROWS, data.parent / _KEPT)


def bring_back(data: Path) -> None:
    """Put the rows back that were kept, under the servers that are running."""
    _wait_for_mails(data)
    _copy(data.parent / _KEPT, data / _ROWS)


def _wait_for_mails(data: Path, *, seconds: float = 20) -> None:
    """Wait until no mail is on its way: a worker that carries one would lay it among the rows that follow."""
    limit = time.monotonic() + seconds
    with contextlib.closing(sqlite3.connect(data / _ROWS, timeout=20)) as connection:
        while connection.execute(_UNSENT).fetchone()[0] and time.monotonic() < limit:
            time.sleep(0.05)


def _copy(source: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(source)) as read, contextlib.closing(sqlite3.connect(target)) as written:
        read.backup(written)


def execute(demo: "Demo", statement: str, *values: object) -> None:
    """Change rows."""
    with contextlib.closing(sqlite3.connect(demo.data / _ROWS, timeout=20)) as connection, connection:
        assert connection.execute(statement, values).rowcount > 0


@contextlib.contextmanager
def without_right(demo: "Demo", slug: str, email: str) -> Iterator[None]:
    """Remove somebody's right on an application, then give it back."""
    execute(demo, _RIGHT, "2026-01-01 00:00:00", slug, email)
    try:
        yield
    finally:
        execute(demo, _RIGHT, None, slug, email)
