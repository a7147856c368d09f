"""A client proves who it is at the token and revocation endpoints (RFC 6749, section 2.3; RFC 6749, section 3.2.1)."""

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote_plus

from django.http import HttpRequest

from convergences.foundations.sealing import digest
from convergences.protocols.oidc import assertions, queries
from convergences.protocols.oidc.errors import InvalidClient, InvalidRequest
from convergences.protocols.oidc.models import AuthenticationMethod, Client
from convergences.protocols.oidc.services import clients

_LONGEST_SECRET = 500
Find = Callable[[str], Client | None]


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who a client says it is, the secret it shows, and how."""

    client_id: str
    secret: str
    method: str


def authenticate(request: HttpRequest, find: Find = queries.proved_client) -> Client:
    """Return the client of this request; raises `InvalidClient`, or `InvalidRequest` when it shows two proofs."""
    return prove(_credentials(request), find)


def prove(shown: Credentials, find: Find = queries.proved_client) -> Client:
    """Return the client that these credentials prove; raises `InvalidClient`. `find` reads it.

    The method must be the one registered: a confidential client never passes as a public one.
    """
    client = find(shown.client_id)
    # Compared even for an unknown client: both answers take the same work.
    digests = client.secret_digests if client is not None else [digest("nobody")]
    matched = _matching(shown.secret, digests)
    if client is None or client.token_endpoint_auth_method != shown.method:
        raise InvalidClient("The client could not be authenticated")
    if shown.method == AuthenticationMethod.PRIVATE_KEY:
        assertions.check(client, shown.secret)
    elif not client.is_public:
        if not matched:
            raise InvalidClient("The client could not be authenticated")
        clients.note_served(client, matched)
    return client


def _credentials(request: HttpRequest) -> Credentials:
    header = request.META.get("HTTP_AUTHORIZATION", "")
    in_form = request.POST.get("client_secret", "")
    client_id = request.POST.get("client_id", "")
    if "client_assertion" in request.POST or "client_assertion_type" in request.POST:
        if header or in_form:
            raise InvalidRequest("Use one client authentication method")
        return _assertion(request.POST.get("client_assertion", ""), request)
    if not header:
        return Credentials(client_id, in_form, AuthenticationMethod.POST if in_form else AuthenticationMethod.NONE)
    if in_form:
        raise InvalidRequest("Use one client authentication method")
    basic = in_header(header)
    if client_id and client_id != basic.client_id:
        raise InvalidRequest("client_id differs from the authenticated client")
    return basic


def _assertion(assertion: str, request: HttpRequest) -> Credentials:
    """Return the credentials of RFC 7521, section 4.2; a `client_id` beside must say the same."""
    if request.POST.get("client_assertion_type", "") != assertions.TYPE:
        raise InvalidRequest("client_assertion_type is not supported")
    claimed = assertions.claimed_client_id(assertion)
    if request.POST.get("client_id", claimed) != claimed:
        raise InvalidRequest("client_id differs from the authenticated client")
    return Credentials(claimed, assertion, AuthenticationMethod.PRIVATE_KEY)


def in_header(header: str) -> Credentials:
    """Return the credentials of an `Authorization: Basic` header; raises `InvalidClient` when it is no such thing."""
    scheme, _, encoded = header.partition(" ")
    try:
        pair = base64.b64decode(encoded.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
    except ValueError:  # neither base64 nor UTF-8, or not even ASCII
        pair = ""
    client_id, colon, secret = pair.partition(":")
    if not colon:
        raise InvalidClient("The Authorization header is malformed")
    # Both halves are form-encoded before the base64 (RFC 6749, section 2.3.1).
    return Credentials(unquote_plus(client_id), unquote_plus(secret), AuthenticationMethod.BASIC)


def _matching(secret: str, digests: list[str]) -> str:
    """Return the digest of the secret shown, if it is one of these; each is compared, for the time."""
    if not secret or len(secret) > _LONGEST_SECRET:
        return ""
    shown = digest(secret)
    return "".join([known for known in digests if hmac.compare_digest(shown, known)])
