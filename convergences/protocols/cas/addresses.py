"""Which application an address belongs to: registered to the letter, or under a prefix that ends on a path boundary.

Nothing is decoded: an address that another reader could take for another one is nobody's.
"""

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

LONGEST = 1500
WILD = "/*"
_SIGNS = re.compile(r"[!$%&'()*+,\-./:;=?@_~0-9A-Za-z\[\]]+")
_HOST = re.compile(r"[0-9a-z.\-]+|\[[0-9a-f:]+\]")
_PORT = re.compile(r":[0-9]{1,5}")
# What a server may turn into another path: dots, slashes and backslashes, encoded or not, encodings of encodings, and
# controls, which end a line for whoever decodes them. A server in front decodes `..%3b`, another drops the `;`.
_AMBIGUOUS = re.compile(r"(?:^|/)\.{1,2}(?:[/;]|%3b|$)|//|%(?:2e|2f|5c|25|7f|[01][0-9a-f])", re.IGNORECASE)
_LOOPBACK = frozenset({"127.0.0.1", "[::1]", "localhost"})


def problem(pattern: object) -> str:
    """Return why this address may not be registered, in French, or nothing when it may."""
    if not isinstance(pattern, str) or not pattern:
        return "cette adresse est vide"
    bare = pattern[: -len(WILD)] + "/" if pattern.endswith(WILD) else pattern
    if "*" in bare or "#" in bare:
        return "ni fragment (#…), ni joker ailleurs qu’à la fin, après une barre : https://…/*"
    parts = read(bare)
    if parts is None or (bare != pattern and parts.query):
        return "donnez une adresse complète et sans détour, qui commence par https://"
    if parts.scheme == "http" and _host(parts.netloc) not in _LOOPBACK:
        return "cette adresse doit commencer par https:// (http:// ne vaut que pour 127.0.0.1, [::1] et localhost)"
    return ""


def read(address: str) -> SplitResult | None:
    """Return the parts of an address that can be understood in one way only, or None."""
    if len(address) > LONGEST or not _SIGNS.fullmatch(address):
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not address.startswith(f"{parts.scheme}://"):
        return None
    host = _host(parts.netloc)
    if not _HOST.fullmatch(host) or not (parts.netloc == host or _PORT.fullmatch(parts.netloc[len(host) :])):
        return None  # capitals, user@, a port that is none
    return None if _AMBIGUOUS.search(parts.path) else parts


def _host(netloc: str) -> str:
    return netloc[: netloc.index("]") + 1] if netloc.startswith("[") and "]" in netloc else netloc.partition(":")[0]


def origin(address: str) -> str:
    """Return the origin of an address, as a content security policy writes it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def candidates(address: str) -> list[str]:
    """Return every registered text that would cover this address, the closest first; none when it is nobody's."""
    parts = read(address)
    if parts is None:
        return []
    base = f"{parts.scheme}://{parts.netloc}"
    # "/a/b" is under "/a/*" and "/*", not under "/a/b/*"; no path at all is "/" (RFC 3986, section 6.2.3).
    steps = (parts.path or "/").split("/")[1:]
    prefixes = ["/".join(steps[:count]) for count in range(len(steps) - 1, -1, -1)]
    return [address, *(f"{base}/{prefix}{WILD}" if prefix else f"{base}{WILD}" for prefix in prefixes)]


def covers(patterns: Iterable[str], address: str) -> bool:
    """Tell whether an address is one of those registered, or under one of them."""
    return bool(set(patterns) & set(candidates(address)))
