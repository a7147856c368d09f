"""What an application publishes of itself, read strictly into what answering it needs (Metadata, 2.3 and 2.4.4)."""

import base64
import binascii
import datetime as dt
import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from convergences.foundations import clock
from convergences.protocols.saml import names, xml
from convergences.protocols.saml.errors import BadMessage, InvalidProvider
from convergences.web.panels import addresses
from convergences.web.wording.dates import day

LONGEST_ENTITY_ID = 1024
MANY_ENDPOINTS = 30
MANY_CERTIFICATES = 20
SMALLEST_RSA = 2048
SMALLEST_CURVE = 256
# « For ever » is written 9999-12-31T23:59:59Z (RFC 5280, section 4.1.2.5), which in Paris is the year 10000.
FAR = dt.datetime(9999, 12, 1, tzinfo=dt.UTC)
# Year 1 is before it in zones where its first day is not yet told.
LONG_AGO = dt.datetime(2, 1, 1, tzinfo=dt.UTC)
_PAGE = re.compile(rb"<(?:!doctype\s+)?html[\s>]", re.IGNORECASE)
_LOGOUT_BINDINGS = (names.SOAP, names.REDIRECT, names.POST)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address of the application, and how it is spoken to."""

    binding: str
    location: str
    response_location: str = ""
    index: int = 0
    default: bool = False


@dataclass(frozen=True, slots=True)
class Described:
    """An application, as its metadata says; certificates in PEM."""

    entity_id: str
    consumers: tuple[Endpoint, ...]
    logouts: tuple[Endpoint, ...] = ()
    signing: tuple[str, ...] = ()
    encryption: tuple[str, ...] = ()
    encryption_methods: tuple[str, ...] = ()
    name_formats: tuple[str, ...] = ()
    signs_requests: bool = False
    valid_until: str = ""

    def kept(self) -> dict[str, Any]:
        """Return what a JSON column keeps, and gives back equal."""
        kept: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return kept

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Described":
        """Return what a JSON column kept."""
        ends = {name: tuple(Endpoint(**one) for one in kept[name]) for name in ("consumers", "logouts")}
        lists = {name: tuple(kept[name]) for name in ("signing", "encryption", "encryption_methods", "name_formats")}
        return cls(**{**kept, **ends, **lists})


def refuse(sentence: str) -> InvalidProvider:
    """Return the refusal of a document."""
    return InvalidProvider(f"metadata : {sentence}.", field="metadata")


def read(content: bytes) -> Described:
    """Return what a document of metadata says of its one application; raises `InvalidProvider`."""
    try:
        root = xml.parse(content, largest=xml.LARGEST_METADATA, comments=True)
        return _described(_one(root), around=root)
    except BadMessage as error:
        if _PAGE.search(content[:1000]):
            raise refuse(
                "c’est une page web, pas une description : ouvrez l’adresse pour voir ce qu’elle dit"
            ) from error
        raise refuse(f"le document ne peut pas être lu : {error.said or error}") from error


def _one(root: xml.Element) -> xml.Element:
    entity = names.metadata("EntityDescriptor")
    found = [root] if root.tag == entity else root.findall(entity)
    with_role = [entity for entity in found if entity.find(names.metadata("SPSSODescriptor")) is not None]
    if not with_role and any(one.find(names.metadata("IDPSSODescriptor")) is not None for one in found):
        raise refuse("c’est la description d’un portail (IDPSSODescriptor), pas celle de l’application")
    if len(with_role) != 1:
        raise refuse("le document doit décrire une application (SPSSODescriptor), et une seule")
    return with_role[0]


def _described(entity: xml.Element, *, around: xml.Element) -> Described:
    entity_id = entity.get("entityID", "").strip()
    if not entity_id or len(entity_id) > LONGEST_ENTITY_ID or not entity_id.isprintable():
        raise refuse("l’identifiant de l’application (entityID) manque ou est trop long")
    role = entity.find(names.metadata("SPSSODescriptor"))
    if role is None or names.PROTOCOL not in role.get("protocolSupportEnumeration", "").split():
        raise refuse("l’application ne parle pas SAML 2.0")
    until = _until(around, entity, role)
    if until and parsed_instant(until) <= clock.now():
        raise refuse(f"le document n’est plus valable depuis le {day(parsed_instant(until))}")
    return Described(
        entity_id=entity_id,
        consumers=_consumers(role),
        logouts=_logouts(role),
        signing=_certificates(role, "signing"),
        encryption=_rsa_alone(_certificates(role, "encryption"), role),
        encryption_methods=_encryption_methods(role),
        name_formats=tuple(xml.text_of(form) for form in role.findall(names.metadata("NameIDFormat"))),
        signs_requests=role.get("AuthnRequestsSigned", "").strip() in {"true", "1"},
        valid_until=until,
    )


def _until(*elements: xml.Element) -> str:
    """Return the first end of what surrounds a role: none outlives what holds it (Metadata, section 2.3)."""
    found = [until for one in elements if (until := one.get("validUntil", "").strip())]
    return min(found, key=parsed_instant, default="")


def parsed_instant(value: str) -> dt.datetime:
    """Return an instant of a document; raises `BadMessage`. Without a zone it is UTC (Core, section 1.3.3)."""
    try:
        moment = dt.datetime.fromisoformat(value.strip())
    except ValueError as error:
        raise BadMessage("an instant is malformed", "une date est mal écrite") from error
    return bounded(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC))


def bounded(moment: dt.datetime) -> dt.datetime:
    """Return an instant that can be said in any zone."""
    return max(LONG_AGO, min(moment, FAR))


def _consumers(role: xml.Element) -> tuple[Endpoint, ...]:
    listed = role.findall(names.metadata("AssertionConsumerService"))[:MANY_ENDPOINTS]
    posted = [(one, one.get("isDefault", "").strip()) for one in listed if one.get("Binding") == names.POST]
    if not posted:
        raise refuse("aucune adresse de retour par POST (AssertionConsumerService, HTTP-POST)")
    marked = {"true", "1"}
    if posted[0][1] in {"false", "0"} and all(word not in marked for _one, word in posted):
        marked = {""}  # the first of those that do not deny it (Metadata, section 2.2.3)
    return tuple(
        Endpoint(names.POST, _address(one, "Location"), index=_index(one), default=word in marked)
        for one, word in posted
    )


def _logouts(role: xml.Element) -> tuple[Endpoint, ...]:
    return tuple(
        Endpoint(str(one.get("Binding")), _address(one, "Location"), _address(one, "ResponseLocation"))
        for one in role.findall(names.metadata("SingleLogoutService"))[:MANY_ENDPOINTS]
        if one.get("Binding") in _LOGOUT_BINDINGS
    )


def _address(element: xml.Element, name: str) -> str:
    address = element.get(name, "").strip()
    if not address and name != "Location":
        return ""
    # An address spoken to by SOAP is never opened by a browser; it is `foundations.outbound` that judges it then.
    if found := addresses.problem(address, plain=element.get("Binding") == names.SOAP):
        raise refuse(f"{found} ({address[:80]})")
    return address


def _index(element: xml.Element) -> int:
    index = element.get("index", "0").strip()
    # `isdigit` lets « ² » by, which is no number.
    if not index.isdecimal() or not index.isascii() or len(index) > 5 or int(index) > 65535:  # noqa: PLR2004 - xs:unsignedShort
        raise refuse("le numéro d’une adresse de retour (index) n’est pas un nombre")
    return int(index)


def _certificates(role: xml.Element, use: str) -> tuple[str, ...]:
    found: list[str] = []
    for descriptor in role.findall(names.metadata("KeyDescriptor")):
        if descriptor.get("use") not in {None, use}:
            continue
        within = descriptor.iterfind(f".//{names.signature('X509Certificate')}")
        found.extend(_certificate(xml.text_of(one)) for one in within)
    if len(found) > MANY_CERTIFICATES:
        raise refuse("le document porte trop de certificats")
    return tuple(dict.fromkeys(found))


def _rsa_alone(found: tuple[str, ...], role: xml.Element) -> tuple[str, ...]:
    """Return the keys that a statement can be encrypted by; one that says it is for that alone must be able to."""
    able = tuple(one for one in found if isinstance(_public_key(one), rsa.RSAPublicKey))
    meant = any(one.get("use") == "encryption" for one in role.findall(names.metadata("KeyDescriptor")))
    if meant and not able:
        raise refuse("la clé de chiffrement n’est pas RSA")
    return able


def _public_key(certificate: str) -> object:
    return x509.load_pem_x509_certificate(certificate.encode()).public_key()


def _certificate(text: str) -> str:
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode("".join(text.split()), validate=True))
        key = certificate.public_key()
    except (ValueError, binascii.Error, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise refuse("un certificat ne peut pas être lu") from error
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < SMALLEST_RSA:
        raise refuse(f"la clé d’un certificat est trop courte : {SMALLEST_RSA} bits au moins")
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size < SMALLEST_CURVE:
        raise refuse(f"la clé elliptique d’un certificat est trop courte : {SMALLEST_CURVE} bits au moins")
    if not isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise refuse("la clé d’un certificat n’est ni RSA ni elliptique")
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _encryption_methods(role: xml.Element) -> tuple[str, ...]:
    return tuple(
        str(one.get("Algorithm", ""))
        for descriptor in role.findall(names.metadata("KeyDescriptor"))
        if descriptor.get("use") in {None, "encryption"}
        for one in descriptor.findall(names.metadata("EncryptionMethod"))
    )
