"""An establishment attached to the employer on which it depends: a CCAS to its commune."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from convergences.directory.models import Organization
from convergences.directory.services import organizations
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french
from convergences.pages.employers.forms import OtherForm
from convergences.pages.employers.guarded import for_employer
from convergences.pages.employers.showing import UNPROCESSABLE, page, told
from convergences.web.actor import actor_of
from convergences.web.requests import CorrespondentRequest


@for_employer
@require_http_methods(["GET", "HEAD", "POST"])
def attach(request: CorrespondentRequest, organization: Organization) -> HttpResponse:
    """Ask which establishment depends on this employer, and attach it; one that hangs elsewhere is confirmed first."""
    form = OtherForm(request.POST if request.method == "POST" else None, label="Établissement à rattacher")
    moving: Organization | None = None
    if request.method == "POST" and form.is_valid():
        establishment: Organization = form.cleaned_data["avec"]
        former = establishment.parent
        if former in (None, organization) or request.POST.get("confirm") == establishment.siret:
            try:
                organizations.attach(establishment, organization, actor=actor_of(request))
            except Refusal as refusal:
                form.add_error("avec", french(refusal.sentence))
            else:
                return told(request, organization, f"{establishment.name} est rattaché ici.")
        else:
            moving = establishment
    context = {"employer": organization, "form": form, "moving": moving}
    return page(request, "employers/attach.html", context, status=UNPROCESSABLE if form.errors else 200)
