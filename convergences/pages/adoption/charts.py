"""The rights on each application as columns drawn by the server; the table beside them says the same."""

from dataclasses import dataclass

from convergences.adoption.queries import Rights, Trend
from convergences.catalog.models import Application
from convergences.foundations.text import month_in_words

WIDTH, HEIGHT, GAP = 120, 40, 2


@dataclass(frozen=True, slots=True)
class Column:
    """A month's column, in the units of the drawing."""

    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Line:
    """An application: its columns, its rights now, and since the month before (None: nobody counted then)."""

    application: Application
    columns: list[Column]
    now: int
    change: int | None

    @property
    def change_in_words(self) -> str:
        """« +12 », « −3 », « = »; nothing where there is nothing to compare."""
        if self.change is None:
            return ""
        return f"{'+' if self.change > 0 else '−'}{abs(self.change)}" if self.change else "="


def lines(rights: Rights) -> list[Line]:
    """Return a line for each application; all are drawn on one scale, so that they can be compared."""
    highest = max((each or 0 for trend in rights.trends for each in trend.rights), default=0)
    return [_line(trend, highest) for trend in rights.trends]


def rows(rights: Rights) -> list[tuple[str, list[int | None]]]:
    """Return the months, latest first, each with the rights of every application."""
    named = [month_in_words(month) for month in rights.months]
    by_month = [[trend.rights[index] for trend in rights.trends] for index in range(len(named))]
    return list(zip(named, by_month, strict=True))[::-1]


def _line(trend: Trend, highest: int) -> Line:
    step = WIDTH / len(trend.rights)
    columns = [_column(index * step, step - GAP, each or 0, highest) for index, each in enumerate(trend.rights)]
    now, before = trend.rights[-1] or 0, trend.rights[-2]
    return Line(trend.application, columns, now, None if before is None else now - before)


def _column(x: float, width: float, value: int, highest: int) -> Column:
    height = HEIGHT * value / highest if highest else 0
    return Column(f"{x:.1f}", f"{HEIGHT - height:.1f}", f"{width:.1f}", f"{height:.1f}")
