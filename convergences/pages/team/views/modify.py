"""Modifying an agent's sheet."""

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from convergences.directory import queries as directory
from convergences.directory.errors import AlreadyMember, OwnAccount, RecentlyDeleted
from convergences.directory.models import Civility, Membership
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.lifecycle import services as lifecycle
from convergences.pages.team.members import Person, for_member
from convergences.pages.team.own_account import own_account
from convergences.pages.team.person_form import SheetForm
from convergences.pages.team.showing import UNPROCESSABLE, errors_of, page, to_sheet
from convergences.web.actor import actor_of
from convergences.web.requests import EmployerRequest


@for_member
@require_http_methods(["GET", "HEAD", "POST"])
def modify(request: EmployerRequest, member: Membership) -> HttpResponse:
    """Show the sheet as a form, or change it. A référent's own sheet is for another référent."""
    if member.agent_id == request.agent.pk:
        return own_account(request, member)
    if member.closed_at:
        return to_sheet(request, member)
    form = SheetForm.of(member, request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _show(request, member, form)
    try:
        changed = lifecycle.modify(
            member,
            form.details(),
            giver=request.agent,
            actor=actor_of(request),
            outside_domains_confirmed=form.confirmed,
        )
    except OwnAccount:
        return own_account(request, member)
    except Refusal as refusal:
        form.add_refusal(refusal)
        known = refusal.membership if isinstance(refusal, (AlreadyMember, RecentlyDeleted)) else None
        return _show(request, member, form, known=known)
    saved = "La fiche est enregistrée." if changed.fields else "Rien n'a changé dans la fiche."
    messages.success(request, french(saved))
    return to_sheet(request, member)


def _show(
    request: EmployerRequest, member: Membership, form: SheetForm, *, known: Membership | None = None
) -> HttpResponse:
    errors = errors_of(form if form.is_bound else None)
    context = {
        "form": form,
        "error_list": errors,
        "known": known,
        "person": Person.of(member, request.agent),
        "civilities": Civility.choices,
        "departments": directory.departments(request.organization),
    }
    return page(request, "team/modify.html", context, status=UNPROCESSABLE if errors else 200)
