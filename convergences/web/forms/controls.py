"""Fields as the design draws them: label, help, error, control, in that order (RGAA 11.1, 11.10)."""

from typing import Any

from django.forms import BoundField
from django.forms.widgets import (
    CheckboxInput,
    CheckboxSelectMultiple,
    ChoiceWidget,
    PasswordInput,
    RadioSelect,
    Select,
    Textarea,
)
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from convergences.web.wording.words import read, svg

NOTHING = SafeString("")


def label_of(bound: BoundField, *, optional: bool = False) -> SafeString:
    """Return the label; what is optional says so, everything else is required."""
    aside = SafeString(' <span class="muted">(facultatif)</span>') if optional else NOTHING
    return format_html(
        '<label class="form-label" for="{}">{}{}</label>', bound.id_for_label, read(str(bound.label)), aside
    )


def hint_of(identifier: str, hint: str) -> SafeString:
    """Return the help above a control, or nothing."""
    return format_html('<p class="hint" id="{}-aide">{}</p>', identifier, read(hint)) if hint else NOTHING


def error_of(identifier: str, bound: BoundField) -> SafeString:
    """Return the errors above a control, or nothing."""
    if not bound.errors:
        return NOTHING
    told = format_html_join(" ", "{}", ((read(str(error)),) for error in bound.errors))
    return format_html(
        '<p class="field-error" id="{}-erreur">{}<span>{}</span></p>', identifier, svg("alert-circle"), told
    )


def described_by(identifier: str, bound: BoundField, hint: str, *others: str) -> str:
    """Return the identifiers of what explains a control."""
    parts = (f"{identifier}-aide" if hint else "", f"{identifier}-erreur" if bound.errors else "", *others)
    return " ".join(part for part in parts if part)


def control(bound: BoundField, attrs: dict[str, Any], described: str) -> SafeString:
    """Return the input itself; `aria-invalid` is Django's."""
    widget = bound.field.widget
    given = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
    if "type" in given:
        widget.input_type = given.pop("type")
    given["class"] = f"{_class(widget)} {given.pop('class', '')}".strip()
    if described:
        given["aria-describedby"] = described
    return bound.as_widget(attrs=given)


def _class(widget: Any) -> str:
    if isinstance(widget, CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, Select) else "form-control"


def field(bound: BoundField, hint: str, width: str, attrs: dict[str, Any], *, optional: bool) -> SafeString:
    """Return a text, date, list or file field; radio buttons become cards."""
    if isinstance(bound.field.widget, RadioSelect):
        return choices(bound, hint)
    identifier = bound.id_for_label
    if isinstance(bound.field.widget, ChoiceWidget):
        attrs.pop("autocomplete", None)
    hint = hint or str(bound.help_text)
    return format_html(
        '<div class="field {}">{}{}{}{}</div>',
        width,
        label_of(bound, optional=optional),
        hint_of(identifier, hint),
        error_of(identifier, bound),
        control(bound, attrs, described_by(identifier, bound, hint)),
    )


def password(bound: BoundField, hint: str, criteria: str, attrs: dict[str, Any]) -> SafeString:
    """Return a password's field, with the button that shows it; pasting is allowed and nothing is filled back."""
    identifier = bound.id_for_label
    if not isinstance(bound.field.widget, PasswordInput):
        bound.field.widget = PasswordInput()  # any other kind would send the password back in the page
    attrs.setdefault("autocomplete", "new-password" if criteria else "current-password")
    if criteria:
        attrs |= {"data_criteria": criteria, "data_estimate": reverse("sign_in:estimate")}
    return format_html(
        '<div class="field">{}{}{}<div class="affix">{}'
        '<button class="affix-btn" type="button" data-reveal="{}" aria-pressed="false" hidden>{}'
        '<span>Afficher</span><span class="visually-hidden"> le mot de passe</span></button></div></div>',
        label_of(bound),
        hint_of(identifier, hint),
        error_of(identifier, bound),
        control(bound, attrs, described_by(identifier, bound, hint, criteria)),
        identifier,
        svg("eye"),
    )


def checkbox(bound: BoundField, hint: str, cls: str, *, switch: bool) -> SafeString:
    """Return a box to tick, or a switch: the label after it."""
    identifier = bound.id_for_label
    hint = hint or str(bound.help_text)
    attrs = {"role": "switch"} if switch else {}
    return format_html(
        '<div class="form-check {} {}">{}{}<label class="form-check-label" for="{}">{}</label>{}</div>',
        "form-switch" if switch else "",
        cls,
        error_of(identifier, bound),
        control(bound, attrs, described_by(identifier, bound, hint)),
        identifier,
        read(str(bound.label)),
        hint_of(identifier, hint),
    )


def choices(bound: BoundField, hint: str, legend: str = "", *, cls: str = "choice") -> SafeString:
    """Return radio buttons, or boxes to tick, as cards, within a group that says the question.

    The lines of a choice after the first are its help. `cls=""` draws them bare.
    """
    identifier = str(bound.auto_id)
    hint = hint or str(bound.help_text)
    cards = format_html_join(
        "",
        '<div class="form-check {}">{}<label class="form-check-label" for="{}">{}</label>{}</div>',
        ((cls, *_card(sub)) for sub in bound.subwidgets),
    )
    described = described_by(identifier, bound, hint)
    about = format_html(' aria-describedby="{}"', described) if described else NOTHING
    return format_html(
        '<fieldset class="stack stack-sm" id="{}"{}><legend>{}</legend>{}{}{}</fieldset>',
        identifier,
        about,
        read(legend or str(bound.label)),
        hint_of(identifier, hint),
        error_of(identifier, bound),
        cards,
    )


def _card(sub: Any) -> tuple[SafeString, str, str, SafeString]:
    label, _, told = str(sub.choice_label).partition("\n")
    identifier = f"{sub.id_for_label}-aide"
    if not told:
        return _radio(sub), sub.id_for_label, read(label), NOTHING
    sub.data["attrs"]["aria-describedby"] = identifier
    hint = format_html('<p class="hint" id="{}">{}</p>', identifier, read(told))
    return _radio(sub), sub.id_for_label, read(label), hint


def _radio(sub: Any) -> SafeString:
    sub.data["attrs"]["class"] = "form-check-input"
    sub.data["wrap_label"] = False
    return SafeString(sub.tag(wrap_label=False))


def question(bound: BoundField) -> SafeString:
    """Return any field as its kind asks to be drawn, for a form that its page does not know."""
    widget = bound.field.widget
    if isinstance(widget, CheckboxInput):
        return checkbox(bound, "", "", switch=False)
    if isinstance(widget, RadioSelect):
        return choices(bound, "", cls="" if isinstance(widget, CheckboxSelectMultiple) else "choice")
    width = "w-full" if isinstance(widget, Textarea) else ""
    return field(bound, "", width, {}, optional=False)
