"""The one page that shows a secret in clear.

It answers the very POST that made the secret, so that the secret is never written anywhere to be shown later: neither
in a cookie, nor in a session, nor in an address. Loading the page again sends the POST again, which makes nothing:
`views.secrets` and `views.create` see that it has already been done. The page leaves neither cache nor copy behind it:
`no-store`, nothing of htmx (which keeps pages in the browser's storage), and a script that blanks it when one leaves.
"""

from django.http import HttpResponse

from convergences.catalog.models import Application
from convergences.pages.administration.showing import page
from convergences.web.panels.facts import Issued
from convergences.web.panels.panel import panel_of
from convergences.web.requests import EngineerRequest


def show_issued(request: EngineerRequest, application: Application, issued: tuple[Issued, ...]) -> HttpResponse:
    """Answer with the secrets that were just made, and what to do with them."""
    panel = panel_of(application.protocol)
    context = {
        "application": application,
        "issued": issued,
        "others": max(0, len(panel.secrets(application)) - len(issued)) if panel else 0,
        "facts": panel.facts(application) if panel else (),
    }
    response = page(request, "administration/issued.html", context)
    response["Cache-Control"] = "no-store, private"
    return response
