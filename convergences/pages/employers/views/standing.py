"""Closing an employer, after a page that says what happens to its agents; opening it again."""

from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from convergences.admission import queries as admission
from convergences.directory import employers as directory
from convergences.directory.models import Organization
from convergences.directory.queries import member_counts
from convergences.entitlements import queries as entitlements
from convergences.foundations.errors import Refusal
from convergences.lifecycle import losses
from convergences.lifecycle.services import employers as lifecycle
from convergences.pages.employers.forms import ClosingForm
from convergences.pages.employers.guarded import for_employer
from convergences.pages.employers.showing import UNPROCESSABLE, page, told
from convergences.web.actor import actor_of
from convergences.web.requests import CorrespondentRequest


@for_employer
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: CorrespondentRequest, organization: Organization) -> HttpResponse:
    """Say what closing does, then close once the name has been typed."""
    form = ClosingForm(request.POST if request.method == "POST" else None, employer=organization)
    if request.method == "POST" and form.is_valid():
        try:
            lifecycle.close(organization, reason=form.cleaned_data["reason"].strip(), actor=actor_of(request))
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            said = f"{organization.name} est fermée. Les visites en cours se terminent en quelques secondes."
            return told(request, organization, said)
    context = {"employer": organization, "form": form, **_consequences(organization)}
    return page(request, "employers/close.html", context, status=UNPROCESSABLE if form.errors else 200)


@for_employer
@require_POST
def reopen(request: CorrespondentRequest, organization: Organization) -> HttpResponse:
    """Open the employer again: its agents and référents find what they had."""
    try:
        lifecycle.reopen(organization, actor=actor_of(request))
    except Refusal as refusal:
        return told(request, organization, refusal.sentence, good=False)
    return told(request, organization, f"{organization.name} est rouverte.")


def _consequences(organization: Organization) -> dict[str, Any]:
    return {
        "counts": member_counts(organization),
        "elsewhere": directory.also_elsewhere(organization),
        "referents": directory.referents_of_each([organization.pk])[organization.pk],
        "attached": directory.attached_to(organization),
        "rights": entitlements.current_rights().filter(organization=organization).count(),
        "told": len(losses.told_by_closing(organization)),
        "visits": admission.open_visits_for(organization),
    }
