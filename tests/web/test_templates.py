"""Every template of the product: its addresses exist, its icons are drawn."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from convergences.catalog.models import Application
from convergences.web.templatetags.house import NOTICE_ICONS, STATES
from tools import assets

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "convergences").rglob("templates/**/*.html"))
ADDRESS = re.compile(r"""{%\s*url\s+['"]([\w:]+)['"]\s*([^%]*?)\s*%}""")
ICON = re.compile(r"""{%\s*icon\s+['"]([a-z0-9-]+)['"]""")


def _addresses(resolver: URLResolver, space: str = "", count: int = 0) -> Iterator[tuple[str, int]]:
    for entry in resolver.url_patterns:
        arguments = count + len(entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            yield from _addresses(entry, f"{entry.namespace}:" if entry.namespace else space, arguments)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", arguments


def _count(arguments: str) -> int:
    """Count the values before « as »."""
    words = arguments.split()
    return words.index("as") if "as" in words else len(words)


def test_every_address_that_a_template_names_exists_with_as_many_arguments() -> None:
    known = set(_addresses(get_resolver()))
    named = [
        (path.name, name, _count(arguments))
        for path in TEMPLATES
        for name, arguments in ADDRESS.findall(path.read_text())
    ]
    assert len(named) > 40
    assert [found for found in named if found[1:] not in known] == []


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    drawn = (assets.VENDOR / "sprite.svg").read_text()
    tags = {name for path in TEMPLATES for name in ICON.findall(path.read_text())}
    code = {*NOTICE_ICONS.values(), *(icon for _, _, icon in STATES.values()), Application().icon}
    lacking = {name for name in tags | code | assets.CHOICE if f'id="{name}"' not in drawn}
    assert lacking == set(), "run `make assets` again"


def test_what_npm_brings_is_named_by_its_licence() -> None:
    assert {path.name for path in (assets.VENDOR / "licences").iterdir()} == {f"{name}.txt" for name in assets.LICENCES}
