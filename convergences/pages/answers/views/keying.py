"""Keying in an answer that came on paper: its employer by the letter's reference, the same form, its scan.

Nothing that was typed is lost by what is wrong, the scan included: it is kept for its sender between two tries.
"""

from typing import BinaryIO, cast

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from convergences.campaigns import scans
from convergences.campaigns.answers import MOST_PEOPLE
from convergences.campaigns.errors import BadScan
from convergences.campaigns.models import DesignationState, Invitation, KeptScan
from convergences.campaigns.services import eyes, paper, registering
from convergences.directory import queries as directory
from convergences.directory.names import of
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.answers.forms import PaperForm, ReferenceForm
from convergences.pages.answers.guarded import for_invitation
from convergences.pages.answers.showing import UNPROCESSABLE, is_picture, page
from convergences.web.actor import actor_of
from convergences.web.answer_form import ADDS, SHOWN_AT_FIRST, posted
from convergences.web.guards import for_correspondent, takes_bodies_of
from convergences.web.requests import CorrespondentRequest

UNKNOWN = "Aucun courrier ne porte cette référence : relisez-la, ou partez de la fiche de l'employeur."
KEPT = "La réponse {of_employer} est enregistrée. Un autre correspondant doit la vérifier."
ALONE = "La réponse {of_employer} est enregistrée : vérifiez-la."
# A scan a little too heavy is told at its field, with all that was typed; far beyond, nothing is read.
LARGEST = 2 * scans.MAX_BYTES + 1024 * 1024


@for_correspondent
@require_safe
def find(request: CorrespondentRequest) -> HttpResponse:
    """Ask for the reference of a letter, and lead to its employer."""
    if "reference" not in request.GET:
        return page(request, "answers/find.html", {"form": ReferenceForm()})
    form = ReferenceForm(request.GET)
    if form.is_valid():
        found = paper.find(form.cleaned_data["reference"])
        if found is not None:
            return HttpResponseRedirect(reverse("answers:key_in", args=[found.uid]))
        form.add_error("reference", french(UNKNOWN))
    return page(request, "answers/find.html", {"form": form}, status=UNPROCESSABLE)


@takes_bodies_of(LARGEST)
@for_invitation
@require_http_methods(["GET", "HEAD", "POST"])
def key_in(request: CorrespondentRequest, invitation: Invitation) -> HttpResponse:
    """Show the form, or receive it: whatever is wrong, it comes back as it was sent."""
    if request.method != "POST":
        refusal = _why_not(request, invitation)
        return _show(request, invitation, PaperForm(initial={"replaces": ADDS}, people=SHOWN_AT_FIRST), refusal=refusal)
    form = PaperForm(request.POST, request.FILES, people=posted(request.POST.get("personnes", "")))
    kept, bad = _scan(request, invitation)
    if request.POST.get("action") == "ajouter":
        if bad is not None:
            messages.warning(request, bad.sentence)
        more = PaperForm(initial=form.typed(), people=min(MOST_PEOPLE, form.people + 1))
        return _show(request, invitation, more, kept=kept)
    return _receive(request, invitation, form, kept, bad)


def _receive(
    request: CorrespondentRequest, invitation: Invitation, form: PaperForm, kept: KeptScan | None, bad: BadScan | None
) -> HttpResponse:
    answer, actor = form.answer(), actor_of(request)
    form.full_clean()
    if bad is not None:
        form.add_refusal(bad)
    refusal = None
    if form.judge(answer, scanned=kept is not None) and kept is not None:
        try:
            done = paper.key_in(invitation, answer, kept, actor=actor, signed_on=form.cleaned_data["signed_on"])
        except Refusal as refused:
            form.add_refusal(refused)
            refusal = _why_not(request, invitation)
        else:
            alone = eyes.why_not_accept(done, actor) is None
            messages.success(
                request, french((ALONE if alone else KEPT).format(of_employer=of(invitation.organization.name)))
            )
            return HttpResponseRedirect(reverse("answers:answer", args=[done.uid]))
    return _show(request, invitation, form, kept=kept, refusal=refusal)


def _scan(request: CorrespondentRequest, invitation: Invitation) -> tuple[KeptScan | None, BadScan | None]:
    """Keep the file that came, or find the one that is kept; a bad file leaves the one of before in place."""
    actor, upload = actor_of(request), request.FILES.get("scan")
    if upload is not None:
        try:
            return paper.keep_scan(invitation, cast("BinaryIO", upload.file), actor=actor, name=upload.name or ""), None
        except BadScan as refusal:
            return paper.kept_scan(invitation, request.POST.get("kept", ""), actor=actor), refusal
    return paper.kept_scan(invitation, request.POST.get("kept", ""), actor=actor), None


def _why_not(request: CorrespondentRequest, invitation: Invitation) -> Refusal | None:
    """Return why no answer of this employer may be keyed in now, by this correspondant, or None."""
    try:
        eyes.check_disinterested([], invitation.organization_id, actor_of(request))
        paper.check_may_be_keyed_in(invitation)
    except Refusal as refusal:
        return refusal
    return None


def _show(
    request: CorrespondentRequest,
    invitation: Invitation,
    form: PaperForm,
    *,
    kept: KeptScan | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    organization = invitation.organization
    standing = registering.waiting_of(invitation) or (
        invitation.designations.filter(state=DesignationState.VALIDATED).first()
    )
    context = {
        "invitation": invitation,
        "employer": organization,
        "form": form,
        "blocks": form.blocks(),
        "may_add": form.people < MOST_PEOPLE,
        "referents": [member.full_name for member in directory.referents_of(organization.pk)],
        "standing": standing,
        "kept": kept,
        "is_picture": kept is not None and is_picture(kept.file),
        "refusal": refusal,
    }
    return page(request, "answers/key_in.html", context, status=UNPROCESSABLE if form.errors else 200)
