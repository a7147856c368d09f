"""`/oauth/par`: a client leaves its authorization request here before it sends the browser (RFC 9126)."""

from django.http import HttpRequest, HttpResponse

from convergences.protocols.oidc import client_authentication, dpop, lifetimes, queries
from convergences.protocols.oidc.checks import table
from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.endpoints.machine import answer, form_endpoint
from convergences.protocols.oidc.errors import InvalidDpopProof
from convergences.protocols.oidc.services import pushed

CREATED = 201


@form_endpoint
def par(request: HttpRequest) -> HttpResponse:
    """Authenticate the client, check its request as the authorization endpoint would, and keep it (section 2)."""
    client = client_authentication.authenticate(request, queries.client)
    parameters = {
        name: tuple(map(str, values)) for name, values in request.POST.lists() if name not in pushed.CREDENTIALS
    }
    # The client is the one that proved itself, whether it said its name again or not.
    asked = Asked({**parameters, "client_id": (client.client_id,)}, size=0)
    table.run(asked, table.Endpoint.PUSH)
    key = _bind(request, asked)
    content = {"request_uri": pushed.keep(asked), "expires_in": int(lifetimes.PUSHED_REQUEST.total_seconds())}
    response = answer(content, status=CREATED)
    if key:
        response[dpop.NONCE_HEADER] = dpop.nonce()
    return response


def _bind(request: HttpRequest, asked: Asked) -> str:
    """Bind the code to come to the key that is proved here, as `dpop_jkt` would (RFC 9449, section 10.1)."""
    key = dpop.proved_key(request)
    if key and asked.one("dpop_jkt") not in {"", key}:
        raise InvalidDpopProof("The DPoP proof is not of the key named")
    if key:
        asked.parameters = {**asked.parameters, "dpop_jkt": (key,)}
    return key
