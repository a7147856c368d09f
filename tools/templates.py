"""Checks every template: it compiles, its tags are balanced, nothing in it breaks the CSP or an accessibility rule.

Run it with `python -m tools.templates`; it prints `file:line: problem` and exits with 1 when there is any.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import django
from django.template import TemplateSyntaxError
from django.template.loader import get_template

ROOT = Path(__file__).parents[1]
SKELETONS = {"base", "public", "app", "page", "legal"}  # web/…: what pages extend; a page says its title
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
DJANGO = re.compile(r"{%\s*comment\b.*?{%\s*endcomment\s*%}|{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
TITLE = re.compile(r"{%\s*block title\s*%}\s*\S")
PARENT = re.compile(r"{%\s*extends\s+\"web/(\w+)\.html\"")
UNESCAPED = re.compile(r"\|\s*safe\b|{%\s*autoescape off|\|\s*safeseq\b")


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong, and where."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def _blank(found: re.Match[str]) -> str:
    """Keep the lines and leave a letter, so that `href="{{ url }}"` is not empty and line numbers hold."""
    return "x" + "\n" * found[0].count("\n") if found[0].startswith("{{") else " " + "\n" * found[0].count("\n")


@dataclass
class _Reader(HTMLParser):
    """Walks the HTML of one template whose Django tags are blanked."""

    is_mail: bool
    found: list[tuple[int, str]] = field(default_factory=list)
    open_tags: list[tuple[str, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line = self.getpos()[0]
        self.found += [(line, text) for text in _tag_problems(tag, dict(attrs), is_mail=self.is_mail)]
        if tag not in VOID:
            self.open_tags.append((tag, line))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(self.getpos()[0], text) for text in _tag_problems(tag, dict(attrs), is_mail=self.is_mail)]

    def handle_endtag(self, tag: str) -> None:
        line = self.getpos()[0]
        if self.open_tags and self.open_tags[-1][0] == tag:
            self.open_tags.pop()
        elif tag not in VOID:
            expected = f"</{self.open_tags[-1][0]}>" if self.open_tags else "nothing"
            self.found.append((line, f"</{tag}> closes nothing; {expected} was expected"))
            while any(name == tag for name, _ in self.open_tags) and self.open_tags.pop()[0] != tag:
                pass


def _tag_problems(tag: str, attrs: dict[str, str | None], *, is_mail: bool) -> Iterator[str]:
    for name, value in attrs.items():
        if name.startswith(("on", "hx-on")):
            yield f"{name}= runs a script that the CSP refuses"
        if (value or "").strip().lower().startswith(("javascript:", "data:")):
            yield f"{name}= holds an address that the CSP refuses"
    if is_mail:
        return
    if tag == "style" or "style" in attrs:
        yield "inline style: the CSP refuses it; put it in the style sheet"
    if tag == "script" and "src" not in attrs:
        yield "inline script: the CSP refuses it; put it in a file"
    if tag == "img" and "alt" not in attrs:
        yield "<img> without alt (RGAA 1.1)"
    if tag == "a" and attrs.get("target") == "_blank":
        yield "a link that opens a window of its own"


def problems_in(source: str, name: str) -> list[Problem]:
    """Return what is wrong in a template's source; `name` is its path below `templates/`."""
    reader = _Reader(is_mail="/mail/" in name)
    if name.endswith(".html"):
        reader.feed(DJANGO.sub(_blank, source))
        reader.close()
        reader.found += [(line, f"<{tag}> is never closed") for tag, line in reader.open_tags]
        parent = PARENT.search(source)
        if parent and parent[1] in SKELETONS and name not in {f"web/{word}.html" for word in SKELETONS}:
            reader.found += [] if TITLE.search(source) else [(1, "the page has no {% block title %}")]
        for found in UNESCAPED.finditer(source):
            reader.found.append((source.count("\n", 0, found.start()) + 1, "text put in a page without escaping"))
    return sorted(Problem(name, line, text) for line, text in reader.found)


def _compiled(name: str) -> list[Problem]:
    try:
        get_template(name)
    except TemplateSyntaxError as error:
        return [Problem(name, 1, f"does not compile: {error}")]
    return []


def templates(root: Path = ROOT) -> Iterator[tuple[str, Path]]:
    """Yield each template of the product: its name for the loader, and its file."""
    for path in sorted((root / "convergences").rglob("templates/**/*")):
        if path.suffix in {".html", ".txt"}:
            yield path.as_posix().rsplit("/templates/", 1)[1], path


def main() -> int:
    """Check them all, print the problems, return the exit code."""
    django.setup()
    found = [
        problem for name, path in templates() for problem in [*_compiled(name), *problems_in(path.read_text(), name)]
    ]
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
