"""A relying party of the tests: it asks, exchanges and refreshes as a client would; a test alters each parameter."""

import base64
import hashlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import HttpResponse
from django.test import Client as Browser

from convergences.audit.services import SYSTEM
from convergences.catalog.models import Application
from convergences.directory.models import Membership
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from convergences.protocols.oidc.models import Client
from convergences.protocols.oidc.services import clients
from tests.cast import LONG_AGO

VERIFIER = "a-code-verifier-of-the-tests-which-is-long-enough"
SECRET = "a secret of the tests, of more than 24 signs"
CALLBACK = "https://bip.example/callback"
AFTER_LOGOUT = "https://bip.example/bye"
ISSUER = "http://testserver"


def challenge_of(verifier: str) -> str:
    """Return the S256 challenge of a verifier (RFC 7636, section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def answered(response: HttpResponse) -> dict[str, str]:
    """Return the parameters that the client receives in its redirection."""
    assert response.status_code in {302, 303}, response.content.decode()[:2000]
    return {name: values[0] for name, values in parse_qs(urlsplit(response["Location"]).query).items()}


def entitle(member: Membership, application: Application, *roles: str) -> Entitlement:
    """Write a right, straight into the table."""
    return Entitlement.objects.create(
        membership=member,
        organization=member.organization,
        application=application,
        roles=list(roles or ("reader",)),
        starts_on=LONG_AGO,
        granted_at=clock.now(),
        granted_by="Nadia Ferhat",
    )


def define(application: Application, **changes: Any) -> Client:
    """Define the client of an application."""
    metadata = {
        "client_id": application.slug,
        "client_secret": SECRET,
        "redirect_uris": [CALLBACK],
        "post_logout_redirect_uris": [AFTER_LOGOUT],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email offline_access",
        **changes,
    }
    return clients.define(application, metadata, actor=SYSTEM).client


@dataclass
class Relying:
    """One client of one application."""

    client: Client
    secret: str = SECRET
    redirect_uri: str = CALLBACK
    machine: Browser = field(default_factory=Browser)

    def request(self, **changes: str | list[str] | None) -> dict[str, Any]:
        """Return the parameters of an honest authorization request, altered; None removes one."""
        honest: dict[str, Any] = {
            "response_type": "code",
            "client_id": self.client.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": "openid profile email",
            "state": "a state",
            "nonce": "a nonce",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }
        altered = {**honest, **changes}
        return {name: value for name, value in altered.items() if value is not None}

    def authorize(self, browser: Browser, **changes: str | list[str] | None) -> HttpResponse:
        """Bring a browser to the authorization endpoint."""
        response: HttpResponse = browser.get("/oauth/authorize", self.request(**changes))
        return response

    def code(self, browser: Browser, **changes: str | list[str] | None) -> str:
        """Return the code that the browser is sent back with."""
        return answered(self.authorize(browser, **changes))["code"]

    def basic(self, secret: str = "") -> str:
        """Return the header of client_secret_basic."""
        pair = f"{self.client.client_id}:{(secret or self.secret).replace(' ', '+').replace(',', '%2C')}"
        return "Basic " + base64.b64encode(pair.encode()).decode()

    def token(self, **form: Any) -> HttpResponse:
        """Post a form to the token endpoint, as this client; None removes a field."""
        fields = {name: value for name, value in form.items() if value is not None}
        headers = {} if self.client.is_public else {"Authorization": self.basic()}
        if self.client.is_public:
            fields.setdefault("client_id", self.client.client_id)
        response: HttpResponse = self.machine.post(
            "/oauth/token", encoded(fields), content_type="application/x-www-form-urlencoded", headers=headers
        )
        return response

    def exchange(self, code: str, **changes: Any) -> HttpResponse:
        """Exchange a code, altered as told."""
        honest = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": VERIFIER,
        }
        return self.token(**{**honest, **changes})

    def tokens(self, browser: Browser, **changes: str | list[str] | None) -> dict[str, Any]:
        """Return what a whole sign-in gives."""
        response = self.exchange(self.code(browser, **changes))
        assert response.status_code == 200, response.content
        given: dict[str, Any] = response.json()  # type: ignore[attr-defined]
        return given

    def refresh(self, token: str, **changes: Any) -> HttpResponse:
        """Renew tokens."""
        return self.token(grant_type="refresh_token", refresh_token=token, **changes)

    def userinfo(self, token: str) -> HttpResponse:
        """Ask who came."""
        response: HttpResponse = self.machine.get("/oauth/userinfo", headers={"Authorization": f"Bearer {token}"})
        return response


def encoded(fields: dict[str, Any]) -> str:
    """Return a form as a body."""
    from urllib.parse import urlencode

    return urlencode(fields, doseq=True)
