"""What PostgreSQL is asked again: each property and each test once more, with fewer cases than on SQLite.

SQLite tries them all. PostgreSQL is asked whether it answers alike: a third of what Hypothesis draws, and three cases
of a test that has many, where they vary what is sent; all of them, where they vary what is stored (`WHOLE`).
"""

import os
from collections import defaultdict
from collections.abc import Sequence

import pytest

from tests.environment import CHOICE

CASES = 3
# The rooms whose rules the database itself holds, and the tests of each state that it can be in.
WHOLE = ("admission", "audit", "catalog", "directory", "entitlements", "foundations", "lifecycle", "states")


def drawn(cases: int) -> int:
    """Return how many of `cases` to draw on this database."""
    return max(1, cases // 3) if _again() else cases


def left_out(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the cases not tried on this database: all but the first, the last and the one between, by their names."""
    if not _again():
        return []
    cases = defaultdict(list)
    for item in sorted(items, key=lambda item: item.nodeid):
        if not any(word in item.path.as_posix().partition("/tests/")[2] for word in WHOLE):
            cases[item.nodeid.partition("[")[0]].append(item)
    return [item for many in cases.values() if len(many) > CASES for item in _between(many)]


def _between(many: list[pytest.Item]) -> list[pytest.Item]:
    middle = len(many) // 2
    return [*many[1:middle], *many[middle + 1 : -1]]


def _again() -> bool:
    return os.environ.get(CHOICE, "sqlite") != "sqlite"
