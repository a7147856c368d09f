"""A way back for who has lost everything: a correspondant answers for a référent, or for an agent whom none may help.

No secret passes here.
"""

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from convergences.authentication import queries
from convergences.authentication.services import recoveries
from convergences.directory import employers
from convergences.directory.models import Membership
from convergences.foundations import clock
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.mandates.forms import FindForm
from convergences.pages.mandates.guarded import for_attached
from convergences.pages.mandates.showing import UNPROCESSABLE, page, to_sheet
from convergences.web.actor import actor_of
from convergences.web.entrance.guards import for_correspondent
from convergences.web.requests import CorrespondentRequest

FORBIDDEN = 403
NOBODY = "Aucun agent de cet employeur n'a cette adresse."


@for_correspondent
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: CorrespondentRequest, organization: str) -> HttpResponse:
    """Ask for the address of an agent of this employer; lead to the page that helps them."""
    employer = employers.employer(organization)
    if employer is None:
        raise Http404
    form = FindForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        found = employers.member_by_email(employer, form.cleaned_data["email"])
        if found is not None:
            return HttpResponseRedirect(reverse("mandates:recover", args=[employer.key, found.uid]))
        form.add_error("email", french(NOBODY))
    context = {"employer": employer, "form": form, "member": None}
    return page(request, "mandates/find.html", context, status=UNPROCESSABLE if form.errors else 200)


@for_attached
@require_http_methods(["GET", "HEAD", "POST"])
def recover(request: CorrespondentRequest, member: Membership) -> HttpResponse:
    """Explain what the référent will have to do, when, and who is told; then start. Or say what is under way."""
    try:
        if request.method == "POST":
            recoveries.start(member, actor=actor_of(request))
            return to_sheet(request, member, f"La récupération est demandée. {member.full_name} reçoit un e-mail.")
        recoveries.check_may_start(member, actor=actor_of(request))
    except Refusal as refusal:
        return _show(request, member, refused=refusal.sentence)
    return _show(request, member)


@for_attached
@require_POST
def cancel(request: CorrespondentRequest, member: Membership) -> HttpResponse:
    """Cancel the recovery under way, whoever asked for it."""
    try:
        recoveries.cancel(member, actor=actor_of(request))
    except Refusal as refusal:
        return to_sheet(request, member, refusal.sentence, good=False)
    return to_sheet(request, member, f"La récupération est annulée. {member.full_name} reçoit un e-mail.")


def _show(request: CorrespondentRequest, member: Membership, *, refused: str = "") -> HttpResponse:
    recovery = None if refused else recoveries.under_way(member.agent)
    ours = recovery is not None and recovery.organization_id == member.organization_id
    context = {
        "member": member,
        "employer": member.organization,
        "person": member,
        "refused": refused,
        "recovery": recovery,
        "may_cancel": ours,
        "is_open": recovery is not None and recovery.opens_at <= clock.now(),
        "hours": settings.CONFIGURATION.recovery_delay_hours,
        "days": recoveries.LASTS.days,
        "blocked": queries.methods_of(member.agent).blocked,
    }
    return page(request, "mandates/recover.html", context, status=FORBIDDEN if refused else 200)
