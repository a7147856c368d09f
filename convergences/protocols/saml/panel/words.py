"""What the guided form proposes, in words: names of an agent, names of attributes."""

from collections.abc import Iterable

from convergences.protocols.saml import names
from convergences.protocols.saml.models import NameFormat
from convergences.protocols.saml.naming import FRIENDLY, USUAL

NAMES = (
    (
        NameFormat.PERSISTENT.value,
        (
            "Un identifiant permanent, propre à cette application\nIl ne change jamais, et aucune autre application "
            "ne le connaît (persistent). À préférer."
        ),
    ),
    (
        NameFormat.EMAIL.value,
        (
            "Son adresse e-mail\nPour une application qui reconnaît ses comptes à l’adresse (emailAddress). Une "
            "adresse change parfois : le compte ne suit alors pas de lui-même."
        ),
    ),
    (
        NameFormat.TRANSIENT.value,
        (
            "Un identifiant d’une session\nIl change d’une session à l’autre : l’application ne reconnaît personne "
            "d’une fois sur l’autre (transient)."
        ),
    ),
)
OIDS, SHORT, CLAIMS, OWN = "", "short", "claims", "own"
NAMINGS = (
    (
        OIDS,
        (
            "Les noms normalisés (recommandé)\nurn:oid:0.9.2342.19200300.100.1.3 pour l’adresse e-mail… Shibboleth et "
            "mellon les attendent."
        ),
    ),
    (SHORT, "Les noms courts\nmail, givenName, sn, displayName… SimpleSAMLphp et Drupal les attendent souvent."),
    (
        CLAIMS,
        (
            "Les noms d’ADFS\nhttp://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress… Pour une application "
            "prévue pour Microsoft."
        ),
    ),
    (OWN, "Les siens\nÀ écrire ci-dessous."),
)
_CLAIM = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
_MAPPINGS = {
    SHORT: {FRIENDLY.get(attribute, attribute): attribute for attribute in USUAL.values()},
    CLAIMS: {
        f"{_CLAIM}emailaddress": "email",
        f"{_CLAIM}givenname": "given_name",
        f"{_CLAIM}surname": "usual_name",
        f"{_CLAIM}name": "name",
        f"{_CLAIM}otherphone": "phone_number",
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/role": "roles",
        "organization": "organization",
        "department": "organizational_unit",
        "title": "job_title",
        "siret": "siret",
    },
}
BINDINGS = {
    names.SOAP: "de serveur à serveur (SOAP)",
    names.REDIRECT: "par le navigateur (Redirect)",
    names.POST: "par le navigateur (POST)",
}


def mapping(naming: str, attributes: Iterable[str]) -> dict[str, str]:
    """Return the names of one way of naming, for what the application's sheet lists; none for the usual names."""
    listed = set(attributes)
    return {name: attribute for name, attribute in _MAPPINGS.get(naming, {}).items() if attribute in listed}


def naming_of(kept: dict[str, str], attributes: Iterable[str]) -> str:
    """Return which way of naming a mapping is."""
    if not kept:
        return OIDS
    listed = list(attributes)
    return next((naming for naming in _MAPPINGS if kept == mapping(naming, listed)), OWN)
