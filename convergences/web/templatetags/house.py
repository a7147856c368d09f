"""The house's tags and filters, known to every template without `load`."""

import datetime as dt
import zlib
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template.context import RequestContext
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from convergences.directory import departments, names
from convergences.directory.models import Agent, Membership
from convergences.web.forms import controls
from convergences.web.wording import dates, drawings
from convergences.web.wording.words import address, read, svg

register = template.Library()

NOTICE_ICONS = {"info": "info-circle", "ok": "circle-check", "warn": "alert-triangle", "bad": "alert-circle"}
STATES = {
    "active": ("ok", "Actif", "check"),
    "invited": ("info", "Invité, jamais connecté", "mail"),
    "suspended": ("bad", "Suspendu", "player-pause"),
    "ended": ("warn", "Rattachement terminé", "calendar-off"),
    "deleted": ("bad", "Supprimé", "trash"),
    "expiring": ("warn", "Expire bientôt", "clock"),
}
HUES = 6
CRITERIA = (
    ("length", "12 caractères ou plus"),
    ("personal", "ni votre nom, ni votre adresse, ni votre employeur"),
    ("guess", "difficile à deviner : par exemple trois ou quatre mots sans rapport entre eux"),
)

register.filter("with_article", lambda value: names.with_article(str(value)))
register.filter("of", lambda value: names.of(str(value)))
register.filter("department", lambda value: departments.named(str(value)))
register.filter("department_name", lambda value: departments.NAMES.get(str(value), str(value)))
register.filter("at", lambda value: names.at(str(value)))
register.filter("address", lambda value: address(str(value)))


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """Say a day: « 14 mars 2027 »; nothing for no day."""
    return dates.day(value) if value else ""


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Say an instant: « Aujourd’hui à 8 h 52 », « 20 novembre 2026 à 17 h 02 »; nothing for no instant."""
    return dates.hour(value) if value else ""


@register.filter
def in_days(value: dt.date | dt.datetime | None) -> str:
    """Say how long until a last day: « Expire dans 9 jours »; nothing for no day."""
    return dates.in_days(value) if value else ""


@register.filter
def weight(size: int) -> str:
    """Say how heavy a file is as offices say it: « 319,9 Ko », « 1,5 Mo »."""
    return filesizeformat(size).replace("io", "o")


@register.simple_tag
def icon(name: str, cls: str = "") -> SafeString:
    """Draw an icon of the sprite, beside a word."""
    return svg(str(name), str(cls))


@register.simple_tag
def logo() -> SafeString:
    """Draw the mark."""
    return drawings.logo()


@register.simple_tag
def art() -> SafeString:
    """Draw the lines that converge."""
    return drawings.art()


@register.simple_tag
def field(
    bound: BoundField,
    hint: str = "",
    width: str = "",
    optional: bool = False,  # noqa: FBT001, FBT002 - a template names its arguments
    **attrs: Any,
) -> SafeString:
    """Draw a field: label, help, error, control. Attributes follow: ``autocomplete="off" hx_get="…"``."""
    return controls.field(bound, hint, width, attrs, optional=optional)


@register.simple_tag
def password(bound: BoundField, hint: str = "", criteria: str = "", **attrs: Any) -> SafeString:
    """Draw a password's field; `criteria` is the identifier given to `criteria`."""
    return controls.password(bound, hint, criteria, attrs)


@register.simple_tag
def checkbox(
    bound: BoundField,
    hint: str = "",
    switch: bool = False,  # noqa: FBT001, FBT002 - a template names its arguments
    cls: str = "",
) -> SafeString:
    """Draw a box to tick, or a switch."""
    return controls.checkbox(bound, hint, cls, switch=switch)


@register.simple_tag
def choices(bound: BoundField, hint: str = "", legend: str = "") -> SafeString:
    """Draw radio buttons as cards."""
    return controls.choices(bound, hint, legend)


@register.simple_tag
def question(bound: BoundField) -> SafeString:
    """Draw any field as its kind asks, label and help included: for forms that come from elsewhere."""
    return controls.question(bound)


@register.simple_tag
def boxes(bound: BoundField, hint: str = "", legend: str = "") -> SafeString:
    """Draw boxes to tick, several at will, in a group that says the question."""
    return controls.choices(bound, hint, legend, cls="")


@register.simple_tag
def criteria(identifier: str = "criteres") -> SafeString:
    """Draw the rule of passwords, and its meter where there is a script."""
    lines = format_html_join(
        "",
        '<li data-rule="{}"><span class="no">{}</span><span class="yes">{}</span><span>{}'
        '<span class="visually-hidden"> : </span><span class="sr visually-hidden">à respecter</span></span></li>',
        ((rule, svg("circle"), svg("circle-check"), read(told)) for rule, told in CRITERIA),
    )
    return format_html(
        '<div class="stack stack-sm"><p class="small"><strong>{}</strong></p><ul class="criteria small" id="{}">{}</ul>'
        '<progress class="meter" max="{}" value="0" aria-label="Critères respectés" hidden></progress>'
        '<p class="meta" aria-live="polite" hidden></p></div>',
        read("Votre mot de passe doit respecter :"),
        identifier,
        lines,
        len(CRITERIA),
    )


@register.simple_block_tag
def notice(content: SafeString, kind: str = "info", title: str = "", **given: str) -> SafeString:
    """Draw a notice around a content: info, ok, warn or bad.

    `heading="h2"` makes its title a heading; `icon` and `role` replace the usual ones.
    """
    head = controls.NOTHING
    if title:
        element = given["heading"] if given.get("heading") in {"h1", "h2", "h3"} else "strong"
        head = format_html("<{0}>{1}</{0}>", SafeString(element), read(title))
    body = format_html("<div>{}</div>", content) if content.strip() else controls.NOTHING
    spoken = format_html(' role="{}"', given["role"]) if given.get("role") else controls.NOTHING
    drawn = svg(given.get("icon") or NOTICE_ICONS[kind])
    return format_html('<div class="notice notice-{}"{}>{}<div>{}{}</div></div>', kind, spoken, drawn, head, body)


@register.simple_tag
def errors(form: BaseForm, title: str) -> SafeString:
    """Draw the summary of a form's errors, each leading to its field; nothing when there is none."""
    if not form.errors:
        return controls.NOTHING
    general = ((format_html("{}", read(str(error))),) for error in form.non_field_errors())
    by_field = (
        (format_html('<a href="#{}">{}</a>', _target(form[name]), read(str(error))),)
        for name, told in form.errors.items()
        if name in form.fields
        for error in told
    )
    items = format_html_join("", "<li>{}</li>", (*general, *by_field))
    return format_html(
        '<div class="notice notice-bad" role="alert" tabindex="-1" aria-labelledby="erreurs-titre">{}'
        '<div><h2 id="erreurs-titre">{}</h2><ul>{}</ul></div></div>',
        svg("alert-circle"),
        read(title),
        items,
    )


def _target(bound: BoundField) -> str:
    return bound.id_for_label or str(bound.auto_id)


@register.simple_tag
def chip(kind: str, said: str, icon: str = "") -> SafeString:
    """Draw a chip of state: always a word, with its icon."""
    return format_html('<span class="chip chip-{}">{}{}</span>', kind, svg(icon) if icon else "", read(said))


@register.simple_tag
def state_chip(state: str) -> SafeString:
    """Draw the chip of a member's state, as `directory.queries.state_of` says it."""
    return chip(*STATES[state])


@register.simple_tag
def avatar(who: Agent | Membership, cls: str = "") -> SafeString:
    """Draw the photo or the initials of an agent or a member, beside their name.

    A member who has not accepted the attachment shows what the employer typed: a photo would tell that the account
    lives elsewhere (DOMAIN, rule 1).
    """
    agent = who.agent if isinstance(who, Membership) else who
    photo = getattr(agent, "photo", None)
    if photo is None or (isinstance(who, Membership) and who.confirmed_at is None):
        return _initials(who.given_name, who.family_name, cls)
    address = reverse("account:photo_file", args=[photo.uid])
    return format_html('<span class="avatar {}" aria-hidden="true"><img src="{}" alt=""></span>', cls, address)


def _initials(given_name: str, family_name: str, cls: str) -> SafeString:
    hue = zlib.crc32(f"{given_name} {family_name}".encode()) % HUES
    letters = (given_name[:1] + family_name[:1]).upper()
    return format_html('<span class="avatar avatar-{} {}" aria-hidden="true">{}</span>', hue, cls, letters)


@register.simple_tag
def steps(said: str, current: int) -> SafeString:
    """Draw the steps of a task: their names between bars, and which one is current, from 1."""
    items = format_html_join("", "{}", ((_step(name, n, current),) for n, name in enumerate(said.split("|"), 1)))
    return format_html('<ol class="steps" aria-label="Étapes">{}</ol>', items)


def _step(name: str, number: int, current: int) -> SafeString:
    if number < current:
        done = format_html('{} <span class="visually-hidden">{}</span>', svg("check", "icon-sm"), read("Terminé : "))
        return format_html('<li class="done"><span class="step-name">{}{}</span></li>', done, read(name))
    here = SafeString(' aria-current="step"') if number == current else controls.NOTHING
    return format_html('<li{}><span class="step-name">{}. {}</span></li>', here, number, read(name))


@register.simple_tag
def crumbs(*pairs: str) -> SafeString:
    """Draw the way to a page: names and addresses by turns, an empty address for the page itself."""
    items = format_html_join(
        "",
        "<li>{}</li>",
        (
            (format_html('<a href="{}">{}</a>', url, read(name)) if url else _here(name),)
            for name, url in zip(pairs[::2], pairs[1::2], strict=True)
        ),
    )
    return format_html('<nav class="crumbs" aria-label="Fil d’Ariane"><ol>{}</ol></nav>', items)


def _here(name: str) -> SafeString:
    return format_html('<span aria-current="page">{}</span>', read(name))


@register.simple_tag(takes_context=True)
def pages(context: RequestContext, page: Page[Any], param: str = "page") -> SafeString:
    """Draw the numbers of a list's pages, keeping the filters of the address; nothing for a single page."""
    if page.paginator.num_pages <= 1:
        return controls.NOTHING
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    items = [_turn(context, page, param, forward=False)]
    for number in numbers:
        if isinstance(number, int):
            here = SafeString(' aria-current="page"') if number == page.number else controls.NOTHING
            url = _with(context, param, number)
            items.append(format_html('<li><a href="{}"{} aria-label="Page {}">{}</a></li>', url, here, number, number))
        else:
            items.append(SafeString('<li><span aria-hidden="true">…</span></li>'))
    items.append(_turn(context, page, param, forward=True))
    return format_html('<nav aria-label="Pages"><ul class="pages">{}</ul></nav>', SafeString("".join(items)))


def _with(context: RequestContext, param: str, number: int) -> str:
    query = context["request"].GET.copy()
    query[param] = str(number)
    return f"?{query.urlencode()}"


def _turn(context: RequestContext, page: Page[Any], param: str, *, forward: bool) -> SafeString:
    drawn = svg("chevron-right" if forward else "chevron-left")
    name = "suivante" if forward else "précédente"
    if page.has_next() if forward else page.has_previous():
        url = _with(context, param, page.number + (1 if forward else -1))
        return format_html('<li><a href="{}" aria-label="Page {}">{}</a></li>', url, name, drawn)
    told = format_html('<span class="visually-hidden">Pas de page {}</span>', name)
    return format_html('<li><span class="muted">{}{}</span></li>', drawn, told)
