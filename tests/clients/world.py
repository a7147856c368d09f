"""A portal with its worker, and the clients of others around it, each at its address.

The portal is 127.0.0.1 and the clients are localhost: to a browser, two sites whose cookies do not mix.
"""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from tests.cast import PASSWORD
from tests.oidc import live
from tests.oidc.live import Portal
from tests.oidc.surfing import Surfer

CLAIRE = "claire.nguyen@pantin.example"
SOON = 15.0


@dataclass(frozen=True)
class World(Portal):
    """Where everybody answers, and the private key of the application that signs."""

    apache: str
    node: str
    authlib: str
    key: ECKey

    def remove_right(self, application: str) -> None:
        """Remove Claire's right to an application, as a référent does."""
        self._close(application, "'2026-01-01'")

    def give_right(self, application: str) -> None:
        """Give it back."""
        self._close(application, "NULL")

    def _close(self, application: str, when: str) -> None:
        of_it = f"(SELECT id FROM catalog_application WHERE slug = '{application}')"
        self.change(f"UPDATE entitlements_entitlement SET closed_at = {when} WHERE application_id = {of_it}")

    def sign_out_everywhere(self) -> None:
        """End every session at the portal, as Claire would from another device."""
        self.change("UPDATE authentication_session SET ended_at = '2026-01-01' WHERE ended_at IS NULL")


@contextlib.contextmanager
def open_world(folder: Path) -> Iterator[World]:
    """Start the portal and its worker."""
    apache, node, authlib = (f"http://localhost:{live.free_port()}" for _ in range(3))
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    described = json.dumps({**of_apache(apache), **of_node(node, key), **of_authlib(authlib)})
    with live.portal(folder, ["tests.clients.staging", described], worker=True) as portal:
        yield World(portal.portal, portal.database, apache, node, authlib, key)


def of_apache(address: str) -> dict[str, Any]:
    """Return what is registered for mod_auth_openidc."""
    return {
        "intranet": {
            "redirect_uris": [f"{address}/oidc/retour"],
            "post_logout_redirect_uris": [f"{address}/au-revoir"],
            "backchannel_logout_uri": f"{address}/oidc/retour?logout=backchannel",
        }
    }


def of_node(address: str, key: ECKey) -> dict[str, Any]:
    """Return what is registered for openid-client: an application for each way of speaking, and each signature."""
    public = key.as_dict(private=False)
    signed = {"token_endpoint_auth_method": "private_key_jwt", "client_secret": None, "jwks": {"keys": [public]}}
    ways: dict[str, dict[str, Any]] = {
        "simple": {},
        "pushed": {"require_pushed_authorization_requests": True, "id_token_signed_response_alg": "RS256"},
        "bound": {"dpop_bound_access_tokens": True},
        "signed": {**signed, "id_token_signed_response_alg": "EdDSA"},
        "posted": {},
    }
    return {name: {**_addresses(f"{address}/{name}"), **metadata} for name, metadata in ways.items()}


def of_authlib(address: str) -> dict[str, Any]:
    """Return what is registered for Authlib."""
    return {"authlib": _addresses(address)}


def _addresses(base: str) -> dict[str, Any]:
    return {
        "redirect_uris": [f"{base}/retour"],
        "post_logout_redirect_uris": [f"{base}/au-revoir"],
        "backchannel_logout_uri": f"{base}/deconnexion-par-le-portail",
    }


def sign_in(surfer: Surfer) -> None:
    """Sign Claire in, on the portal's page that a client has sent her to."""
    surfer.send({"identifier": CLAIRE, "password": PASSWORD}, button="Se connecter")


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for what must come soon."""
    started = time.monotonic()
    while not true():
        assert time.monotonic() - started < SOON, f"not after {SOON} s"
        time.sleep(0.1)
