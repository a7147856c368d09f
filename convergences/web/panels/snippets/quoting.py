"""A value as each language writes it: quotes included, so that nothing typed by somebody ends where we did not end it.

An address may hold `'`, `$`, `&`, `(`, `;`; a name may hold anything. Whatever a language would still expand within its
own quotes is refused (`UnsayableError`), not written otherwise: an address altered is another address.
"""

import json
import re
import shlex
from collections.abc import Callable

Literal = Callable[[str], str]
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class UnsayableError(ValueError):
    """This language cannot write this value so that it stays what it is."""


def apache(value: str) -> str:
    """Return an argument of a directive. Apache expands `${…}` anywhere and ends a directive at the line's end."""
    if "${" in value or _CONTROL.search(value):
        raise UnsayableError(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def yaml(value: str) -> str:
    """Return a double-quoted scalar (YAML 1.2, section 7.3.1); what is not ASCII is escaped by its code point."""
    written = json.dumps(value, ensure_ascii=False)
    return "".join(each if " " <= each <= "~" else f"\\U{ord(each):08X}" for each in written)


def spring(value: str) -> str:
    """Return a scalar of Spring's settings, which expands `${…}`, `#{…}` and `{baseUrl}` within the value itself."""
    if "{" in value:
        raise UnsayableError(value)
    return yaml(value)


def java(value: str) -> str:
    """Return a Java string; Spring's handlers expand `{baseUrl}` within."""
    if "{" in value:
        raise UnsayableError(value)
    return json.dumps(value)


def xml(value: str) -> str:
    """Return the value of an attribute, or a text between two tags without its quotes: see `xml_text`."""
    return f'"{xml_text(value)}"'


def xml_text(value: str) -> str:
    """Return the text of an element. XML 1.0 cannot say control characters at all, whatever the escape."""
    if _CONTROL.search(value):
        raise UnsayableError(value)
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def javascript(value: str) -> str:
    """Return a JavaScript string that is safe within a page too."""
    return json.dumps(value).replace("<", "\\u003c")


def php(value: str) -> str:
    """Return a PHP string that expands nothing: within single quotes, only `\\` and `'` are special."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def python(value: str) -> str:
    """Return a Python string."""
    return json.dumps(value) if value.isascii() else repr(value)


def shell(value: str) -> str:
    """Return a word of the shell."""
    return shlex.quote(value)


def listed(literal: Literal, values: list[str]) -> str:
    """Return a list, written alike in YAML, JavaScript, PHP and Python."""
    return "[" + ", ".join(map(literal, values)) + "]"


def comment(value: str) -> str:
    """Return what may stand in a comment of any language: letters, figures and a few signs, on one line.

    A line's end, `*/`, PHP's `?>` or XML's `--` would end the comment, and what follows would be read as code.
    """
    words = " ".join(re.sub(r"[^\w .,'’()-]", " ", value).split())
    return re.sub(r"-{2,}", "-", words)
