"""What an employer may open, application by application: changed after a page that says who gains and loses access."""

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods

from convergences.catalog import queries as catalog
from convergences.catalog.models import Application
from convergences.catalog.offers import Offer
from convergences.directory.models import Organization
from convergences.entitlements.effects import Effect, effect
from convergences.foundations.errors import Refusal
from convergences.foundations.sealing import digest
from convergences.lifecycle.losses import reachable
from convergences.lifecycle.services.offering import offer
from convergences.pages.employers.guarded import for_employer
from convergences.pages.employers.offer_form import OfferForm
from convergences.pages.employers.showing import UNPROCESSABLE, page, told
from convergences.web.actor import actor_of
from convergences.web.forms.edit_conflicts import mark, stands
from convergences.web.requests import CorrespondentRequest


@for_employer
@require_http_methods(["GET", "HEAD", "POST"])
def modify(request: CorrespondentRequest, organization: Organization, slug: str) -> HttpResponse:
    """Show what the employer is offered of an application, or change it; whose access changes is confirmed first."""
    application = next((each for each in catalog.applications() if each.slug == slug), None)
    if application is None:
        raise Http404
    form = OfferForm(request.POST if request.method == "POST" else None, kept=_kept(organization, application))
    found: Effect | None = None
    if request.method == "POST" and stands(request, form):
        found = effect(organization, application, _after(organization, application, form))
        if not found or request.POST.get("confirm") == _mark(found):
            saved = _saved(request, organization, application, form)
            if saved is not None:
                return saved
            found = None
    context = {
        "employer": organization,
        "application": application,
        "covered": catalog.offers(organization, [application])[application.pk].covered,
        "form": form,
        "seen": mark(form),
        "effect": found,
        "told": reachable([member.pk for member in found.losing]).count() if found and found.losing else 0,
        "confirm": _mark(found) if found else "",
    }
    return page(request, "employers/offer.html", context, status=UNPROCESSABLE if form.errors else 200)


def _kept(organization: Organization, application: Application) -> dict[str, object]:
    contract = catalog.subscription(application.pk, organization.pk)
    wave = catalog.opening(application.pk, organization.pk)
    terms = {name: getattr(contract, name, None) for name in ("starts_on", "ends_on", "seats")}
    return {"contract": contract is not None, **terms, "opens_on": wave.opens_on if wave else None}


def _after(organization: Organization, application: Application, form: OfferForm) -> Offer:
    present = catalog.offers(organization, [application])[application.pk]
    opens_on = form.cleaned_data["opens_on"] or application.opens_on
    return replace(present, contract=form.contract(), opens_on=opens_on)


def _saved(
    request: CorrespondentRequest, organization: Organization, application: Application, form: OfferForm
) -> HttpResponse | None:
    try:
        offer(organization, application, form.contract(), form.cleaned_data["opens_on"], actor=actor_of(request))
    except Refusal as refusal:
        form.add_refusal(refusal)
        return None
    return told(request, organization, f"{application.name} : ce qui est proposé est enregistré.")


def _mark(found: Effect) -> str:
    """Return a mark of whose access changes: another one once somebody was given a right meanwhile."""
    keys = [[member.pk for member in group] for group in (found.losing, found.gaining)]
    return digest(repr(keys))[:16]
