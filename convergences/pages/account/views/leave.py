"""« Déconnexion » of the directory: asked for, then back to the portal; the session lives on."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from convergences.web.requests import AgentRequest


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: AgentRequest) -> HttpResponse:
    """Ask « Voulez-vous vraiment vous déconnecter ? », then go back to the portal."""
    if request.method == "POST":
        return HttpResponseRedirect(reverse("home:portal"))
    return render(request, "account/leave.html", {"back_url": reverse("account:directory")})
