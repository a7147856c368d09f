"""The sheet of an agent: rights by application, what they will see, their account; saving their rights; printing."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_http_methods, require_safe

from convergences.directory.models import Civility, Membership
from convergences.entitlements import queries as entitlements
from convergences.entitlements import services as rights_services
from convergences.entitlements.errors import SheetChanged
from convergences.entitlements.rules import role_names
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french, listed
from convergences.pages.team import preview as portal
from convergences.pages.team import recovery
from convergences.pages.team.members import Person, for_member
from convergences.pages.team.rights_form import RightsForm
from convergences.pages.team.showing import UNPROCESSABLE, page, to_sheet
from convergences.web.actor import actor_of
from convergences.web.requests import EmployerRequest
from convergences.web.wording.dates import day

CONFLICT = 409


@for_member
@require_safe
def user(request: EmployerRequest, member: Membership) -> HttpResponse:
    """Show the sheet of an agent, deleted less than 30 days ago too."""
    return show(request, member, RightsForm.of(entitlements.rights_sheet(member)))


@for_member
@require_http_methods(["GET", "HEAD", "POST"])
def rights(request: EmployerRequest, member: Membership) -> HttpResponse:
    """Save the sheet's rights, whole; what is refused is shown on its line and nothing is done."""
    if request.method != "POST":
        return to_sheet(request, member)
    form = RightsForm.of(entitlements.rights_sheet(member))
    if not form.read(request.POST):
        return show(request, member, form, status=UNPROCESSABLE)
    seen = request.POST.get("version", "")
    try:
        changes = rights_services.set_rights(
            member, form.wishes, giver=request.agent, actor=actor_of(request), seen=seen
        )
    except SheetChanged as refusal:
        return _changed_meanwhile(request, member, form, refusal)
    except Refusal as refusal:
        form.add_refusal(refusal)
        return show(request, member, form, status=UNPROCESSABLE)
    return _saved(request, member, len(changes))


@for_member
@require_http_methods(["POST"])
def preview(request: EmployerRequest, member: Membership) -> HttpResponse:
    """Answer the tiles that the agent would see if the form were saved; nothing is written."""
    form = RightsForm.of(entitlements.rights_sheet(member))
    form.read(request.POST)
    return page(request, "team/parts/preview.html", {"preview": portal.as_drafted(member, form)})


@for_member
@require_safe
def user_print(request: EmployerRequest, member: Membership) -> HttpResponse:
    """Show the sheet and the rights on one page to print."""
    held = [line for line in entitlements.rights_sheet(member) if line.entitlement]
    lines = [
        {
            "application": line.application.name,
            "roles": listed(list(role_names(line.application, right.roles))),
            "right": right,
        }
        for line in held
        if (right := line.entitlement)
    ]
    context = {
        "person": Person.of(member, request.agent),
        "facts": _facts(member),
        "rights": lines,
        "today": clock.today(),
    }
    return page(request, "team/print.html", context)


def show(request: EmployerRequest, member: Membership, form: RightsForm, *, status: int = 200) -> HttpResponse:
    """Render the sheet with its form as it stands."""
    person = Person.of(member, request.agent)
    context = {
        "person": person,
        "help": recovery.help_for(person),
        "rights": form,
        "error_list": form.errors,
        "preview": portal.as_saved(member),
    }
    return page(request, "team/user.html", context, status=status)


def _changed_meanwhile(
    request: EmployerRequest, member: Membership, form: RightsForm, refusal: SheetChanged
) -> HttpResponse:
    if form.changes_nothing():  # the same form sent twice: the first one has done it all
        return _saved(request, member, 0)
    fresh = RightsForm.of(entitlements.rights_sheet(member))
    fresh.add_refusal(refusal)
    return show(request, member, fresh, status=CONFLICT)


def _saved(request: EmployerRequest, member: Membership, changes: int) -> HttpResponseRedirect:
    words = "Les habilitations sont enregistrées." if changes else "Rien n'a changé dans les habilitations."
    messages.success(request, french(words))
    return to_sheet(request, member)


def _facts(member: Membership) -> list[tuple[str, str]]:
    said = [
        ("Identifiant", member.email),
        ("Civilité", dict(Civility.choices).get(member.civility, "")),
        ("Collectivité", member.organization.name),
        ("Service", member.department),
        ("Fonction", member.job_title),
        ("Téléphone", member.phone),
        ("Rôle", member.get_profile_display()),
        ("Arrivée", day(member.starts_on)),
        ("Départ", day(member.ends_on) if member.ends_on else ""),
    ]
    return [(label, value) for label, value in said if value]
