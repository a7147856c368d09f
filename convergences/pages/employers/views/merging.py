"""A fusion: which employer stays, what happens to everybody, the name typed to confirm."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from convergences.campaigns.services import merging
from convergences.directory import merging as directory
from convergences.directory.models import Organization
from convergences.directory.names import of
from convergences.directory.services.merging import check_may_merge
from convergences.entitlements.taking_over import Fate, taken_over
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.employers.consequences import fusion
from convergences.pages.employers.forms import ClosingForm, OtherForm
from convergences.pages.employers.guarded import for_employer
from convergences.pages.employers.showing import UNPROCESSABLE, page, told
from convergences.web import downloads
from convergences.web.actor import actor_of
from convergences.web.requests import CorrespondentRequest

WHICH = "Employeur qui reste"
CHANGED = "Quelqu'un a changé un des deux employeurs depuis que vous avez lu cette page. Relisez, puis confirmez."
HEADINGS = (
    "Nom",
    "Adresse e-mail",
    "Compte",
    "Droits repris",
    "En attente d’une place",
    "Déjà donnés",
    "Droits perdus",
)
COLUMNS = (Fate.KEPT, Fate.WAITS, Fate.HELD)


@for_employer
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: CorrespondentRequest, organization: Organization) -> HttpResponse:
    """Ask which employer stays, say what merging does, then merge once the name has been typed."""
    asked = request.POST if request.method == "POST" else request.GET
    choice = OtherForm(asked if "avec" in asked else None, label=WHICH)
    remaining = _chosen(organization, choice)
    if remaining is None:
        context = {"employer": organization, "form": choice}
        return page(request, "employers/merge.html", context, status=UNPROCESSABLE if choice.errors else 200)
    if request.method == "POST":
        return _confirm(request, organization, remaining)
    return _show(request, organization, remaining, ClosingForm(employer=organization))


@for_employer
@require_safe
def people(request: CorrespondentRequest, organization: Organization) -> HttpResponseBase:
    """Send what would happen to each agent, as a spreadsheet."""
    choice = OtherForm(request.GET, label=WHICH)
    remaining = _chosen(organization, choice)
    if remaining is None:
        raise Http404
    return downloads.as_xlsx(f"fusion-{organization.key}", HEADINGS, _rows(organization, remaining))


def _chosen(absorbed: Organization, form: OtherForm) -> Organization | None:
    """Return the employer that the form names, if the two may be merged; the form says why not otherwise."""
    if not form.is_valid():
        return None
    remaining: Organization = form.cleaned_data["avec"]
    try:
        check_may_merge(absorbed, remaining)
    except Refusal as refusal:
        form.add_error("avec", french(refusal.sentence))
        return None
    return remaining


def _confirm(request: CorrespondentRequest, absorbed: Organization, remaining: Organization) -> HttpResponse:
    form = ClosingForm(request.POST, employer=absorbed)
    valid = form.is_valid()
    if request.POST.get("seen") != fusion(absorbed, remaining).mark:
        form.add_error(None, french(CHANGED))
    elif valid:
        try:
            merging.merge(absorbed, remaining, reason=form.cleaned_data["reason"].strip(), actor=actor_of(request))
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            return told(
                request, remaining, f"La fusion est faite : les agents {of(absorbed.name)} sont ici, avec leurs droits."
            )
    return _show(request, absorbed, remaining, form)


def _show(
    request: CorrespondentRequest, absorbed: Organization, remaining: Organization, form: ClosingForm
) -> HttpResponse:
    context: dict[str, Any] = {"employer": absorbed, "form": form, "fusion": fusion(absorbed, remaining)}
    return page(request, "employers/merge_review.html", context, status=UNPROCESSABLE if form.errors else 200)


def _rows(absorbed: Organization, remaining: Organization) -> Iterator[downloads.Row]:
    rights: dict[int, dict[Fate, list[str]]] = defaultdict(lambda: defaultdict(list))
    for each in taken_over(absorbed, remaining):
        rights[each.right.membership_id][each.fate].append(each.right.application.name)
    there = {each.agent_id: each for each in directory.already_there(absorbed, remaining)}
    for member in directory.people(absorbed).order_by("name_key", "pk"):
        kept, held = there.get(member.agent_id), rights[member.pk]
        account = "déjà suspendu là-bas" if kept and kept.suspended_at else "déjà là-bas" if kept else "repris"
        lost = [*held[Fate.UNSUBSCRIBED], *held[Fate.WITHDRAWN]]
        yield (member.full_name, member.email, account, *(", ".join(held[fate]) for fate in COLUMNS), ", ".join(lost))
