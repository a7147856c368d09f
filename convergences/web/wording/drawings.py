"""The house's drawings: the mark, and the lines that converge on public pages."""

import math
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe

STROKES = (
    "M3 4.5C11 4.5 14 15 22 16",
    "M3 10.2C11 10.2 14 15.6 22 16",
    "M3 16H22",
    "M3 21.8C11 21.8 14 16.4 22 16",
    "M3 27.5C11 27.5 14 17 22 16",
)
_WIDTH, _HEIGHT, _X, _Y, _LINES = 600, 800, 470, 380, 23


@lru_cache(maxsize=1)
def logo() -> SafeString:
    """Return the mark: five strokes that meet in a point."""
    strokes = "".join(f'<path d="{stroke}"/>' for stroke in STROKES)
    return mark_safe(  # noqa: S308 - constants of this module
        '<svg viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" '
        f'aria-hidden="true" focusable="false">{strokes}'
        '<circle class="logo-point" cx="25.5" cy="16" r="4" stroke="none"/></svg>'
    )


@lru_cache(maxsize=1)
def art() -> SafeString:
    """Return the lines that converge, for the side of public pages."""
    lines = "".join(_line(index) for index in range(_LINES))
    return mark_safe(  # noqa: S308 - constants of this module
        f'<svg class="art" viewBox="0 0 {_WIDTH} {_HEIGHT}" preserveAspectRatio="xMaxYMid slice" fill="none" '
        f'stroke="currentColor" aria-hidden="true" focusable="false">{lines}'
        f'<path d="M{_X} {_Y}H{_WIDTH + 400}" stroke-width="2.4" stroke-opacity=".85"/>'
        f'<circle class="logo-point" cx="{_X}" cy="{_Y}" r="30" stroke="none" fill-opacity=".18"/>'
        f'<circle class="logo-point" cx="{_X}" cy="{_Y}" r="11" stroke="none"/></svg>'
    )


def _line(index: int) -> str:
    y = -140 + index * (_HEIGHT + 280) / (_LINES - 1)
    slope = (y - _Y) / _HEIGHT
    bend = 150 + 60 * math.cos(slope * 3)
    opacity = 0.16 + 0.5 * (1 - min(1, abs(slope) * 1.35)) ** 1.5
    width = 1.1 + 1.3 * (1 - min(1, abs(slope) * 1.2))
    return (
        f'<path d="M-20 {y:.0f}C{bend:.0f} {y:.0f} {_X - 190} {_Y + slope * 70:.0f} {_X} {_Y}" '
        f'stroke-opacity="{opacity:.2f}" stroke-width="{width:.2f}"/>'
    )
