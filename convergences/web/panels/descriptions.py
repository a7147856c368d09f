"""An application's description, by the names of the declarative file: read strictly, written where it differs.

Each protocol says how its fields are checked, one function a field, in a table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model

from convergences.foundations import clock
from convergences.foundations.errors import Refusal

Refused = TypeVar("Refused", bound=Refusal)
Check = Callable[[str, Any], Any]


@dataclass(frozen=True, slots=True)
class Reader(Generic[Refused]):
    """Reads the descriptions of one protocol, and refuses in its name: by `refusal`."""

    refusal: type[Refused]

    def refuse(self, field: str, sentence: str) -> Refused:
        """Return the refusal of one field, its name first."""
        return self.refusal(f"{field} : {sentence}.", field=field)

    def read(self, metadata: Mapping[str, Any], checks: Mapping[str, Check]) -> dict[str, Any]:
        """Return every field, checked and completed with defaults; raises the refusal of what is wrong or unknown."""
        for name in metadata:
            if name not in checks:
                raise self.refuse(name, "ce réglage est inconnu")
        return {name: check(name, metadata.get(name)) for name, check in checks.items()}

    def boolean(self, *, default: bool = False) -> Callable[[str, Any], bool]:
        """Return the check of a field that is true or false."""

        def check(field: str, value: Any) -> bool:
            if value not in (None, True, False):
                raise self.refuse(field, "répondez par true ou false")
            return default if value is None else bool(value)

        return check

    def one_of(self, *allowed: str) -> Callable[[str, Any], str]:
        """Return the check of a field with few answers; the first is the default."""

        def check(field: str, value: Any) -> str:
            chosen = allowed[0] if value is None else value
            if chosen not in allowed:
                raise self.refuse(field, f"choisissez parmi {', '.join(allowed)}")
            return str(chosen)

        return check


def write_changes(row: Model, fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Bring a row to what a description says, and `updated_at` with it; return the names of the fields that changed."""
    changed = {name: value for name, value in fields.items() if getattr(row, name) != value}
    if changed:
        written = {**changed, "updated_at": clock.now()}
        for name, value in written.items():
            setattr(row, name, value)
        row.save(update_fields=written)
    return tuple(changed)
