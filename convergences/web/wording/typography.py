"""French typography put in when a template is read: sources are written with plain apostrophes and spaces."""

import re
from collections.abc import Callable, Iterator

from django.template.base import Origin
from django.template.loaders import app_directories

from convergences.foundations.text import french

_DJANGO = r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}"
_TAG = rf"<!--.*?-->|<[a-zA-Z/!](?:{_DJANGO}|[^>])*>"
_PIECES = re.compile(rf"({_TAG}|{_DJANGO})", re.DOTALL)
_DJANGO_PIECES = re.compile(rf"({_DJANGO})", re.DOTALL)
_UNTOUCHED = re.compile(r"<(/?)(script|style|pre|code|textarea)\b")
_READ_ATTRIBUTE = re.compile(
    rf'(\s(?:aria-label|aria-description|placeholder|content|data-label|alt|title|label)=")((?:{_DJANGO}|[^"])*)(")',
    re.DOTALL,
)


def typeset(source: str, *, html: bool) -> str:
    """Return a template's source with curly apostrophes and no-break spaces in what people read, and nowhere else.

    Django's tags, HTML tags, scripts, styles and code are left alone; attributes that are read aloud are not.
    """
    if not html:
        return _between(source, _DJANGO_PIECES, french)
    return "".join(_pieces(source))


def _pieces(source: str) -> Iterator[str]:
    closing = ""  # name of the element whose content is left alone
    for piece in _PIECES.split(source):
        if piece.startswith("<") and _PIECES.fullmatch(piece):
            found = _UNTOUCHED.match(piece)
            if found:
                closing = "" if found[1] else found[2]
            yield _attributes(piece)
        elif piece.startswith(("{%", "{{", "{#")):
            yield piece
        else:
            yield piece if closing else french(piece)


def _attributes(tag: str) -> str:
    if tag.startswith("<meta http-equiv"):
        return tag
    return _READ_ATTRIBUTE.sub(lambda found: found[1] + _between(found[2], _DJANGO_PIECES, french) + found[3], tag)


def _between(text: str, pieces: re.Pattern[str], change: Callable[[str], str]) -> str:
    """Change what stands between the pieces."""
    return "".join(part if index % 2 else change(part) for index, part in enumerate(pieces.split(text)))


class Loader(app_directories.Loader):
    """Reads a template in the applications' folders, and typesets it once."""

    def get_contents(self, origin: Origin) -> str:
        """Return the typeset source."""
        return typeset(super().get_contents(origin), html=str(origin.name).endswith(".html"))
