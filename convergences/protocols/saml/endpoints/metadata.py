"""`/saml/metadata`: what we publish of ourselves."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from convergences.protocols.saml import metadata_out
from convergences.web.entrance.guards import open_to_strangers, writes_on_get

KIND = "application/samlmetadata+xml"


@open_to_strangers
@writes_on_get("the first key is made where there is none")
@require_safe
def metadata(_request: HttpRequest) -> HttpResponse:
    """Answer our metadata, signed."""
    response = HttpResponse(metadata_out.build(), content_type=KIND)
    response["Cache-Control"] = "public, max-age=3600"
    response["Content-Disposition"] = 'inline; filename="convergences-idp-metadata.xml"'
    return response
