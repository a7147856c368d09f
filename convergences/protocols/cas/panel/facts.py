"""What the application's own engineer must be told, each value ready to be copied."""

from django.conf import settings
from django.urls import reverse

from convergences.protocols.cas.models import RegisteredService
from convergences.web.panels.facts import Fact

_ADDRESSES = (
    ("Connexion", "login"),
    ("Validation, avec les informations de l’agent (CAS 3.0)", "p3_service_validate"),
    ("Validation, sans elles (CAS 2.0)", "service_validate"),
    ("Validation sur deux lignes (CAS 1.0)", "validate"),
    ("Déconnexion", "logout"),
)
_OF_PROXIES = (("Validation d’un ticket de mandataire", "p3_proxy_validate"), ("Demande d’un ticket", "proxy"))


def server() -> str:
    """Return the address that clients call the CAS server's, or its prefix."""
    return settings.BASE_URL + reverse("cas:login").removesuffix("/login")


def address(name: str) -> str:
    """Return one of the server's addresses."""
    return settings.BASE_URL + reverse(f"cas:{name}")


def facts_of(service: RegisteredService) -> list[Fact]:
    """Return where the server is, which addresses are known of the application, and each address of ours."""
    named = _ADDRESSES + (_OF_PROXIES if service.proxy else ())
    return [
        Fact("Adresse du serveur CAS", server()),
        Fact("Validation à choisir", address("p3_service_validate")),
        *(Fact("Adresse de l’application", pattern) for pattern in service.services),
        *(Fact("Remise des tickets de mandataire", pattern) for pattern in service.proxy_callbacks),
        *(Fact(label, address(name), aside=True) for label, name in named),
    ]
