"""The dashboard: what waits for the référent, and what happened last."""

import datetime as dt

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from convergences.audit import queries as audit
from convergences.campaigns import mandates
from convergences.directory import queries as directory
from convergences.directory import staff
from convergences.entitlements import queries as entitlements
from convergences.pages.team.showing import page
from convergences.web.entrance.guards import for_referent
from convergences.web.requests import EmployerRequest
from convergences.web.wording.dates import days_left, short_day
from convergences.web.wording.journal_entries import entries_of

SHOWN = 5


@for_referent
@require_safe
def dashboard(request: EmployerRequest) -> HttpResponse:
    """Show real figures, each leading to its list, the rights that expire and the last acts."""
    organization = request.organization
    expiring = entitlements.expiring(organization)
    events = audit.journal(organization_id=organization.pk)[:SHOWN]
    context = {
        "counts": directory.member_counts(organization),
        "expiring": [(right, _end(right.ends_on)) for right in expiring[:SHOWN]],
        "expiring_total": expiring.count(),
        "entries": entries_of(events, request.agent),
        "countdown": mandates.countdown(mandates.days_to_confirm(organization.pk)),
        "contact": staff.contact_of(organization),
    }
    return page(request, "team/dashboard.html", context, active="tableau")


def _end(last: dt.date | None) -> str:
    return f"{short_day(last)} ({days_left(last)})" if last else ""
