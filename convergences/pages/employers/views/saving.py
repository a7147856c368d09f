"""Declaring an employer, and changing one."""

from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from convergences.directory.models import Organization
from convergences.directory.services import organizations
from convergences.foundations.errors import Refusal
from convergences.pages.employers.forms import EmployerForm
from convergences.pages.employers.guarded import for_employer
from convergences.pages.employers.showing import UNPROCESSABLE, page, told
from convergences.web.actor import actor_of
from convergences.web.entrance.guards import for_correspondent
from convergences.web.forms.edit_conflicts import mark, stands
from convergences.web.requests import CorrespondentRequest


@for_correspondent
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: CorrespondentRequest) -> HttpResponse:
    """Show the form of a new employer, or declare it."""
    if request.method != "POST":
        return _show(request, EmployerForm())
    form = EmployerForm(request.POST)
    made = _created(request, form) if form.is_valid() else None
    if made is None:
        return _show(request, form)
    return told(request, made, f"{made.name} est déclarée. Elle attend la désignation d'un référent.")


@for_employer
@require_http_methods(["GET", "HEAD", "POST"])
def modify(request: CorrespondentRequest, organization: Organization) -> HttpResponse:
    """Show the employer as a form, or save it: held meanwhile, so that two correspondants never overwrite unawares."""
    if request.method != "POST":
        return _show(request, EmployerForm(employer=organization))
    with transaction.atomic():
        form = EmployerForm(request.POST, employer=organizations.hold(organization))
        changed = _modified(request, form) if stands(request, form) else None
    if changed is None:
        return _show(request, form)
    what = "est enregistrée" if changed else "n'a pas changé"
    return told(request, organization, f"La fiche de {form.cleaned_data['name']} {what}.")


def _created(request: CorrespondentRequest, form: EmployerForm) -> Organization | None:
    actor = actor_of(request)
    try:
        with transaction.atomic():
            made = organizations.create(form.details(), actor=actor)
            organizations.set_correspondent(made, form.chosen_correspondent(), actor=actor)
    except Refusal as refusal:
        form.add_refusal(refusal)
        return None
    return made


def _modified(request: CorrespondentRequest, form: EmployerForm) -> bool | None:
    """Return whether anything changed; None when a room refuses, which the form then says."""
    actor, employer = actor_of(request), form.employer
    if employer is None:
        return None
    former, wanted = employer.correspondent_id, form.chosen_correspondent()
    try:
        with transaction.atomic():
            changed = organizations.modify(employer, form.details(), actor=actor)
            organizations.set_correspondent(employer, wanted, actor=actor)
    except Refusal as refusal:
        form.add_refusal(refusal)
        return None
    return bool(changed) or former != (wanted.pk if wanted else None)


def _show(request: CorrespondentRequest, form: EmployerForm) -> HttpResponse:
    context = {"form": form, "employer": form.employer, "seen": mark(form)}
    return page(request, "employers/form.html", context, status=UNPROCESSABLE if form.errors else 200)
