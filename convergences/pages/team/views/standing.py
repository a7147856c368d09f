"""Suspending, reactivating, deleting and restoring an account. Each is explained before it is done."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from convergences.directory.errors import MembershipOver, OwnAccount, WrongState
from convergences.directory.models import Membership
from convergences.directory.queries import RESTORE_DELAY
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french, searchable
from convergences.lifecycle import services as lifecycle
from convergences.pages.team.members import Person, for_member
from convergences.pages.team.own_account import own_account
from convergences.pages.team.person_form import DeleteForm, SuspendForm
from convergences.pages.team.showing import UNPROCESSABLE, done, errors_of, page, to_sheet
from convergences.web.actor import actor_of
from convergences.web.requests import EmployerRequest

Confirming = SuspendForm | DeleteForm


@for_member
@require_http_methods(["GET", "HEAD", "POST"])
def suspend(request: EmployerRequest, member: Membership) -> HttpResponse:
    """Ask why and whether to tell the agent, then suspend."""
    if member.agent_id == request.agent.pk:
        return own_account(request, member)
    if Person.of(member, request.agent).state in {"suspended", "deleted"}:
        return to_sheet(request, member)
    form = SuspendForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, member, form, "team/suspend.html")
    try:
        lifecycle.suspend(
            member,
            reason=form.cleaned_data["reason"],
            notify=form.cleaned_data["notify"],
            giver=request.agent,
            actor=actor_of(request),
        )
    except Refusal as refusal:
        return _refused(request, member, form, refusal)
    messages.success(request, french(f"Le compte de {member.full_name} est suspendu. Ses droits sont gardés."))
    return to_sheet(request, member)


@for_member
@require_http_methods(["GET", "HEAD", "POST"])
def reactivate(request: EmployerRequest, member: Membership) -> HttpResponse:
    """Give a suspended agent their accesses back."""
    return done(
        request,
        member,
        lambda: lifecycle.reactivate(member, giver=request.agent, actor=actor_of(request)),
        f"Le compte de {member.full_name} est réactivé.",
    )


@for_member
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: EmployerRequest, member: Membership) -> HttpResponse:
    """Explain, ask for the family name, then delete; 30 days are left to change one's mind."""
    if member.agent_id == request.agent.pk:
        return own_account(request, member)
    if member.closed_at:
        return to_sheet(request, member)
    form = DeleteForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and searchable(form.cleaned_data["family_name"]) != searchable(member.family_name):
        form.refuse_name(member.family_name)
    if not form.is_valid():
        return _show(request, member, form, "team/delete.html")
    try:
        lifecycle.depart(member, giver=request.agent, actor=actor_of(request))
    except Refusal as refusal:
        return _refused(request, member, form, refusal)
    messages.success(
        request, french(f"Le compte de {member.full_name} est supprimé. Vous avez 30 jours pour le rétablir.")
    )
    return HttpResponseRedirect(reverse("team:users", args=[request.organization.key]))


@for_member
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: EmployerRequest, member: Membership) -> HttpResponse:
    """Bring back an account deleted less than 30 days ago."""
    return done(
        request,
        member,
        lambda: lifecycle.restore(member, giver=request.agent, actor=actor_of(request)),
        f"Le compte de {member.full_name} est rétabli.",
    )


def _refused(request: EmployerRequest, member: Membership, form: Confirming, refusal: Refusal) -> HttpResponse:
    if isinstance(refusal, OwnAccount):
        return own_account(request, member)
    if isinstance(refusal, (WrongState, MembershipOver)):  # a colleague came first: the sheet says the rest
        messages.info(request, refusal.sentence)
        return to_sheet(request, member)
    form.add_refusal(refusal)
    return _show(request, member, form, "team/suspend.html" if isinstance(form, SuspendForm) else "team/delete.html")


def _show(request: EmployerRequest, member: Membership, form: Confirming, template: str) -> HttpResponse:
    errors = errors_of(form if form.is_bound else None)
    context = {
        "person": Person.of(member, request.agent),
        "form": form,
        "error_list": errors,
        "last_day": clock.day_of(clock.now() + RESTORE_DELAY),
    }
    return page(request, template, context, status=UNPROCESSABLE if errors else 200)
