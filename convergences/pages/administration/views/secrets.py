"""The secrets of an application: adding one, shown once; taking one away, after a page that says when it served."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from convergences.catalog.models import Application
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.administration.applications import for_application
from convergences.pages.administration.issuing import show_issued
from convergences.pages.administration.secret_lines import version_of
from convergences.pages.administration.showing import UNPROCESSABLE, page
from convergences.web.actor import actor_of
from convergences.web.panels.panel import Panel, panel_of
from convergences.web.requests import EngineerRequest


@for_application
@require_POST
def add(request: EngineerRequest, application: Application) -> HttpResponse:
    """Add a secret and show it, this once. The same form sent again finds other secrets than it knew: it adds none."""
    panel = _panel(application)
    if request.POST.get("seen", "") != version_of(panel.secrets(application)):
        messages.warning(
            request,
            french(
                "Aucun secret n'a été ajouté : cette page avait déjà servi, ou les secrets ont changé. Un secret "
                "n'est montré qu'une fois ; si vous ne l'avez pas noté, retirez-le et ajoutez-en un autre."
            ),
        )
        return _to_sheet(application)
    try:
        issued = panel.issue_secret(application, actor=actor_of(request))
    except Refusal as refusal:
        messages.error(request, french(refusal.sentence))
        return _to_sheet(application)
    return show_issued(request, application, (issued,))


@for_application
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: EngineerRequest, application: Application, handle: str) -> HttpResponse:
    """Say since when a secret is in force and when it last served, then take it away."""
    panel = _panel(application)
    lines = panel.secrets(application)
    line = next((each for each in lines if each.handle == handle), None)
    if line is None:
        raise Http404
    refused = ""
    if request.method == "POST":
        try:
            panel.remove_secret(application, handle, actor=actor_of(request))
        except Refusal as refusal:
            refused = refusal.sentence
        else:
            messages.success(request, french("Le secret est retiré : l'application ne peut plus s'en servir."))
            return _to_sheet(application)
    context = {"application": application, "line": line, "is_last": len(lines) == 1, "refused": refused}
    return page(request, "administration/secret_remove.html", context, status=UNPROCESSABLE if refused else 200)


def _panel(application: Application) -> Panel:
    panel = panel_of(application.protocol)
    if panel is None or not panel.is_set(application):
        raise Http404
    return panel


def _to_sheet(application: Application) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("administration:application", args=[application.slug]) + "#secrets")
