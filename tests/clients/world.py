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

from joserfc.jwk import ECKey, RSAKey

from tests.cast import PASSWORD
from tests.oidc import live
from tests.oidc.live import Portal
from tests.oidc.surfing import Surfer

CLAIRE = "claire.nguyen@pantin.example"
SOON = 30.0
# Apache is three sites: by the documentation, by what the engineer's pages paste, and by these with a key.
APACHES = ("intranet", "pasted", "certified")


@dataclass(frozen=True)
class Keys:
    """The private keys of the applications that sign."""

    of_node: ECKey
    of_apache: RSAKey

    @classmethod
    def new(cls) -> "Keys":
        """Draw them."""
        return cls(
            ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True),
            RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True),
        )


@dataclass(frozen=True)
class World(Portal):
    """Where everybody answers."""

    apache: dict[str, str]
    node: str
    authlib: str
    keys: Keys

    def add(self, described: dict[str, dict[str, Any]]) -> None:
        """Add applications that Claire may open: by name, the protocol and the fields of its registration."""
        live.run_beside(self, "tests.clients.registering", json.dumps(described))

    def remove_right(self, application: str) -> None:
        """Remove Claire's right to an application, as a référent does."""
        of_it = f"(SELECT id FROM catalog_application WHERE slug = '{application}')"
        self.change(f"UPDATE entitlements_entitlement SET closed_at = '2026-01-01' WHERE application_id = {of_it}")

    def give_rights(self) -> None:
        """Give back every right that was removed."""
        self.change("UPDATE entitlements_entitlement SET closed_at = NULL")

    def sign_out_everywhere(self) -> None:
        """End every session at the portal, as Claire would from another device."""
        self.change("UPDATE authentication_session SET ended_at = '2026-01-01' WHERE ended_at IS NULL")


@contextlib.contextmanager
def open_world(folder: Path) -> Iterator[World]:
    """Start the portal and its worker."""
    apache = {name: f"http://localhost:{live.free_port()}" for name in APACHES}
    node, authlib = (f"http://localhost:{live.free_port()}" for _ in range(2))
    keys = Keys.new()
    described = {**_of_apache(apache, keys), **_of_node(node, keys), "authlib": _addresses(authlib)}
    with live.portal(folder, ["tests.clients.staging", json.dumps(described), str(folder)], worker=True) as portal:
        yield World(portal.portal, portal.database, apache, node, authlib, keys)


def _of_apache(addresses: dict[str, str], keys: Keys) -> dict[str, Any]:
    """Return what is registered for mod_auth_openidc, which answers everything at its redirect address."""
    signs: dict[str, Any] = {"intranet": {}, "pasted": {}, "certified": _signed_by(keys.of_apache)}
    return {
        name: {
            "redirect_uris": [f"{address}/oidc/retour"],
            "post_logout_redirect_uris": [f"{address}/au-revoir"],
            "backchannel_logout_uri": f"{address}/oidc/retour?logout=backchannel",
            **signs[name],
        }
        for name, address in addresses.items()
    }


def _of_node(address: str, keys: Keys) -> dict[str, Any]:
    """Return what is registered for openid-client: an application for each way of speaking, and each signature."""
    ways: dict[str, dict[str, Any]] = {
        "simple": {},
        "pushed": {"require_pushed_authorization_requests": True, "id_token_signed_response_alg": "RS256"},
        "bound": {"dpop_bound_access_tokens": True},
        "signed": {**_signed_by(keys.of_node), "id_token_signed_response_alg": "EdDSA"},
        "posted": {},
    }
    return {name: {**_addresses(f"{address}/{name}"), **metadata} for name, metadata in ways.items()}


def _signed_by(key: ECKey | RSAKey) -> dict[str, Any]:
    public = {"keys": [key.as_dict(private=False)]}
    return {"token_endpoint_auth_method": "private_key_jwt", "client_secret": None, "jwks": public}


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
