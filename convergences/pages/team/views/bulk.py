"""An act on a selection: a page says, agent by agent, what would happen; nothing is done before it is confirmed."""

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from convergences.directory import queries as directory
from convergences.directory.models import Membership
from convergences.entitlements import queries as entitlements
from convergences.entitlements import services as rights_services
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.lifecycle import services as lifecycle
from convergences.pages.team import bulk_form
from convergences.pages.team.bulk_form import BulkForm, GrantForm, InviteForm, Outcome, members_ready
from convergences.pages.team.members import Person
from convergences.pages.team.person_form import SuspendForm
from convergences.pages.team.showing import UNPROCESSABLE, errors_of, page
from convergences.web.actor import actor_of
from convergences.web.entrance.guards import for_referent
from convergences.web.requests import EmployerRequest

AT_MOST = 100
NOBODY = french("Cochez au moins un agent dans la liste.")
STRANGERS = french("La sélection contient un compte qui n'est pas dans votre collectivité. Rien n'a été fait.")
TOO_MANY = french(f"Choisissez {AT_MOST} agents au plus à la fois.")
UNKNOWN = french("Cette action n'existe pas. Rien n'a été fait.")


@dataclass(frozen=True, slots=True)
class Act:
    """One act on a selection, in the page's words."""

    key: str
    title: str
    explanation: str
    button: str
    icon: str
    button_class: str = "btn-primary"


ACTS = {
    "invite": Act(
        "invite",
        french("Renvoyer l'invitation"),
        french("Un nouvel e-mail part aux agents qui ne se sont jamais connectés."),
        french("Renvoyer l'invitation"),
        "mail-forward",
    ),
    "grant": Act(
        "grant",
        "Donner un accès",
        french("Le même droit est donné à tous. Chaque agent est prévenu par e-mail."),
        french("Donner l'accès"),
        "key",
    ),
    "suspend": Act(
        "suspend",
        "Suspendre des comptes",
        french("Leurs applications se ferment tout de suite. Leurs droits sont gardés."),
        "Suspendre les comptes",
        "player-pause",
        "btn-danger",
    ),
}


@for_referent
@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: EmployerRequest) -> HttpResponse:
    """Show what would happen, or do it when it is confirmed."""
    act = ACTS.get(request.POST.get("action", ""))
    if request.method != "POST":
        return _to_list(request)
    members, wrong = _selection(request)
    if wrong or act is None or len(request.POST.getlist("action")) > 1:
        messages.error(request, wrong or UNKNOWN)
        return _to_list(request)
    people = [Person.of(member, request.agent) for member in members]
    form = _form(request, act)
    outcomes = _outcomes(request, act, form, people)
    if request.POST.get("step") != "confirm" or not form.is_valid() or not _as_previewed(request, form):
        return _show(request, act, form, outcomes or [Outcome(person, ready=False, word="") for person in people])
    return _confirmed(request, act, form, outcomes)


def _confirmed(request: EmployerRequest, act: Act, form: BulkForm, outcomes: list[Outcome]) -> HttpResponse:
    ready = members_ready(outcomes)
    if not ready:  # sent twice, or done by a colleague meanwhile
        messages.info(request, french("Il n'y avait rien à faire : aucun compte n'a changé."))
        return _to_list(request)
    try:
        told = _do(request, form, ready)
    except Refusal as refusal:
        form.add_error(None, french(f"{refusal.sentence} Rien n'a été fait."))
        return _show(request, act, form, outcomes)
    left = len(outcomes) - len(ready)
    others = (
        f" {left} {'agents n’étaient pas concernés' if left > 1 else 'agent n’était pas concerné'}." if left else ""
    )
    messages.success(request, french(f"{told}.{others}"))
    return _to_list(request)


def _do(request: EmployerRequest, form: BulkForm, ready: list[Membership]) -> str:
    """Do the act on all those who are ready, or on none; return what was done, in words."""
    actor, giver, many = actor_of(request), request.agent, len(ready)
    if isinstance(form, GrantForm):
        rights_services.grant_several(ready, form.application, terms=form.terms, giver=giver, actor=actor)
        return f"{form.said} donné à {many} agent{'s' if many > 1 else ''}"
    if isinstance(form, SuspendForm):
        asked = form.cleaned_data
        lifecycle.suspend_several(ready, reason=asked["reason"], notify=asked["notify"], giver=giver, actor=actor)
        return f"{many} comptes suspendus" if many > 1 else "1 compte suspendu"
    lifecycle.invite_several(ready, giver=giver, actor=actor)
    return f"Invitation renvoyée à {many} agent{'s' if many > 1 else ''}"


def _selection(request: EmployerRequest) -> tuple[list[Membership], str]:
    """Return the members selected, or what is wrong with the selection: one stranger in it refuses it whole."""
    asked = set(request.POST.getlist("u"))
    if not asked:
        return [], NOBODY
    if len(asked) > AT_MOST:
        return [], TOO_MANY
    try:
        uids = {uuid.UUID(word) for word in asked}
    except ValueError:
        return [], STRANGERS
    members = directory.members_by_uid(request.organization, uids)
    return (members, "") if len(members) == len(uids) else ([], STRANGERS)


def _form(request: EmployerRequest, act: Act) -> BulkForm:
    data = request.POST if request.POST.get("step") else None
    if act.key == "grant":
        return GrantForm(entitlements.first_rights(request.organization), data)
    return SuspendForm(data) if act.key == "suspend" else InviteForm(data)


def _outcomes(request: EmployerRequest, act: Act, form: BulkForm, people: list[Person]) -> list[Outcome]:
    """Return what the act would do to each; nothing while a right is still to be chosen."""
    if act.key == "invite":
        return [bulk_form.invite_outcome(person) for person in people]
    if not isinstance(form, GrantForm):
        return [bulk_form.suspend_outcome(person) for person in people]
    if not form.is_valid():
        return []
    held = entitlements.current_for([person.member.pk for person in people])
    seats = entitlements.free_seats(request.organization, form.application)
    return bulk_form.grant_outcomes(people, held, form.application, seats)


def _as_previewed(request: EmployerRequest, form: BulkForm) -> bool:
    """Say whether the preview that was confirmed is that of this choice."""
    return not isinstance(form, GrantForm) or request.POST.get("previewed") == form.choice


def _show(request: EmployerRequest, act: Act, form: BulkForm, outcomes: list[Outcome]) -> HttpResponse:
    errors = errors_of(form if form.is_bound else None)
    context = {
        "act": act,
        "form": form,
        "error_list": errors,
        "outcomes": outcomes,
        "foreseen": act.key != "grant" or (form.is_bound and form.is_valid()),
        "ready_total": len(members_ready(outcomes)),
        "previewed": form.choice if isinstance(form, GrantForm) else "",
    }
    return page(request, "team/bulk.html", context, status=UNPROCESSABLE if errors else 200)


def _to_list(request: EmployerRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("team:users", args=[request.organization.key]))
