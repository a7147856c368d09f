"""The catalogue's part of an application: its name, who may open it, what it may learn."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from convergences.catalog.models import Application
from convergences.catalog.services import applications
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.administration.applications import for_application
from convergences.pages.administration.forms import SheetForm
from convergences.pages.administration.showing import UNPROCESSABLE, categories, page
from convergences.web.actor import actor_of
from convergences.web.forms.edit_conflicts import mark, stands
from convergences.web.requests import EngineerRequest


@for_application
@require_http_methods(["GET", "HEAD", "POST"])
def modify(request: EngineerRequest, application: Application) -> HttpResponse:
    """Show the sheet as a form, or save it."""
    form = SheetForm(application, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not stands(request, form):
        return _show(request, application, form)
    try:
        changed = applications.change(application, actor=actor_of(request), **form.said()).fields
    except Refusal as refusal:
        form.add_refusal(refusal)
        return _show(request, application, form)
    told = "est enregistrée" if changed else "n'a pas changé"
    messages.success(request, french(f"La fiche de {application.name} {told}."))
    return HttpResponseRedirect(reverse("administration:application", args=[application.slug]))


def _show(request: EngineerRequest, application: Application, form: SheetForm) -> HttpResponse:
    context = {"application": application, "form": form, "seen": mark(form), "categories": categories()}
    return page(request, "administration/modify.html", context, status=UNPROCESSABLE if form.errors else 200)
