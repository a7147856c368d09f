"""`GET /oauth/userinfo` with an opaque bearer token, answered in JSON."""

import json
import re

from convergences.protocols.oidc.endpoints import bearer, userinfo
from convergences.protocols.oidc.errors import InsufficientScope, InvalidToken
from convergences.web.machines.hot import Answer, Asking

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,512}")
_VARY = (("Vary", "Origin"),)
_HEADERS = (("Content-Type", "application/json"), ("Cache-Control", "no-store"), ("Pragma", "no-cache"), *_VARY)


def answer(asking: Asking) -> Answer | None:
    """Answer the claims, or that the token is dead; a proof of possession and a signed answer are the view's."""
    scheme, _, token = asking.header("HTTP_AUTHORIZATION").partition(" ")
    if scheme.lower() != "bearer" or not _TOKEN.fullmatch(token):
        return None
    try:
        client, told = userinfo.claims_for(userinfo.Shown(token, with_proof=False), "")
    except (InvalidToken, InsufficientScope) as error:
        refused = Answer.of(bearer.challenge(error))
        return refused._replace(headers=(*refused.headers, *_VARY))
    if client.userinfo_signed_response_alg:
        return None
    return Answer(200, _HEADERS, json.dumps(told).encode())
