"""Creating a user: the sheet, the first rights, and the invitation, in one act."""

import datetime as dt

from django.contrib import messages
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from convergences.directory import queries as directory
from convergences.directory.errors import AlreadyMember, RecentlyDeleted
from convergences.directory.models import Civility, Membership
from convergences.entitlements import queries as entitlements
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.lifecycle import services as lifecycle
from convergences.pages.team.person_form import PersonForm
from convergences.pages.team.rights_form import RightsForm
from convergences.pages.team.showing import UNPROCESSABLE, errors_of, page, to_sheet
from convergences.web.actor import actor_of
from convergences.web.entrance.guards import for_referent
from convergences.web.requests import EmployerRequest

SENT_TWICE = dt.timedelta(minutes=2)


@for_referent
@require_http_methods(["GET", "HEAD", "POST"])
def create(request: EmployerRequest) -> HttpResponse:
    """Show the form, or create the account with its first rights and send the invitation."""
    form = PersonForm(request.POST if request.method == "POST" else None)
    rights = RightsForm.of(entitlements.first_rights(request.organization))
    if request.method != "POST":
        return _show(request, form, rights)
    # Both are read before anything is answered, so that every error shows at once.
    rights_read, form_read = rights.read(request.POST), form.is_valid()
    if not (rights_read and form_read):
        return _show(request, form, rights)
    try:
        member = _arrive(request, form, rights)
    except AlreadyMember as refusal:
        if _just_made(request, refusal.membership, form):
            return to_sheet(request, refusal.membership)
        return _refused(request, form, rights, refusal)
    except Refusal as refusal:
        return _refused(request, form, rights, refusal)
    messages.success(
        request, french(f"Le compte de {member.full_name} est créé. Une invitation part à {member.email}.")
    )
    return to_sheet(request, member)


def _arrive(request: EmployerRequest, form: PersonForm, rights: RightsForm) -> Membership:
    return lifecycle.arrive(
        form.details(),
        organization=request.organization,
        giver=request.agent,
        wishes=rights.wishes,
        actor=actor_of(request),
        outside_domains_confirmed=form.confirmed,
    )


def _just_made(request: EmployerRequest, member: Membership, form: PersonForm) -> bool:
    """Say whether the same form was sent twice: the account is the one that this référent has just created."""
    typed = form.details()
    return (
        clock.now() - member.created_at < SENT_TWICE
        and member.created_by == request.agent.full_name
        and (member.given_name, member.family_name) == (typed.given_name.strip(), typed.family_name.strip())
    )


def _refused(request: EmployerRequest, form: PersonForm, rights: RightsForm, refusal: Refusal) -> HttpResponse:
    if refusal.field in form.fields:
        form.add_refusal(refusal)
    else:
        rights.add_refusal(refusal)
    known = refusal.membership if isinstance(refusal, (AlreadyMember, RecentlyDeleted)) else None
    return _show(request, form, rights, known=known)


def _show(
    request: EmployerRequest, form: PersonForm, rights: RightsForm, *, known: Membership | None = None
) -> HttpResponse:
    errors = errors_of(form if form.is_bound else None, rights.errors)
    context = {
        "form": form,
        "rights": rights,
        "error_list": errors,
        "known": known,
        "civilities": Civility.choices,
        "departments": directory.departments(request.organization),
    }
    return page(request, "team/create.html", context, status=UNPROCESSABLE if errors else 200)
