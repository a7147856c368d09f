"""The smallest pieces of a page: a text in French typography, an icon."""

import re
from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from convergences.foundations.text import french
from convergences.web.wording.typography import typeset


@lru_cache(maxsize=2048)
def _french(text: str) -> str:
    return french(text)


@lru_cache(maxsize=1024)
def _typeset(text: str) -> SafeString:
    return SafeString(typeset(text, html=True))


def read(text: str) -> str:
    """Return a text as people read it. What a template writes may hold HTML; what came from elsewhere stays text."""
    return _typeset(text) if isinstance(text, SafeString) else _french(text)


@lru_cache(maxsize=1)
def sprite() -> str:
    """Return the address of the icons' file."""
    return static("vendor/sprite.svg")


@lru_cache(maxsize=512)
def svg(name: str, cls: str = "") -> SafeString:
    """Return an icon: an ornament beside a word, never alone."""
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f"icon {cls}".strip(),
        sprite(),
        name,
    )


_PARTS = re.compile(r"[^@.]+[@.]*|[@.]+")
_WHOLE = 24  # a longer part may be broken anywhere: it would leave its column


def address(email: str) -> SafeString:
    """Return an e-mail address that breaks after « @ » and dots; at a hyphen, one would not know whose it is."""
    parts = (_whole(part) if "-" in part and len(part) <= _WHOLE else part for part in _PARTS.findall(email))
    return format_html_join(SafeString("<wbr>"), "{}", ((part,) for part in parts))


def _whole(part: str) -> SafeString:
    return format_html('<span class="nowrap">{}</span>', part)
