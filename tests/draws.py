"""How many cases Hypothesis draws of a property that is held on both databases.

SQLite tries them all; PostgreSQL, a third: what is asked of it is whether it answers alike, and each costs twice.
"""

import os

from tests.environment import CHOICE


def drawn(cases: int) -> int:
    """Return how many of `cases` to draw on this database."""
    return cases if os.environ.get(CHOICE, "sqlite") == "sqlite" else max(1, cases // 3)
