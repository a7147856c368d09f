"""What a server asks: which address of which application its browser has asked for, and how.

nginx and Apache are configured to say it in `X-Original-URL` and `X-Original-Method`; Traefik and Caddy say it by
themselves in `X-Forwarded-Host`, `X-Forwarded-Uri` and `X-Forwarded-Method`. Only a declared proxy is believed, and one
that says both ways passes on what its browser wrote: it is not answered.
"""

import re
from dataclasses import dataclass

from convergences.protocols.forward_auth import addresses
from convergences.protocols.forward_auth.addresses import Address
from convergences.web.machines.hot import Asking
from convergences.web.serving import proxies
from convergences.web.serving.cookies import PREFIX

PASS_COOKIE = f"{PREFIX}gate"
WAY_COOKIE = f"{PREFIX}gate-way"
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_NAVIGATIONS = frozenset({"GET", "HEAD"})
_FORWARDED = ("HTTP_X_FORWARDED_URI", "HTTP_X_FORWARDED_METHOD")
_ORIGINAL = ("HTTP_X_ORIGINAL_URL", "HTTP_X_ORIGINAL_METHOD")


@dataclass(frozen=True, slots=True)
class Original:
    """A browser's request. `goes_there`: it opens a page, and may be sent elsewhere instead without losing anything."""

    address: Address
    goes_there: bool


def original(asking: Asking) -> Original | None:
    """Return the request that the server asks about, or None when it does not say, or nobody may believe it."""
    if not asking.environ.get(proxies.BY_PROXY):
        return None
    by_hand = any(name in asking.environ for name in _ORIGINAL)
    if by_hand == any(name in asking.environ for name in _FORWARDED):
        return None
    address = _by_hand(asking) if by_hand else _forwarded(asking)
    method = asking.header("HTTP_X_ORIGINAL_METHOD" if by_hand else "HTTP_X_FORWARDED_METHOD")
    return Original(address, method in _NAVIGATIONS and _is_navigation(asking)) if address is not None else None


def secret(asking: Asking, name: str) -> str:
    """Return one of our cookies, or nothing when it is absent, malformed, or there twice: one of them is not ours."""
    pairs = [pair.strip().partition("=") for pair in asking.header("HTTP_COOKIE").split(";")]
    values = [value for known, _, value in pairs if known == name]
    return values[0] if len(values) == 1 and _SECRET.fullmatch(values[0]) else ""


def _by_hand(asking: Asking) -> Address | None:
    return addresses.read(asking.header("HTTP_X_ORIGINAL_URL"), longest=addresses.LONGEST_ASKED)


def _forwarded(asking: Asking) -> Address | None:
    # Two values joined by a comma are no host, and a path that is not one is no address.
    host, path = addresses.host(asking.header("HTTP_X_FORWARDED_HOST")), asking.header("HTTP_X_FORWARDED_URI")
    if not host or not path.startswith("/"):
        return None
    return addresses.read(f"{addresses.SCHEME}://{host}{path}", longest=addresses.LONGEST_ASKED)


def _is_navigation(asking: Asking) -> bool:
    """Tell a page that a person opens from what a script fetches (Fetch Metadata, or what libraries have long said)."""
    mode = asking.header("HTTP_SEC_FETCH_MODE")
    if mode:
        return mode == "navigate"
    accepted = asking.header("HTTP_ACCEPT")
    by_script = "HTTP_X_REQUESTED_WITH" in asking.environ or "HTTP_HX_REQUEST" in asking.environ
    return not by_script and ("text/html" in accepted or "json" not in accepted)
