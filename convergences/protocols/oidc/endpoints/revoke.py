"""`/oauth/revoke`: a client gives a token back (RFC 7009)."""

from django.http import HttpRequest, HttpResponse

from convergences.protocols.oidc import client_authentication, cors
from convergences.protocols.oidc.endpoints.machine import form_endpoint
from convergences.protocols.oidc.errors import InvalidRequest
from convergences.protocols.oidc.services import revocation


@cors.for_public_clients("POST")
@form_endpoint
def revoke(request: HttpRequest) -> HttpResponse:
    """Revoke the token; the answer is the same whether it was known or not (section 2.2)."""
    client = client_authentication.authenticate(request)
    presented = request.POST.get("token", "")
    if not presented:
        raise InvalidRequest("token is missing")
    revocation.revoke(client, presented)
    return HttpResponse(status=200, headers={"Cache-Control": "no-store"})
