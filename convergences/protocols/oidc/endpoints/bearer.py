"""A token shown in a header, and the challenge that answers when it does not do (RFC 6750, sections 2.1 and 3)."""

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from convergences.protocols.oidc import dpop, jose
from convergences.protocols.oidc.endpoints.machine import answer
from convergences.protocols.oidc.errors import InvalidDpopProof, InvalidToken, MissingToken, OidcRefusal, UseDpopNonce

TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]{1,512}=*")


def shown(request: HttpRequest) -> str:
    """Return the token of the header, where alone it counts; raises `MissingToken`, `InvalidToken`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise MissingToken
    if not TOKEN.fullmatch(token.strip()):
        raise InvalidToken("The token is invalid")
    return token.strip()


def challenge(error: OidcRefusal) -> HttpResponse:
    """Answer a refusal of the token, or of its proof (RFC 9449, 7.1); nothing but the scheme when none was shown."""
    parts = [f'realm="{settings.BASE_URL}"']
    if error.code:
        parts += [f'error="{error.code}"', f'error_description="{error.description}"']
    body = {"error": error.code, "error_description": error.description} if error.code else {}
    of_proof = isinstance(error, UseDpopNonce | InvalidDpopProof)
    response = answer(body, status=401 if of_proof else error.status)
    if of_proof:
        parts.append(f'algs="{" ".join(jose.THEIRS)}"')
    if isinstance(error, UseDpopNonce):
        response[dpop.NONCE_HEADER] = dpop.nonce()
    response["WWW-Authenticate"] = f"{'DPoP' if of_proof else 'Bearer'} {', '.join(parts)}"
    return response
