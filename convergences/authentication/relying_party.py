"""The name under which browsers keep our passkeys: the portal's host (WebAuthn 2, 5.1.2 and 13.4.9)."""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings

_DEFAULT_PORTS = {"http": 80, "https": 443}


def rp_id() -> str:
    """Return the host of the portal's address: a passkey made for it answers to no other."""
    return urlsplit(settings.BASE_URL).hostname or ""


def origin() -> str:
    """Return the portal's origin as browsers write it: the only page whose answers are taken."""
    parts = urlsplit(settings.BASE_URL)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def has_a_name() -> bool:
    """Say whether passkeys can be offered at all: browsers make none for a portal reached by a bare IP address."""
    try:
        ipaddress.ip_address(rp_id())
    except ValueError:
        return bool(rp_id())
    return False
