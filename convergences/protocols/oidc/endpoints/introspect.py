"""`/oauth/introspect`: a client asks whether a token is good at this instant, and for whom (RFC 7662)."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from convergences.protocols.oidc import client_authentication, introspection
from convergences.protocols.oidc.endpoints.machine import answer, form_endpoint
from convergences.protocols.oidc.errors import InvalidClient, InvalidRequest

_DEAD: dict[str, Any] = {"active": False}


@form_endpoint
def introspect(request: HttpRequest) -> HttpResponse:
    """Describe a token to the client that holds it. Whatever is wrong with one, the answer is the same (2.2)."""
    client = client_authentication.authenticate(request)
    if client.is_public:
        # Anybody may say that they are a public client: the endpoint would try tokens for whoever asks (section 4).
        raise InvalidClient("A public client may not introspect")
    presented = request.POST.get("token", "")
    if not presented:
        raise InvalidRequest("token is missing")
    return answer(introspection.describe(client, presented) or _DEAD)
