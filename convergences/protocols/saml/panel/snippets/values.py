"""What the texts are filled with, read from how the application is registered."""

from urllib.parse import urlsplit

from convergences.protocols.saml import asking, certificates, metadata_out, names, naming
from convergences.protocols.saml.metadata_in import Described
from convergences.protocols.saml.models import NameFormat, ServiceProvider
from convergences.protocols.saml.panel import learnt
from convergences.protocols.saml.panel.facts import address

_OF_MELLON = "/postResponse"
_OF_SPRING = "/login/saml2/sso/portail"
_BINDINGS = {names.REDIRECT: "REDIRECT", names.POST: "POST"}


def values_of(provider: ServiceProvider) -> tuple[dict[str, str | list[str]], frozenset[str]]:
    """Return the values of the texts, and the lines to keep: one for each thing that the application is told."""
    described = Described.of(provider.described)
    consumer = asking.default_consumer(described).location
    logout = next((one for one in described.logouts if one.binding in _BINDINGS), None)
    told = _names_of(provider)
    values: dict[str, str | list[str]] = {
        "comment": provider.application.name,
        "idp": metadata_out.entity_id(),
        "sso": address("sso"),
        "slo": address("slo"),
        "entity_id": provider.entity_id,
        "consumer": consumer,
        "consumer_path": urlsplit(consumer).path or "/",
        "mellon_path": mellon_path(consumer),
        "logout": logout.location if logout else "",
        "logout_binding": _BINDINGS[logout.binding] if logout else "",
        "name_format_uri": names.NAME_FORMATS[provider.name_id_format],
        "certificates": [learnt.bare(row.certificate) for row in certificates.published()],
        "drupal_unique": _unique(provider, told),
        "idp_file": "/etc/apache2/saml/portail.xml",
        "key_file": "/etc/apache2/saml/cle.pem",
        "certificate_file": "/etc/apache2/saml/certificat.pem",
        **told,
        **{f"{attribute}_format": _format(name) for attribute, name in told.items()},
    }
    flags = {*told, *(["logout"] if logout else [])}
    own_path = urlsplit(consumer).path != _OF_SPRING
    return values, frozenset(flags | ({"own_path"} if own_path else set()))


def mellon_path(consumer: str) -> str:
    """Return the part of the site that mellon answers, which its return address begins with."""
    path = urlsplit(consumer).path
    return path.removesuffix(_OF_MELLON) if path.endswith(_OF_MELLON) else "/mellon"


def _names_of(provider: ServiceProvider) -> dict[str, str]:
    """Return the first name under which each thing of the sheet is told."""
    found: dict[str, str] = {}
    for name, attribute in (provider.attributes or naming.USUAL).items():
        if attribute in provider.application.attributes:
            found.setdefault(attribute, name)
    return found


def _unique(provider: ServiceProvider, told: dict[str, str]) -> str:
    # samlauth has a word of its own for the name of the agent; a name of one day makes no account.
    if provider.name_id_format == NameFormat.TRANSIENT and "email" in told:
        return told["email"]
    return "!nameid"


def _format(name: str) -> str:
    return names.URI_NAMES if ":" in name else names.BASIC_NAMES
