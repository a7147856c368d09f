"""« Désigner un référent »: the form leaves for the autorité territoriale; and its official address, where it lacks."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from convergences.campaigns import employers as campaigns
from convergences.campaigns import previews
from convergences.campaigns.models import Invitation
from convergences.campaigns.queries import SILENT
from convergences.campaigns.services import asking, mailing, renewing
from convergences.directory.models import Organization
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.employers.forms import AddressForm
from convergences.pages.employers.guarded import for_employer
from convergences.pages.employers.lines import chip_of
from convergences.pages.employers.showing import UNPROCESSABLE, page, told
from convergences.web.actor import actor_of
from convergences.web.requests import CorrespondentRequest


@for_employer
@require_http_methods(["GET", "HEAD", "POST"])
def designate(request: CorrespondentRequest, organization: Organization) -> HttpResponse:
    """Show the mail that would leave, then send it; while an answer is awaited, say how far it is."""
    form = AddressForm(request.POST if request.method == "POST" else None, employer=organization)
    if request.method == "POST" and form.is_valid():
        try:
            asking.ask(organization, email=form.cleaned_data["authority_email"], actor=actor_of(request))
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            return told(request, organization, "Le formulaire part dans les minutes qui viennent.")
    drafted, awaited = asking.drafted(organization), campaigns.awaited(organization.pk)
    context: dict[str, Any] = {
        "employer": organization,
        "form": form,
        "awaited": [(each, chip_of(each, each.campaign)) for each in awaited],
        "may_remind": any(each.state in SILENT for each in awaited),
        "campaign": drafted,
        "mail": previews.mail(drafted, organization),
    }
    return page(request, "employers/designate.html", context, status=UNPROCESSABLE if form.errors else 200)


@for_employer
@require_POST
def address(request: CorrespondentRequest, organization: Organization) -> HttpResponse:
    """Keep the official address; the forms that waited for it leave."""
    form = AddressForm(request.POST, employer=organization)
    if not form.is_valid():
        return told(request, organization, str(form.errors["authority_email"][0]), good=False)
    try:
        sent = asking.give_address(organization, form.cleaned_data["authority_email"], actor=actor_of(request))
    except Refusal as refusal:
        return told(request, organization, refusal.sentence, good=False)
    leaving = " Le formulaire qui l'attendait part dans les minutes qui viennent." if sent else ""
    return told(request, organization, f"L'adresse officielle est enregistrée.{leaving}")


@for_employer
@require_http_methods(["GET", "HEAD", "POST"])
def new_link(request: CorrespondentRequest, organization: Organization) -> HttpResponse:
    """Say what replacing the links that went to the wrong person does, then do it."""
    form = AddressForm(request.POST if request.method == "POST" else None, employer=organization)
    seen = request.POST.get("seen", "") if request.method == "POST" else renewing.mark(organization)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["authority_email"]
        try:
            left = renewing.renew(organization, typed, seen=seen, actor=actor_of(request))
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            sent = "un nouveau part dans les minutes qui viennent" if left else "aucun nouveau ne part pour l'instant"
            return told(request, organization, f"Les liens déjà envoyés n'ouvrent plus rien ; {sent}.")
    context = {"employer": organization, "form": form, "seen": seen}
    return page(request, "employers/new_link.html", context, status=UNPROCESSABLE if form.errors else 200)


@for_employer
@require_POST
def remind(request: CorrespondentRequest, organization: Organization) -> HttpResponse:
    """Remind this employer alone, in each campaign that awaits its answer."""
    reminded, said = 0, "Cet employeur n'a aucun formulaire sans réponse."
    for invitation in campaigns.awaited(organization.pk):
        problem = _reminded(request, invitation)
        reminded, said = reminded + (problem == ""), problem or said
    if reminded:
        return told(request, organization, "Une relance part dans les minutes qui viennent.")
    return told(request, organization, french(said), good=False)


def _reminded(request: CorrespondentRequest, invitation: Invitation) -> str:
    """Remind in one campaign; return why not, or nothing."""
    try:
        mailing.remind(invitation.campaign, [invitation], actor=actor_of(request))
    except Refusal as refusal:
        return refusal.sentence
    return ""
