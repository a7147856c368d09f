"""Addresses that engineers register for an application, whatever the protocol."""

import re
from urllib.parse import urlsplit

MAXIMUM_LENGTH = 500
_ALLOWED = re.compile(r"[!#$%&'()*+,\-./:;=?@\[\]_~0-9A-Za-z]+")
_HOST = re.compile(r"[0-9A-Za-z.\-:]+")
_LOOPBACK_NAMES = frozenset({"127.0.0.1", "::1", "localhost"})


def problem(uri: object, *, plain: bool = False) -> str:
    """Return why this address may not be registered, in French, or nothing when it may.

    Absolute, https (http on loopback only), without fragment (RFC 6749, section 3.1.2), credentials or wildcard.
    `plain`: http is for `foundations.outbound` to judge, which opens it within the networks of the operator alone.
    """
    if not isinstance(uri, str) or not uri:
        return "cette adresse est vide"
    if len(uri) > MAXIMUM_LENGTH:
        return f"cette adresse dépasse {MAXIMUM_LENGTH} caractères"
    if not _ALLOWED.fullmatch(uri):
        return "cette adresse contient une espace, un accent ou un caractère interdit : encodez-le"
    if "#" in uri:
        return "cette adresse contient un fragment (#…) : retirez-le"
    if "*" in uri:
        return "cette adresse contient un joker (*) : écrivez chaque adresse en entier"
    return _origin_problem(uri, plain=plain)


def _origin_problem(uri: str, *, plain: bool) -> str:
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return "cette adresse est malformée"
    if parts.scheme not in {"https", "http"} or not parts.hostname:
        return "cette adresse doit être absolue et commencer par https://"
    if not _HOST.fullmatch(parts.hostname):
        return "le nom de la machine contient un caractère interdit"
    if "@" in parts.netloc:
        return "cette adresse contient un identifiant (…@) : retirez-le"
    if not plain and parts.scheme == "http" and parts.hostname not in _LOOPBACK_NAMES:
        return "cette adresse doit commencer par https:// (http:// ne vaut que pour 127.0.0.1, [::1] et localhost)"
    return ""


def origin(uri: str) -> str:
    """Return the origin of a registered address, as a content security policy writes it."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"
