"""OpenID Connect Core, section 5.3.2: userinfo as a token that we sign, for clients that ask it so."""

import pytest
from django.test import Client as Browser
from joserfc import jwt
from joserfc.jwk import KeySet

from convergences.entitlements.models import Entitlement
from convergences.foundations import clock, keys
from tests.cast import Cast
from tests.oidc.relying import ISSUER, Relying, define, entitle

pytestmark = pytest.mark.database


def signing(cast: Cast, algorithm: str) -> Relying:
    keys.ensure()
    entitle(cast.claire, cast.bip, "reader")
    return Relying(define(cast.bip, userinfo_signed_response_alg=algorithm))


@pytest.mark.filterwarnings("ignore:EdDSA is deprecated via RFC 9864")
@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "EdDSA"])
def test_it_is_signed_for_this_client(cast: Cast, claire: Browser, algorithm: str) -> None:
    """5.3.2: "The signed UserInfo Response SHOULD contain the Claims iss … and aud"."""
    bip = signing(cast, algorithm)
    response = bip.userinfo(bip.tokens(claire)["access_token"])
    published = KeySet.import_key_set(bip.machine.get("/oauth/jwks").json())
    token = jwt.decode(response.content.decode(), published, algorithms=["ES256", "RS256", "EdDSA"])
    assert response["Content-Type"] == "application/jwt"
    assert response["Cache-Control"] == "no-store"
    assert token.header["alg"] == algorithm
    assert (token.claims["iss"], token.claims["aud"]) == (ISSUER, "bip")
    assert (token.claims["sub"], token.claims["roles"]) == (cast.claire.agent.subject, ["reader"])


def test_it_is_no_id_token(cast: Cast, claire: Browser) -> None:
    """RFC 8725, 2.8: a token of one kind must not pass for another."""
    bip = signing(cast, "ES256")
    told = bip.userinfo(bip.tokens(claire)["access_token"]).content.decode()
    back = bip.authorize(claire, id_token_hint=told, prompt="none")
    assert "error=invalid_request" in back["Location"]


def test_a_refusal_is_not_signed(cast: Cast, claire: Browser) -> None:
    """5.3.3: errors are those of RFC 6750."""
    bip = signing(cast, "ES256")
    token = bip.tokens(claire)["access_token"]
    Entitlement.objects.update(closed_at=clock.now())
    response = bip.userinfo(token)
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_token"  # type: ignore[attr-defined]
