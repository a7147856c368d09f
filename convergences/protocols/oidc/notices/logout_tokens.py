"""Logout tokens (OpenID Connect Back-Channel Logout 1.0, section 2.4)."""

import uuid

from django.conf import settings

from convergences.admission.models import Visit
from convergences.foundations import clock
from convergences.protocols.oidc import jose, subjects
from convergences.protocols.oidc.models import Client

EVENT = "http://schemas.openid.net/event/backchannel-logout"
LIFETIME = 120


def sign(client: Client, visit: Visit) -> str:
    """Return the token that tells a client whose session is over. It never holds a nonce: it is no ID token.

    Each try has its own `jti`: a client that heard the first and lost its answer would refuse it as replayed.
    """
    now = int(clock.now().timestamp())
    claims = {
        "iss": settings.BASE_URL,
        "aud": client.client_id,
        "iat": now,
        "exp": now + LIFETIME,
        "jti": str(uuid.uuid4()),
        "sub": subjects.of(client, visit.membership.agent),
        "sid": str(visit.session.uid),
        "events": {EVENT: {}},
    }
    return jose.sign(client.id_token_signed_response_alg, claims, typ="logout+jwt")
