"""What the application's own engineer must be told, each value ready to be copied."""

from django.conf import settings
from django.urls import reverse

from convergences.foundations import clock
from convergences.protocols.saml import certificates, metadata_out, names
from convergences.protocols.saml.models import ServiceProvider, SigningCertificate
from convergences.protocols.saml.panel import learnt
from convergences.web.panels.facts import Fact
from convergences.web.wording.dates import day


def address(name: str) -> str:
    """Return one of our addresses."""
    return settings.BASE_URL + reverse(f"saml:{name}")


def facts_of(provider: ServiceProvider) -> list[Fact]:
    """Return where our description is, then all that it says for who must be told piece by piece."""
    return [
        Fact("Notre description (métadonnées)", address("metadata")),
        Fact("Notre nom (entityID)", metadata_out.entity_id()),
        Fact("Nom de l’agent (NameID)", names.NAME_FORMATS[provider.name_id_format]),
        *_certificates(),
        Fact("Connexion (Redirect et POST)", address("sso"), aside=True),
        Fact("Déconnexion (Redirect et POST)", address("slo"), aside=True),
        Fact("Déconnexion de serveur à serveur (SOAP)", address("slo_soap"), aside=True),
        *(Fact("Certificat, sans ses bornes", learnt.bare(row.certificate), aside=True) for row in _published()),
    ]


def _published() -> list[SigningCertificate]:
    return certificates.published()


def _certificates() -> list[Fact]:
    """Return the certificates that an application must accept: during a rollover, both."""
    now = clock.now()
    found = []
    for row in sorted(_published(), key=lambda each: each.signs_from):
        label = "Certificat qui signe" if row.signs_from <= now else f"Certificat qui signera le {day(row.signs_from)}"
        if row.signs_until is not None and row.signs_until <= now:
            label = "Certificat qui ne signe plus"
        found.append(Fact(f"{label} (SHA-256)", learnt.fingerprint(row.certificate)))
        found.append(Fact("Il expire le", day(row.expires_at)))
    return found
