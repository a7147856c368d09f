"""The form: one to five people, kept as a draft at each step."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from convergences.campaigns.addressing import is_courteous
from convergences.campaigns.answers import MOST_PEOPLE
from convergences.campaigns.errors import NotAwaited
from convergences.campaigns.models import DesignationState
from convergences.campaigns.services import answering
from convergences.directory import queries as directory
from convergences.foundations.text import french
from convergences.pages.designation import doors
from convergences.pages.designation.doors import AnsweringRequest
from convergences.web.entrance.guards import writes_on_get
from convergences.web.forms.answer import ADDS, AnswerForm, initial, posted, shown

KEPT = "Votre saisie est gardée : rouvrez le lien de l'e-mail, ou le carré du courrier, pour la finir."


@writes_on_get("the campaign's dashboard tells who has opened the form; a scanner of mail keeps no cookie")
@doors.inner_page("GET", "HEAD", "POST")
def fill(request: AnsweringRequest) -> HttpResponseBase:
    """Show the form as it was left; keep what is posted, whichever button was pressed."""
    if request.method == "POST":
        return _keep(request)
    standing = answering.answered(request.invitation)
    under_way = answering.draft(request.invitation) is not None
    validated = standing is not None and standing.state == DesignationState.VALIDATED
    if standing is not None and (validated or not (under_way or request.GET.get("modifier"))):
        return redirect("designation:receipt")
    if request.method == "GET":
        answering.opened(request.invitation)
    answer = answering.prefilled(request.invitation)
    people = shown(request.GET.get("personnes", ""), answer)
    return _show(request, AnswerForm(initial=initial(answer), people=people))


def _keep(request: AnsweringRequest) -> HttpResponseBase:
    people = posted(request.POST.get("personnes", ""))
    form = AnswerForm(request.POST, people=people)
    answer = form.answer()
    try:
        answering.save_draft(request.invitation, answer)
    except NotAwaited as refusal:
        messages.warning(request, refusal.sentence)
        return redirect("designation:receipt")
    action = request.POST.get("action", "")
    if action == "ajouter":
        more = min(MOST_PEOPLE, people + 1)
        return redirect(f"{reverse('designation:form')}?modifier=oui&personnes={more}#personne-{more}")
    if action == "garder":
        messages.success(request, french(KEPT))
        return redirect("designation:form")
    form.is_valid()
    form.add_faults(answer)
    return _show(request, form) if form.errors else redirect("designation:sign")


def _show(request: AnsweringRequest, form: AnswerForm) -> HttpResponse:
    invitation = request.invitation
    sent_back = invitation.designations.filter(state=DesignationState.SENT_BACK).order_by("-decided_at").first()
    referents = [member.full_name for member in directory.referents_of(invitation.organization_id)]
    if not form.is_bound:
        form.initial.setdefault("replaces", ADDS)
    said = {
        "form": form,
        "blocks": form.blocks(),
        "may_add": form.people < MOST_PEOPLE,
        "invitation": invitation,
        "organization": invitation.organization,
        "sent_back": sent_back if invitation.state == "sent_back" else None,
        "referents": referents,
        "courteous": is_courteous(invitation.organization.authority_title),
    }
    return render(request, "designation/form.html", said)
