"""Requests that clients push: kept, found, taken once (RFC 9126)."""

import secrets

from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.protocols.oidc import lifetimes
from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.errors import InvalidRequestUri
from convergences.protocols.oidc.models import Client, PushedRequest

PREFIX = "urn:ietf:params:oauth:request_uri:"
CREDENTIALS = frozenset({"client_secret", "client_assertion", "client_assertion_type"})


def keep(asked: Asked) -> str:
    """Keep a request that passed its checks; return its `request_uri`, in clear for the only time."""
    clear = secrets.token_urlsafe(32)
    PushedRequest.objects.create(
        digest=digest(clear),
        client=asked.known_client,
        parameters={
            name: list(values) if len(values) > 1 else values[0]
            for name, values in asked.parameters.items()
            if name not in CREDENTIALS and any(values)
        },
        expires_at=clock.now() + lifetimes.PUSHED_REQUEST,
    )
    return PREFIX + clear


def find(client: Client, uri: str, *, resumed: bool) -> PushedRequest | None:
    """Return what this client pushed, or None when it is unknown, another's, used or expired.

    `resumed`: the agent comes back from a page of ours, which may take longer than the seconds given to the client.
    """
    found = PushedRequest.objects.filter(digest=digest(uri.removeprefix(PREFIX)), client=client, used_at=None).first()
    limit = lifetimes.SIGN_IN_PROOF if resumed else lifetimes.NONE
    return found if found is not None and clock.now() < found.expires_at + limit else None


def parameters_of(request: PushedRequest) -> dict[str, tuple[str, ...]]:
    """Return what was pushed, as it would have come by the browser."""
    kept: dict[str, str | list[str]] = request.parameters
    return {name: (value,) if isinstance(value, str) else tuple(value) for name, value in kept.items()}


def use(request: PushedRequest) -> None:
    """Use a pushed request up; raises `InvalidRequestUri` when another browser was first (section 4, section 7.3)."""
    if not PushedRequest.objects.filter(pk=request.pk, used_at=None).update(used_at=clock.now()):
        raise InvalidRequestUri("request_uri is unknown, expired or already used")


def forget(request: PushedRequest) -> None:
    """Use a pushed request up because an error answers it; another's being first changes nothing."""
    PushedRequest.objects.filter(pk=request.pk, used_at=None).update(used_at=clock.now())
