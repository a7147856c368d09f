"""A part of the employers, as figures and lists of the centre are narrowed: a département, a kind, who follows them."""

from dataclasses import dataclass

from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which employers; nothing said: all of them."""

    department: str = ""
    kind: str = ""
    correspondent_id: int | None = None

    def q(self, prefix: str = "organization__") -> Q:
        """Return what keeps these employers, `prefix` away from the rows that are narrowed."""
        asked = Q()
        for column in ("department", "kind", "correspondent_id"):
            if value := getattr(self, column):
                asked &= Q(**{f"{prefix}{column}": value})
        return asked

    def stored(self) -> dict[str, str | int]:
        """Return what is said, to be kept as JSON."""
        said = {"department": self.department, "kind": self.kind, "correspondent_id": self.correspondent_id}
        return {name: value for name, value in said.items() if value}
