"""What the texts are filled with, read from how the application is registered."""

from urllib.parse import urlsplit

from convergences.protocols.cas import addresses
from convergences.protocols.cas.models import RegisteredService
from convergences.protocols.cas.panel.facts import address, server

_PORTS = {"https": "443", "http": "80"}
SPRING, DJANGO = "/login/cas", "/retour"


def values_of(service: RegisteredService) -> tuple[dict[str, str | list[str]], frozenset[str]]:
    """Return the values of the texts, and the lines to keep.

    A client that has an address of its own, under a prefix, is given the one that it has by default.
    """
    first = service.services[0]
    origin, ours = addresses.origin(first), urlsplit(server())
    values: dict[str, str | list[str]] = {
        "comment": service.application.name,
        "server": server(),
        "server_slash": f"{server()}/",
        "host": ours.hostname or "",
        "port": str(ours.port or _PORTS.get(ours.scheme, "443")),
        "context": ours.path,
        "login": address("login"),
        "validate": address("p3_service_validate"),
        "origin": origin,
        "under": _under(next((each for each in service.services if each.endswith(addresses.WILD)), first)),
        "service": first,
        "after": after(service),
        "spring_service": chosen(service, SPRING),
        "spring_path": urlsplit(chosen(service, SPRING)).path or "/",
        "django_service": chosen(service, DJANGO),
        "django_route": urlsplit(chosen(service, DJANGO)).path.removeprefix("/"),
        "authorities": "/etc/ssl/certs/",
        "authorities_file": "/etc/ssl/certs/ca-certificates.crt",
        "cookies": "/var/cache/apache2/mod_auth_cas/",
    }
    facts = {"single_logout": service.single_logout, "exact": not first.endswith(addresses.WILD)}
    return values, frozenset(name for name, holds in facts.items() if holds)


def chosen(service: RegisteredService, path: str) -> str:
    """Return the address by which a client comes back: the one registered to the letter, else its own by default."""
    exact = next((each for each in service.services if not each.endswith(addresses.WILD)), "")
    return exact or service.services[0].removesuffix(addresses.WILD) + path


def after(service: RegisteredService) -> str:
    """Return where an agent may be brought back once signed out: it must be one of the application's addresses."""
    first: str = service.services[0]
    return first.removesuffix("*")


def _under(pattern: str) -> str:
    """Return the part of the site to be protected: without its last slash, Apache protects the path itself too."""
    return urlsplit(pattern).path.removesuffix(addresses.WILD) or "/" if pattern.endswith(addresses.WILD) else "/"
