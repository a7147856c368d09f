"""An application that registers itself: what it sends is honest, and a test alters it."""

import datetime as dt
import json
from typing import Any

from django.http import HttpResponse
from django.test import Client as Browser
from joserfc.jwk import ECKey

from convergences.audit.services import SYSTEM, Actor
from convergences.catalog.models import Application
from convergences.protocols.oidc.services import registration
from tests.oidc.relying import CALLBACK
from tests.oidc.signing import public

ADDRESS = "/oauth/register"
KEYS: dict[str, Any] = {"keys": [public(ECKey.generate_key("P-256"))]}
HONEST: dict[str, Any] = {
    "redirect_uris": [CALLBACK],
    "grant_types": ["authorization_code", "refresh_token"],
    "scope": "openid profile email",
}
# What client libraries send besides, and that means nothing here.
CHATTER: dict[str, Any] = {
    "application_type": "web",
    "client_name": "BIP <b>de rêve</b>",
    "client_name#en": "BIP",
    "client_uri": "https://bip.example/",
    "contacts": ["equipe@bip.example"],
    "logo_uri": "https://bip.example/logo.png",
    "policy_uri": "https://bip.example/policy",
    "tos_uri": "https://bip.example/tos",
    "software_id": "4NRB1-0XZABZI9E6-5SM3R",
    "software_version": "2.1",
    "require_auth_time": True,
    "default_acr_values": ["eidas1"],
    "initiate_login_uri": "https://bip.example/login",
    "x_of_our_own": {"any": [1, 2.5, None]},
}


def allowed(application: Application, *, days: float = 1, actor: Actor = SYSTEM) -> str:
    """Have an engineer allow an application to register."""
    Application.objects.filter(pk=application.pk).update(protocol="oidc")
    application.refresh_from_db()
    return registration.allow(application, lifetime=dt.timedelta(days=days), actor=actor)


def post(token: str, body: Any, **altered: Any) -> HttpResponse:
    """Send a description with an initial token; bytes go as they are."""
    return send("post", ADDRESS, token, body, **altered)


def put(token: str, address: str, body: Any) -> HttpResponse:
    """Send a new description with the client's own token."""
    return send("put", address, token, body)


def send(method: str, address: str, token: str, body: Any = b"", **altered: Any) -> HttpResponse:
    """Make any request of registration."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    options = {"data": sent, "content_type": "application/json", "headers": headers, **altered}
    response: HttpResponse = getattr(Browser(), method)(address.removeprefix("http://testserver"), **options)
    return response


def told(response: HttpResponse, status: int) -> dict[str, Any]:
    """Return the JSON of an answer of this status."""
    assert response.status_code == status, response.content.decode()[:1000]
    assert response["Cache-Control"] == "no-store"
    found: dict[str, Any] = json.loads(response.content)
    return found


def registered(application: Application, **changes: Any) -> dict[str, Any]:
    """Return what an application is answered once it is registered."""
    return told(post(allowed(application), {**HONEST, **changes}), 201)
