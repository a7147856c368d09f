"""Speaking to addresses that engineers register: never inside our own networks, unless an operator opened them.

The name is resolved once and the connection goes to that very address, so that a name that changes between the check
and the connection leads nowhere (DNS rebinding). No redirection is followed, no proxy of the environment is used, and
the whole exchange is bounded in time and size (OWASP, Server-Side Request Forgery Prevention).
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlencode, urlsplit

from django.conf import settings

CONNECT_SECONDS = 3.0
WHOLE_SECONDS = 6.0
LARGEST_ANSWER = 64 * 1024
ADDRESSES_TRIED = 2
# NAT64 (RFC 6052) and IPv4-compatible addresses (RFC 4291): an IPv4 address in their last 32 bits.
_CARRIERS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))
_PORTS = {"https": 443, "http": 80}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class OutboundError(Exception):
    """No answer was had. The message is English, for logs and operators; it holds nothing that was sent."""


class Forbidden(OutboundError):  # noqa: N818 - a refusal, not a breakdown
    """The address is one that we do not speak to: trying again changes nothing."""


class Unreachable(OutboundError):  # noqa: N818 - said as it is
    """Nobody answered, or not in time, or not as HTTP does."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered; a redirection is an answer like another."""

    status: int
    content_type: str
    body: bytes


def get(url: str, *, accept: str = "*/*", largest: int = LARGEST_ANSWER) -> Answer:
    """Read an address; raises `Forbidden` or `Unreachable`."""
    return _exchange("GET", url, b"", {"Accept": accept}, largest)


def post_form(url: str, fields: Mapping[str, str]) -> Answer:
    """Post a form to an address; raises `Forbidden` or `Unreachable`."""
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "*/*"}
    return _exchange("POST", url, urlencode(fields).encode(), headers)


def post(url: str, content: bytes, *, content_type: str) -> Answer:
    """Post a document to an address; raises `Forbidden` or `Unreachable`."""
    return _exchange("POST", url, content, {"Content-Type": content_type, "Accept": "*/*"})


def judge(url: str) -> None:
    """Say of an address, before it is kept, whether we would speak to it; nothing is sent.

    Raises `Forbidden`, or `Unreachable` when its name is not known.
    """
    _allowed(*_target(url))


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name, as the system resolves it; raises `OSError`."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_open(address: str, *, only_listed: bool = False) -> bool:
    """Say whether we speak to an IP address: one of the Internet, or of OUTBOUND_NETWORKS (these only if told so)."""
    try:
        whole = ipaddress.ip_address(address)
    except ValueError:
        return False
    # ::ffff:127.0.0.1, 2002:7f00:1:: and 64:ff9b::7f00:1 lead to 127.0.0.1 as surely as its own name.
    meant = _meant(whole)
    if any(meant in network for network in _opened(tuple(settings.CONFIGURATION.outbound_networks))):
        return True
    return not only_listed and meant.is_global and not meant.is_multicast


def _meant(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.is_loopback or address.is_unspecified:
        return address
    if any(address in carrier for carrier in _CARRIERS):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None) or address


@lru_cache(maxsize=4)
def _opened(networks: tuple[str, ...]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(network, strict=False) for network in networks)


def _exchange(method: str, url: str, body: bytes, headers: Mapping[str, str], largest: int = LARGEST_ANSWER) -> Answer:
    parts, host, port = _target(url)
    chosen = _allowed(parts, host, port)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = {"User-Agent": "Convergences", "Connection": "close", **headers}
    try:
        with contextlib.closing(_connected(chosen, port)) as plain, _cut_after(plain, WHOLE_SECONDS):
            sock = _tls().wrap_socket(plain, server_hostname=host) if parts.scheme == "https" else plain
            with contextlib.closing(http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)) as connection:
                connection.sock = sock  # connected to the address that was checked: the name is not asked again
                connection.request(method, path, body=body or None, headers=dict(headers))
                return _read(connection.getresponse(), largest)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Unreachable(f"{host}: {type(error).__name__}") from error


def _target(url: str) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise Forbidden("the address is malformed") from error
    if not host or parts.scheme not in _PORTS or "@" in parts.netloc or not url.isascii() or not url.isprintable():
        raise Forbidden("the address is neither https nor http, or holds what it may not")
    return parts, host, port


def _allowed(parts: SplitResult, host: str, port: int) -> list[str]:
    try:
        found = resolve(host, port)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"{host}: the name is not known") from error
    # In clear over the Internet, anybody on the way would read and alter what is said.
    allowed = [address for address in found if is_open(address, only_listed=parts.scheme == "http")]
    if not allowed:
        raise Forbidden(f"{host}: not an address of the Internet reached by https, nor of OUTBOUND_NETWORKS")
    return allowed[:ADDRESSES_TRIED]


def _connected(addresses: list[str], port: int) -> socket.socket:
    for address in addresses[:-1]:
        with contextlib.suppress(OSError):
            return socket.create_connection((address, port), timeout=CONNECT_SECONDS)
    return socket.create_connection((addresses[-1], port), timeout=CONNECT_SECONDS)


@contextlib.contextmanager
def _cut_after(sock: socket.socket, seconds: float) -> Iterator[None]:
    """Cut the exchange at its end of time: an answer of one byte a second would last for ever otherwise."""
    duplicate = sock.dup()  # wrapping in TLS takes the descriptor away from the first object
    late = threading.Event()

    def cut() -> None:
        late.set()
        with contextlib.suppress(OSError):
            duplicate.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        duplicate.close()
    if late.is_set():  # headers that stop anywhere look whole to the library
        raise TimeoutError


def _read(response: http.client.HTTPResponse, largest: int) -> Answer:
    body = response.read(largest + 1)
    if len(body) > largest:
        raise http.client.HTTPException("the answer is too long")
    if response.length:
        raise http.client.IncompleteRead(body, response.length)
    return Answer(response.status, response.headers.get_content_type(), body)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
