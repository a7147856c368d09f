"""The sheet of an employer: who it is, who represents it, what it may open, what happened. And its whole journal."""

import datetime as dt
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from convergences.audit import queries as audit
from convergences.audit.queries import JournalFilters
from convergences.campaigns import employers as campaigns
from convergences.campaigns import mandates
from convergences.catalog import queries as catalog
from convergences.catalog.models import Application
from convergences.catalog.offers import Offer
from convergences.directory import employers as directory
from convergences.directory import staff
from convergences.directory.models import Organization
from convergences.directory.queries import MAX_QUERY, member_counts, state_of
from convergences.entitlements import queries as entitlements
from convergences.foundations import clock
from convergences.pages.employers.forms import AddressForm
from convergences.pages.employers.guarded import for_employer
from convergences.pages.employers.lines import chip_of
from convergences.pages.employers.showing import page
from convergences.web.requests import CorrespondentRequest
from convergences.web.wording.journal_entries import entries_of

SHOWN, BY_PAGE = 8, 25


@dataclass(frozen=True, slots=True)
class Service:
    """An application, and how the employer is offered it: how many of its agents hold a right, and what limits it."""

    application: Application
    offer: Offer
    agents: int

    @property
    def seats(self) -> int | None:
        """For how many agents the contract is; None where nothing limits it."""
        return self.offer.seat_limit(clock.today())

    @property
    def is_by_contract(self) -> bool:
        """Whether a contract gives it, rather than the employer's link with the centre."""
        return not self.offer.covered

    @property
    def is_offered(self) -> bool:
        """Whether the employer may use it today."""
        return self.offer.is_subscribed(clock.today())

    @property
    def begins_on(self) -> dt.date | None:
        """The first day of a contract to come, or None."""
        contract = self.offer.contract
        return contract.starts_on if contract and contract.starts_on > clock.today() else None

    @property
    def opens_later(self) -> bool:
        """Whether it is not open yet for this employer."""
        return self.offer.opens_on is not None and self.offer.opens_on > clock.today()


@for_employer
@require_safe
def employer(request: CorrespondentRequest, organization: Organization) -> HttpResponse:
    """Show the sheet, in a constant number of queries."""
    referents = directory.referents_of_each([organization.pk])[organization.pk]
    days = mandates.days_to_confirm(organization.pk)
    events = audit.journal(organization_id=organization.pk)[:SHOWN]
    context = {
        "employer": organization,
        "countdown": mandates.countdown(days),
        "contact": staff.contact_of(organization),
        "address": AddressForm(employer=organization),
        "attached": directory.attached_to(organization),
        "referents": [
            (each, state_of(each), each.referent_since or each.created_at, days.get(each.pk)) for each in referents
        ],
        "counts": member_counts(organization),
        "services": _services(organization),
        "answers": [(each, chip_of(each, each.campaign)) for each in campaigns.history(organization.pk)],
        "entries": entries_of(events, request.agent),
    }
    return page(request, "employers/employer.html", context)


@for_employer
@require_safe
def journal(request: CorrespondentRequest, organization: Organization) -> HttpResponse:
    """Show all that happened for the employer, newest first."""
    q = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:MAX_QUERY]
    events = audit.journal(organization_id=organization.pk, filters=JournalFilters(q=q))
    shown = Paginator(events, BY_PAGE).get_page(request.GET.get("page"))
    context = {
        "employer": organization,
        "q": q,
        "entries": entries_of(shown.object_list, request.agent),
        "page_obj": shown,
    }
    return page(request, "employers/journal.html", context)


def _services(organization: Organization) -> list[Service]:
    shown = catalog.applications()
    offers, today = catalog.offers(organization, shown), clock.today()
    rights = entitlements.current_rights().filter(organization=organization).order_by()
    agents = dict(rights.values_list("application").annotate(Count("pk")))
    found = [Service(each, offers[each.pk], agents.get(each.pk, 0)) for each in shown]
    return sorted(found, key=lambda service: not service.offer.is_subscribed(today))
