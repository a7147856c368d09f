"""Which application an address belongs to: the longest prefix of its host wins, on a path boundary.

An address is never repaired: where a server could read another path in it than we do, and that path could be another
application's, it is nobody's (`application_at` in `queries`, `nearest` here).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from django.conf import settings

LONGEST = 1500
# What web servers let by: tables drawn by scripts ask by addresses of some thousands of signs.
LONGEST_ASKED = 8192
LONGEST_PATH = 200
LONGEST_HOST = 253
SCHEME = "https" if settings.SECURE else "http"
_USUAL_PORT = ":443" if settings.SECURE else ":80"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*(?::[1-9][0-9]{{0,4}})?")
_ADDRESS = re.compile(r"https?://(?P<host>[^/?]+)(?P<path>/[^?]*)?(?P<query>\?.*)?")
_SIGNS = re.compile(r"[!-~]+")
_NEVER = re.compile(r'[#"<>]')
_PREFIX = re.compile(r"/(?:[A-Za-z0-9_~.-]+/)*")
# What a server may turn into another path: dots, slashes and backslashes, parameters of segments, encoded or not,
# encodings of encodings, controls, and what is no encoding at all.
_AMBIGUOUS = re.compile(r"//|\\|;|/\.{1,2}(?:/|$)|%(?:2e|2f|5c|25|3b|7f|[01][0-9a-f])|%(?![0-9a-f]{2})", re.IGNORECASE)
_AMBIGUOUS_ONCE_READ = re.compile(r"//|\\|;|/\.{1,2}(?:/|$)|%|[\x00-\x1f\x7f]")
_BEFORE_SLASH = re.compile(r"[. ]+(?=/|$)")


@dataclass(frozen=True, slots=True)
class Address:
    """An address of an application, as the browser wrote it. The scheme is the portal's: a cookie of ours wants it."""

    host: str
    path: str = "/"
    query: str = ""

    @property
    def origin(self) -> str:
        """The address of the host."""
        return f"{SCHEME}://{self.host}"

    @property
    def whole(self) -> str:
        """The address, complete."""
        return f"{self.origin}{self.path}{self.query}"


def host(text: str) -> str:
    """Return a host as it is registered (small letters, usual port left out), or nothing when it is none."""
    known = text.lower().removesuffix(_USUAL_PORT)
    return known if len(known) <= LONGEST_HOST and _HOST.fullmatch(known) else ""


def read(text: str, *, longest: int = LONGEST) -> Address | None:
    """Return the parts of a complete address, or None."""
    if len(text) > longest or not _SIGNS.fullmatch(text) or _NEVER.search(text):
        return None
    found = _ADDRESS.fullmatch(text)
    name = host(found["host"]) if found else ""  # neither user@, nor a backslash, is a host
    return Address(name, found["path"] or "/", found["query"] or "") if found and name else None


def nearest(prefixes: Iterable[str], path: str) -> str | None:
    """Return the longest of a host's prefixes that covers this path; None when there is none, or it can be doubted.

    On a host that is one application from its root there is nothing to confuse, and no path to be strict about.
    """
    known = list(prefixes)
    if known == ["/"]:
        return "/" if path.startswith("/") else None
    if not path.startswith("/") or _AMBIGUOUS.search(path):
        return None
    read_once = _text(unquote_to_bytes(path))
    folded = _folded(read_once)
    if _AMBIGUOUS_ONCE_READ.search(read_once) or _AMBIGUOUS_ONCE_READ.search(folded):
        return None
    found = _longest(known, read_once)
    # Servers that do not tell capitals apart, nor a last dot: the weaker application must not be asked for the other's.
    by_fold = {_folded(prefix): prefix for prefix in known}
    other = _longest(by_fold, folded)
    return found if found is not None and other is not None and by_fold[other] == found else None


def problem_of_host(text: object) -> str:
    """Return why this host may not be registered, in French, or nothing when it may."""
    if not isinstance(text, str) or not host(text):
        return "donnez un nom de machine, sans https:// ni chemin, par exemple snapi.example"
    return ""


def problem_of_path(text: object) -> str:
    """Return why this prefix may not be registered, in French, or nothing when it may."""
    if not isinstance(text, str) or not _PREFIX.fullmatch(text) or _AMBIGUOUS.search(text):
        return "un chemin commence et finit par une barre, sans accent ni détour, par exemple /restreint/"
    return f"ce chemin dépasse {LONGEST_PATH} caractères" if len(text) > LONGEST_PATH else ""


def alike(path: str) -> str:
    """Return the same text for paths that some servers take for one another."""
    return _folded(path)


def _longest(prefixes: Iterable[str], path: str) -> str | None:
    covering = [prefix for prefix in prefixes if path.startswith(prefix) or path == prefix[:-1]]
    return max(covering, key=len, default=None)


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _folded(path: str) -> str:
    return _BEFORE_SLASH.sub("", unicodedata.normalize("NFKC", path).casefold())
