"""The journal of the organization: filters, pages, one agent's history, and its file."""

import uuid

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from convergences.audit import queries as audit
from convergences.audit.export import csv_lines
from convergences.audit.models import AuditEvent
from convergences.audit.queries import JournalFilters
from convergences.catalog import queries as catalog
from convergences.directory import queries as directory
from convergences.directory.errors import UnknownMember
from convergences.directory.models import Membership
from convergences.foundations import clock
from convergences.pages.team.filters import ACTIONS, JournalForm
from convergences.pages.team.showing import errors_of, page
from convergences.web.entrance.guards import for_referent
from convergences.web.requests import EmployerRequest
from convergences.web.wording.journal_entries import details_of, entries_of

BY_PAGE = 25


@for_referent
@require_safe
def journal(request: EmployerRequest) -> HttpResponse:
    """Show the organization's journal, newest first."""
    form, subject = JournalForm(request.GET), _subject(request)
    form.is_valid()
    shown = Paginator(_events(request, form, subject), BY_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "error_list": errors_of(form),
        "subject": subject,
        "entries": entries_of(shown.object_list, request.agent),
        "page_obj": shown,
        "query": _kept(request.GET),
    }
    return page(request, "team/journal.html", context, active="journal")


@for_referent
@require_safe
def journal_export(request: EmployerRequest) -> HttpResponseBase:
    """Stream the same lines as a file for spreadsheets; filters that are wrong are shown on the journal's page."""
    form, organization = JournalForm(request.GET), request.organization
    if not form.is_valid():
        return HttpResponseRedirect(f"{reverse('team:journal', args=[organization.key])}?{_kept(request.GET)}")
    events = _events(request, form, _subject(request))
    names = {application.slug: application.name for application in catalog.every_application()}
    lines = csv_lines(events, spell=lambda event: details_of(event, names))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"journal-{organization.key}-{clock.today().isoformat()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _subject(request: EmployerRequest) -> Membership | None:
    try:
        return directory.member(request.organization, uuid.UUID(request.GET.get("agent", "")))
    except (UnknownMember, ValueError):
        return None


def _events(request: EmployerRequest, form: JournalForm, subject: Membership | None) -> QuerySet[AuditEvent]:
    asked = form.cleaned_data
    _, prefixes = ACTIONS.get(asked.get("action", ""), ("", ()))
    filters = JournalFilters(q=asked.get("q", ""), prefix_words=prefixes, start=asked.get("du"), end=asked.get("au"))
    return audit.journal(
        organization_id=request.organization.pk, subject_id=subject.agent_id if subject else None, filters=filters
    )


def _kept(query: QueryDict) -> str:
    kept = query.copy()
    kept.pop("page", None)
    return kept.urlencode()
