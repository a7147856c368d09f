"""Opening and closing an application, each after a page that says what will happen."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from convergences.admission import queries as admission
from convergences.catalog import queries as catalog
from convergences.catalog.models import Application, Protocol, Status
from convergences.catalog.services import applications
from convergences.entitlements import queries as entitlements
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french, listed
from convergences.pages.administration.applications import for_application
from convergences.pages.administration.forms import AFFILIATIONS
from convergences.pages.administration.showing import UNPROCESSABLE, page
from convergences.web.actor import actor_of
from convergences.web.forms.house import DateInput, HouseForm
from convergences.web.panels.panel import panel_of
from convergences.web.requests import EngineerRequest
from convergences.web.wording.dates import day


class OpeningForm(HouseForm):
    """For whom, and from when."""

    status = forms.ChoiceField(
        label="Pour qui ?",
        choices=[
            (
                Status.OPEN.value,
                "Pour tous ceux qui en ont le droit\nElle paraît sur leur portail.",
            ),
            (
                Status.PILOT.value,
                "Pour les seuls pilotes\nLes agents nommés par l’exploitant l’essaient ; les autres attendent.",
            ),
        ],
        widget=forms.RadioSelect,
        initial=Status.OPEN.value,
    )
    opens_on = forms.DateField(
        label="À partir du",
        help_text="Vide : tout de suite. Les référents donnent les droits dès 14 jours avant.",
        widget=DateInput,
        required=False,
    )


@for_application
@require_http_methods(["GET", "HEAD", "POST"])
def open_application(request: EngineerRequest, application: Application) -> HttpResponse:
    """Ask for whom and from when the application opens, then open it; one that is not connected stays closed."""
    panel = panel_of(application.protocol)
    connected = application.protocol == Protocol.LINK or (panel is not None and panel.is_set(application))
    form = OpeningForm(request.POST if request.method == "POST" else None, initial={"opens_on": application.opens_on})
    if request.method == "POST" and connected and form.is_valid():
        said = f"{application.name} est ouverte{_from(form.cleaned_data)}."
        if done := _change(request, application, form, said, **form.cleaned_data):
            return done
    names = dict(AFFILIATIONS)
    context = {
        "connected": connected,
        "agents": entitlements.holders_by_application().get(application.pk, 0),
        "offered": listed([names[word].lower() for word in application.affiliations if word in names]),
        "subscribers": catalog.subscribers(application),
    }
    return _show(request, application, form, "administration/open.html", context)


@for_application
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: EngineerRequest, application: Application) -> HttpResponse:
    """Say what closing does, then close: open visits end within seconds, rights are kept."""
    form = HouseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        said = f"{application.name} est fermée. Les visites en cours se terminent en quelques secondes."
        if done := _change(request, application, form, said, status=Status.CLOSED.value):
            return done
    context = {
        "agents": entitlements.holders_by_application().get(application.pk, 0),
        "visits": admission.open_visits(application),
    }
    return _show(request, application, form, "administration/close.html", context)


def _change(
    request: EngineerRequest, application: Application, form: HouseForm, said: str, **fields: Any
) -> HttpResponse | None:
    try:
        applications.change(application, actor=actor_of(request), **fields)
    except Refusal as refusal:
        form.is_valid()
        form.add_refusal(refusal)
        return None
    messages.success(request, french(said))
    return HttpResponseRedirect(reverse("administration:application", args=[application.slug]))


def _from(cleaned: dict[str, Any]) -> str:
    who = " aux pilotes" if cleaned["status"] == Status.PILOT else ""
    return who + (f" à partir du {day(cleaned['opens_on'])}" if cleaned["opens_on"] else "")


def _show(
    request: EngineerRequest, application: Application, form: HouseForm, template: str, context: dict[str, Any]
) -> HttpResponse:
    status = UNPROCESSABLE if form.is_bound else 200
    return page(request, template, {**context, "application": application, "form": form}, status=status)
