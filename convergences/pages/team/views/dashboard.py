"""The dashboard: what waits for the référent, and what happened last."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from convergences.audit import queries as audit
from convergences.directory import queries as directory
from convergences.entitlements import queries as entitlements
from convergences.pages.team.entries import entries_of
from convergences.pages.team.short import days_left, short_day
from convergences.pages.team.showing import page
from convergences.web.guards import for_referent
from convergences.web.requests import EmployerRequest

SHOWN = 5


@for_referent
@require_safe
def dashboard(request: EmployerRequest) -> HttpResponse:
    """Show real figures, each leading to its list, the rights that expire and the last acts."""
    organization = request.organization
    expiring = entitlements.expiring(organization)
    soon = [right for right in expiring[:SHOWN] if right.ends_on]
    events = audit.journal(organization_id=organization.pk)[:SHOWN]
    context = {
        "counts": directory.member_counts(organization),
        "expiring": [(right, f"{short_day(right.ends_on)} ({days_left(right.ends_on)})") for right in soon],
        "expiring_total": expiring.count(),
        "entries": entries_of(events, request.agent),
    }
    return page(request, "team/dashboard.html", context, active="tableau")
