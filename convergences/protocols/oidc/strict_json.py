"""JSON that comes from outside, read so that it means one thing only, and nothing that a table could not keep."""

import json
import math
from typing import Any, NoReturn

DEEPEST = 8


class NotStrict(ValueError):  # noqa: N818 - an answer
    """The text is not JSON, or JSON that two readers could take for two things."""


def read(body: bytes) -> Any:
    """Return the value of a body; raises `NotStrict`.

    Refused besides what RFC 8259 refuses: a name given twice (each reader keeps another), numbers that are none (`NaN`,
    1e999), half characters and U+0000 (which PostgreSQL keeps in no column), and nesting deeper than any honest one.
    """
    try:
        value = json.loads(
            body.decode(), object_pairs_hook=_each_name_once, parse_constant=_no_number, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        raise NotStrict from error
    _refuse_unkept(value, DEEPEST)
    return value


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotStrict
    for name in found:
        _refuse_unkept(name, 1)
    return found


def _no_number(_word: str) -> NoReturn:
    raise NotStrict


def _finite(written: str) -> float:
    value = float(written)
    if not math.isfinite(value):
        raise NotStrict
    return value


def _refuse_unkept(value: Any, levels: int) -> None:
    if levels == 0:
        raise NotStrict
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value)):
        raise NotStrict
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _refuse_unkept(part, levels - 1)
