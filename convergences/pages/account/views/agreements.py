"""An agent takes back what they let an application read."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from convergences.foundations.text import french
from convergences.pages.account.showing import page
from convergences.web.actor import actor_of
from convergences.web.entrance import agreements
from convergences.web.requests import AgentRequest


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: AgentRequest, slug: str) -> HttpResponse:
    """Say what follows, then take the agreement back. An application to which nothing was agreed is not found."""
    mine = agreements.agreements(request.agent)
    agreement = next((each for each in mine if each.application.slug == slug), None)
    if agreement is None:
        raise Http404
    if request.method != "POST":
        return page(request, "account/withdraw.html", {"agreement": agreement}, active="securite")
    agreements.withdraw(request.agent, agreement.application, actor=actor_of(request))
    name = agreement.application.name
    messages.success(request, french(f"{name} ne peut plus lire vos informations. Votre accord vous sera redemandé."))
    return HttpResponseRedirect(reverse("account:security"))
