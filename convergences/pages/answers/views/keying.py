"""Keying in an answer that came on paper: its employer by the letter's reference, the same form, its scan.

Nothing that was typed is lost by what is wrong, the scan included: it is kept for its sender between two tries.
"""

from dataclasses import dataclass
from typing import BinaryIO, cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergences.campaigns import scans
from convergences.campaigns.answers import MOST_PEOPLE
from convergences.campaigns.errors import BadScan
from convergences.campaigns.models import Channel, Designation, DesignationState, Invitation, KeptScan
from convergences.campaigns.services import eyes, paper, registering
from convergences.directory import queries as directory
from convergences.directory.names import of
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.answers.forms import PaperForm, ReferenceForm
from convergences.pages.answers.guarded import for_answer, for_invitation
from convergences.pages.answers.showing import UNPROCESSABLE, is_picture, page, to_answer
from convergences.web.actor import actor_of
from convergences.web.entrance.guards import for_correspondent, takes_bodies_of
from convergences.web.forms.answer import ADDS, SHOWN_AT_FIRST, initial, posted, shown
from convergences.web.requests import CorrespondentRequest

UNKNOWN = "Aucun courrier ne porte cette référence : relisez-la, ou partez de la fiche de l'employeur."
KEPT = "La réponse {of_employer} est enregistrée. Un autre correspondant doit la vérifier."
ALONE = "La réponse {of_employer} est enregistrée : vérifiez-la."
# A scan a little too heavy is told at its field, with all that was typed; far beyond, nothing is read.
LARGEST = 2 * scans.MAX_BYTES + 1024 * 1024
LOST = "La numérisation de cette réponse est introuvable : renvoyez-la, ou demandez-la de nouveau."


@dataclass(frozen=True, slots=True)
class Task:
    """What is keyed in: an employer's answer in a campaign, `instead` of one that was badly copied."""

    invitation: Invitation
    instead: Designation | None


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


@for_answer
@require_POST
def take_up(request: CorrespondentRequest, designation: Designation) -> HttpResponse:
    """Open again the form of a paper answer that was badly copied, with its scan: the autorité has nothing to do."""
    try:
        paper.take_up(designation, actor=actor_of(request))
    except Refusal as refusal:
        return to_answer(request, designation, refusal.sentence)
    except FileNotFoundError:
        return to_answer(request, designation, LOST)
    address = reverse("answers:key_in", args=[designation.invitation.uid])
    return HttpResponseRedirect(f"{address}?{urlencode({'corrige': str(designation.uid)})}")


@takes_bodies_of(LARGEST)
@for_invitation
@require_http_methods(["GET", "HEAD", "POST"])
def key_in(request: CorrespondentRequest, invitation: Invitation) -> HttpResponse:
    """Show the form, or receive it: whatever is wrong, it comes back as it was sent."""
    if request.method != "POST":
        return _ask(request, Task(invitation, _instead(invitation, request.GET.get("corrige", ""))))
    task = Task(invitation, _instead(invitation, request.POST.get("corrige", "")))
    form = PaperForm(request.POST, request.FILES, people=posted(request.POST.get("personnes", "")))
    kept, bad = _scan(request, invitation)
    if request.POST.get("action") == "ajouter":
        if bad is not None:
            messages.warning(request, bad.sentence)
        more = PaperForm(initial=form.typed(), people=min(MOST_PEOPLE, form.people + 1))
        return _show(request, task, more, kept=kept)
    form.full_clean()
    if bad is not None:
        form.add_refusal(bad)
    return _receive(request, task, form, kept)


def _ask(request: CorrespondentRequest, task: Task) -> HttpResponse:
    refusal = _why_not(request, task)
    if task.instead is None:
        form = PaperForm(initial={"replaces": ADDS}, people=SHOWN_AT_FIRST)
        return _show(request, task, form, refusal=refusal)
    answer = registering.read(task.instead)
    said = {**initial(answer), "signed_on": task.instead.signed_on}
    kept = paper.kept_for(task.invitation, actor=actor_of(request))
    return _show(request, task, PaperForm(initial=said, people=shown("", answer)), kept=kept, refusal=refusal)


def _receive(request: CorrespondentRequest, task: Task, form: PaperForm, kept: KeptScan | None) -> HttpResponse:
    answer, actor, refusal = form.answer(), actor_of(request), None
    if form.judge(answer, scanned=kept is not None) and kept is not None:
        day = form.cleaned_data["signed_on"]
        try:
            done = paper.key_in(task.invitation, answer, kept, actor=actor, signed_on=day, instead=task.instead)
        except Refusal as refused:
            form.add_refusal(refused)
            refusal = _why_not(request, task)
        else:
            said = ALONE if eyes.why_not_accept(done, actor) is None else KEPT
            messages.success(request, french(said.format(of_employer=of(task.invitation.organization.name))))
            return HttpResponseRedirect(reverse("answers:answer", args=[done.uid]))
    return _show(request, task, form, kept=kept, refusal=refusal)


def _instead(invitation: Invitation, uid: str) -> Designation | None:
    """Return the paper answer that the form corrects, as long as it was one of this employer's."""
    try:
        known = UUID(uid)
    except ValueError:
        return None
    return invitation.designations.filter(uid=known, channel=Channel.PAPER).first()


def _scan(request: CorrespondentRequest, invitation: Invitation) -> tuple[KeptScan | None, BadScan | None]:
    """Keep the file that came, or find the one that is kept; a bad file leaves the one of before in place."""
    actor, upload, bad = actor_of(request), request.FILES.get("scan"), None
    if upload is not None:
        try:
            file = cast("BinaryIO", upload.file)
            return paper.keep_scan(invitation, file, actor=actor, name=upload.name or ""), None
        except BadScan as refusal:
            bad = refusal
    return paper.kept_scan(invitation, request.POST.get("kept", ""), actor=actor), bad


def _why_not(request: CorrespondentRequest, task: Task) -> Refusal | None:
    """Return why no answer of this employer may be keyed in now, by this correspondant, or None."""
    try:
        eyes.check_disinterested([], task.invitation.organization_id, actor_of(request))
        paper.check_may_be_keyed_in(task.invitation, task.instead)
    except Refusal as refusal:
        return refusal
    return None


def _show(
    request: CorrespondentRequest,
    task: Task,
    form: PaperForm,
    *,
    kept: KeptScan | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    invitation, organization = task.invitation, task.invitation.organization
    standing = registering.waiting_of(invitation) or (
        invitation.designations.filter(state=DesignationState.VALIDATED).first()
    )
    context = {
        "invitation": invitation,
        "instead": task.instead,
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
