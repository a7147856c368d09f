"""Many columns brought as one text: a driver spends more on each column (its name, its value) than the database does.

The same text means the same values, so what was made of it once may be given again without asking whether it is late.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection

_FUNCTIONS = {"sqlite": "json_array", "postgresql": "json_build_array"}


def one_text(columns: Sequence[str]) -> str:
    """Return the expression that brings these columns as one text, for `values` (a hundred of them at most)."""
    return f"CAST({_FUNCTIONS[connection.vendor]}({', '.join(columns)}) AS TEXT)"


def values(text: str) -> list[Any]:
    """Return the values in the order of the columns: instants, days, identifiers and yes or no as JSON has them."""
    read: list[Any] = from_json(text)
    return read


def from_json(text: str) -> Any:
    """Return what a text of the database says: `json.loads`, without its looking for what may surround a stranger's."""
    return _decode(text)[0]


_decode = json.JSONDecoder().raw_decode
