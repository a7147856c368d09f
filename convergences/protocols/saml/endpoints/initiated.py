"""`/saml/ouvrir/<slug>`: an application that waits for an answer that it did not ask for (Profiles, section 4.1.5)."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from convergences.catalog.errors import UnknownApplication
from convergences.catalog.queries import by_slug
from convergences.protocols.saml import asking, queries
from convergences.protocols.saml.asking import Asked
from convergences.protocols.saml.endpoints.sso import REQUEST
from convergences.protocols.saml.metadata_in import Described


@require_safe
def open_application(_request: HttpRequest, slug: str) -> HttpResponse:
    """Go on as if the application had asked, at its default address."""
    try:
        provider = queries.provider_of(by_slug(slug).pk)
    except UnknownApplication as error:
        raise Http404 from error
    if provider is None or not provider.idp_initiated:
        raise Http404
    consumer = asking.default_consumer(Described.of(provider.described)).location
    asked = Asked(provider.pk, "", consumer, relay_state=provider.relay_state)
    response = redirect("saml:go_on")
    response["Location"] += f"?{REQUEST}={asked.sealed()}"
    return response
