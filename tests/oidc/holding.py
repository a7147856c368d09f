"""A client that holds a key, and proves it at each request (RFC 9449); a test alters each part of a proof."""

import base64
import hashlib
import uuid
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.http import HttpResponse
from django.test import Client as Browser
from joserfc.jwk import ECKey, RSAKey

from convergences.foundations import clock
from convergences.protocols.oidc import dpop
from tests import keypool
from tests.oidc.relying import CALLBACK, VERIFIER, Relying, encoded
from tests.oidc.signing import TOKEN_ENDPOINT, Key, public, signed

USERINFO = "http://testserver/oauth/userinfo"
FORM = "application/x-www-form-urlencoded"


def fresh_key() -> ECKey:
    """Return a key nobody has."""
    return ECKey.generate_key("P-256")


@lru_cache
@keypool.apart()
def rsa() -> RSAKey:
    """Return an RSA key, the same each time: making one takes long."""
    return RSAKey.generate_key(2048)


@dataclass
class Holder:
    """A public client in a browser, and its key."""

    client: Relying
    key: Key = field(default_factory=fresh_key)

    def proof(self, *, head: dict[str, Any] | None = None, **changes: Any) -> str:
        """Return an honest proof for the token endpoint, altered; None removes a claim (section 4.2)."""
        now = int(clock.now().timestamp())
        honest: dict[str, Any] = {
            "jti": uuid.uuid4().hex,
            "htm": "POST",
            "htu": TOKEN_ENDPOINT,
            "iat": now,
            "nonce": dpop.nonce(),
        }
        claims = {name: value for name, value in {**honest, **changes}.items() if value is not None}
        header = {"typ": "dpop+jwt", "jwk": public(self.key), **(head or {})}
        return signed(self.key, claims, **{name: value for name, value in header.items() if value is not None})

    def token(self, proof: str | None, **form: str) -> HttpResponse:
        """Ask the token endpoint, as this client."""
        headers = {"DPoP": proof} if proof is not None else {}
        if not self.client.client.is_public:
            headers["Authorization"] = self.client.basic()
        body = encoded({"client_id": "bip", **form})
        response: HttpResponse = Browser().post("/oauth/token", body, content_type=FORM, headers=headers)
        return response

    def exchange(self, browser: Browser, proof: str | None = None) -> dict[str, Any]:
        """Sign in, and exchange the code under a proof."""
        form = {"redirect_uri": CALLBACK, "code_verifier": VERIFIER, "code": self.client.code(browser)}
        response = self.token(proof or self.proof(), grant_type="authorization_code", **form)
        assert response.status_code == 200, response.content
        given: dict[str, Any] = response.json()  # type: ignore[attr-defined]
        return given

    def refresh(self, token: str, proof: str | None) -> HttpResponse:
        """Renew, under a proof or none."""
        return self.token(proof, grant_type="refresh_token", refresh_token=token)

    def userinfo(self, token: str, **changes: Any) -> HttpResponse:
        """Ask who came, under a proof that names the token."""
        ath = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).rstrip(b"=").decode()
        proof = self.proof(**{"htm": "GET", "htu": USERINFO, "ath": ath, **changes})
        return shown(token, proof)


def shown(token: str, proof: str, scheme: str = "DPoP") -> HttpResponse:
    """Show a token and a proof to userinfo."""
    response: HttpResponse = Browser().get(
        "/oauth/userinfo", headers={"Authorization": f"{scheme} {token}", "DPoP": proof}
    )
    return response


def error(response: HttpResponse) -> str:
    """Return the code of a refusal."""
    content: dict[str, str] = response.json()  # type: ignore[attr-defined]
    return content["error"]


def public_thumbprint(key: Key) -> str:
    """RFC 7638, written again for the test."""
    content = ",".join(f'"{name}":"{value}"' for name, value in sorted(public(key).items()) if name != "kid")
    return base64.urlsafe_b64encode(hashlib.sha256(f"{{{content}}}".encode()).digest()).rstrip(b"=").decode()
