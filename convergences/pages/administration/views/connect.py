"""How an application is connected: the guided form of its protocol."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from convergences.catalog.models import Application
from convergences.catalog.services import applications
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.administration.applications import for_application
from convergences.pages.administration.issuing import show_issued
from convergences.pages.administration.showing import UNPROCESSABLE, page
from convergences.web.actor import actor_of
from convergences.web.forms.edit_conflicts import mark, stands
from convergences.web.panels.facts import Issued
from convergences.web.panels.forms import PanelForm, with_texts_of_files
from convergences.web.panels.panel import Panel, panel_of
from convergences.web.requests import EngineerRequest


@for_application
@require_http_methods(["GET", "HEAD", "POST"])
def connect(request: EngineerRequest, application: Application, protocol: str) -> HttpResponse:
    """Show the form of a protocol, or save it; an application that was a simple link is then connected."""
    panel = panel_of(protocol)
    if panel is None:
        raise Http404
    typed = with_texts_of_files(request.POST, request.FILES) if request.method == "POST" else None
    form = panel.form(application, typed)
    if request.method != "POST" or not stands(request, form):
        return _show(request, application, panel, form)
    try:
        issued = _save(request, application, panel, form)
    except Refusal as refusal:
        form.add_refusal(refusal)
        return _show(request, application, panel, form)
    if issued:
        return show_issued(request, application, issued)
    messages.success(request, french(f"Le raccordement de {application.name} est enregistré."))
    return HttpResponseRedirect(reverse("administration:application", args=[application.slug]))


@transaction.atomic
def _save(request: EngineerRequest, application: Application, panel: Panel, form: PanelForm) -> tuple[Issued, ...]:
    actor = actor_of(request)
    if application.protocol != panel.protocol:
        former = panel_of(application.protocol)
        if former is not None:  # it must not go on answering
            former.remove(application, actor=actor)
        changed = applications.change(application, actor=actor, protocol=panel.protocol, planned_protocol="")
        application.protocol = changed.application.protocol
    return panel.save(application, form, actor=actor)


def _show(request: EngineerRequest, application: Application, panel: Panel, form: PanelForm) -> HttpResponse:
    context = {"application": application, "panel": panel, "form": form, "seen": mark(form)}
    context["is_set"] = panel.is_set(application)
    return page(request, "administration/connect.html", context, status=UNPROCESSABLE if form.errors else 200)
