"""The smallest pieces of a page: a text in French typography, an icon."""

from functools import lru_cache

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from convergences.foundations.text import french
from convergences.web.typography import typeset


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
