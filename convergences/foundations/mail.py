"""Writing a mail: one template as text, whose first line is the subject, and the same words as HTML."""

import re
import textwrap
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template

from convergences.foundations.outbox import Mail

LINE = 76
_SUBJECT = re.compile(r"\AObjet\s*:[^\S\n]*(?P<subject>[^\n]+)\n")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")


def compose(kind: str, recipient: str, template: str, context: dict[str, Any]) -> Mail:
    """Return the mail that `<template>.txt` and `<template>.html` make of the context.

    `kind` is a short word for operators. `template` is a path without its ending (`lifecycle/mail/invitation`).
    The text begins with `Objet : …` (extend `foundations/mail/base.txt`), one line a paragraph: lines are wrapped here.
    The HTML extends `foundations/mail/base.html`. The context always has `base_url`, `center_name`, `center_address`,
    and in the HTML `subject`. Raises `ValueError` when the text has no subject.
    """
    house = {
        "base_url": settings.BASE_URL,
        "center_name": settings.CONFIGURATION.center_name,
        "center_address": settings.CONFIGURATION.center_address,
    }
    subject, text = _split(_render(f"{template}.txt", {**house, **context}, autoescape=False), template)
    html = _render(f"{template}.html", {**house, **context, "subject": subject}, autoescape=True)
    return Mail(kind=kind, recipient=recipient, subject=subject, text=text, html=html)


def _render(name: str, context: dict[str, Any], *, autoescape: bool) -> str:
    # Through the inner template: the outer one always escapes, and « l&#x27;agent » is no text.
    inner: Any = get_template(name)
    rendered: str = inner.template.render(Context(context, autoescape=autoescape))
    return rendered


def _split(rendered: str, template: str) -> tuple[str, str]:
    found = _SUBJECT.match(rendered.lstrip())
    if found is None:
        raise ValueError(f"the first line of {template}.txt is not « Objet : … »")
    # A name typed with a line break would otherwise add headers to the mail.
    subject = _CONTROLS.sub(" ", found["subject"]).strip()
    return subject, _wrapped(rendered.lstrip()[found.end() :])


def _wrapped(text: str) -> str:
    lines: list[str] = []
    for line in text.strip().splitlines():
        shortened = textwrap.wrap(line, LINE, break_long_words=False, break_on_hyphens=False, drop_whitespace=True)
        lines.extend([line] if line == "-- " else shortened or [""])
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"
