"""Addresses that a client registers, and whether an address asked for is one of them."""

import re
from collections.abc import Iterable

from convergences.web.panels.addresses import MAXIMUM_LENGTH, origin, problem

__all__ = ["MAXIMUM_LENGTH", "is_registered", "origin", "problem"]

_LOOPBACK = re.compile(r"http://(?P<host>127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?(?P<rest>/[^#]*)?")


def is_registered(asked: str, registered: Iterable[str], *, any_loopback_port: bool) -> bool:
    """Tell whether `asked` is one of `registered`, compared as strings (RFC 9700, section 2.1).

    `any_loopback_port`: a native application (a public client) listens where it can on the loopback addresses
    (RFC 8252, section 7.3). Nothing is decoded or normalised: what looks alike is not alike.
    """
    known = set(registered)
    if asked in known:
        return True
    return any_loopback_port and _portless(asked) is not None and _portless(asked) in {_portless(uri) for uri in known}


def _portless(uri: str) -> tuple[str, str] | None:
    found = _LOOPBACK.fullmatch(uri)
    return (found["host"], found["rest"] or "") if found else None
