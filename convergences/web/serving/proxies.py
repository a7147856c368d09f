"""The real address of a browser behind a reverse proxy. Nothing that a stranger forwards is believed."""

import ipaddress
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

FORWARDED = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
)
# Set when an untrusted peer forwards for somebody: a proxy of this machine that nobody declared, or a lie.
BY_UNKNOWN_PROXY = "convergences.by_unknown_proxy"
# Set when a proxy of ours brings the request: what it says of it may be believed.
BY_PROXY = "convergences.by_proxy"


def settle(meta: dict[str, Any], trusted: Sequence[str]) -> None:
    """Put the real address in a request's environment; take out what an untrusted peer claims to forward."""
    peer = meta.get("REMOTE_ADDR") or ""
    if is_trusted(peer, trusted):
        meta[BY_PROXY] = True
        meta["REMOTE_ADDR"] = real_address(peer, meta.get("HTTP_X_FORWARDED_FOR", ""), trusted)
    else:
        claims = [meta.pop(name, None) for name in FORWARDED]
        meta[BY_UNKNOWN_PROXY] = any(claims)


def is_trusted(address: str, proxies: Sequence[str]) -> bool:
    """Say whether the peer is one of the proxies (`TRUSTED_PROXIES`: networks, or `unix` for a socket)."""
    return _is_among(address, tuple(proxies))


@lru_cache(maxsize=1024)
def _is_among(address: str, proxies: tuple[str, ...]) -> bool:
    """Reading an address costs more than all that is asked of it, and few peers call all day."""
    if not address:
        return "unix" in proxies
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(peer in _network(proxy) for proxy in proxies if proxy != "unix")


@lru_cache(maxsize=256)
def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text, strict=False)


def real_address(peer: str, forwarded_for: str, proxies: Sequence[str]) -> str:
    """Return the last address of X-Forwarded-For that is no proxy of ours: what stands before it, anybody may write."""
    if not is_trusted(peer, proxies):
        return peer
    for hop in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        if not _is_address(hop):
            return peer
        if not is_trusted(hop, proxies):
            return hop
    return peer


@lru_cache(maxsize=1024)
def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
