"""The names that agents give to their factors."""

LONGEST = 60


def cleaned(typed: str, *, default: str) -> str:
    """Return a name that a list can show: one line, sixty characters, never empty."""
    printable = "".join(char if char.isprintable() else " " for char in typed)
    return " ".join(printable.split())[:LONGEST].strip() or default
