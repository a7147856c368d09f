"""Answers: who came, signed within and as a whole, encrypted where the application publishes a key (Core, 2.3, 3.3)."""

import datetime as dt
import secrets
from dataclasses import dataclass

from lxml import etree

from convergences.authentication.models import Session
from convergences.authentication.rules import proved_at
from convergences.foundations import clock
from convergences.protocols.saml import certificates, encryption, lifetimes, metadata_out, names, signatures, xml
from convergences.protocols.saml.errors import SamlRefusal
from convergences.protocols.saml.metadata_in import Described
from convergences.protocols.saml.metadata_out import instant
from convergences.protocols.saml.models import ServiceProvider
from convergences.protocols.saml.naming import Attribute, Name

_ISSUER = names.assertion("Issuer")


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of an agent to one application, in answer to a request, or to none."""

    provider: ServiceProvider
    consumer: str
    name: Name
    attributes: list[Attribute]
    session: Session
    session_index: str
    context: str
    request_id: str = ""


def new_id() -> str:
    """Return an identifier of 128 bits that XML allows: it starts with no digit (Core, section 1.3.4)."""
    return f"_{secrets.token_hex(16)}"


def success(told: Told) -> xml.Element:
    """Return a signed response that holds a signed statement."""
    described = Described.of(told.provider.described)
    signer = certificates.signer()
    statement = signatures.sign(_assertion(told, described), signer, after=_ISSUER)
    root = _response(told.consumer, told.request_id)
    _status(root, names.SUCCESS)
    if told.provider.encrypted_assertions and described.encryption:
        root.append(encryption.encrypted(statement, described))
    else:
        root.append(statement)
    return signatures.sign(root, signer, after=_ISSUER)


def failure(consumer: str, request_id: str, refusal: SamlRefusal) -> xml.Element:
    """Return a signed response that holds a refusal (Core, section 3.2.2)."""
    root = _response(consumer, request_id)
    _status(root, refusal.status, refusal.second, refusal.description)
    return signatures.sign(root, certificates.signer(), after=_ISSUER)


def message(name: str, destination: str, request_id: str = "") -> xml.Element:
    """Return the beginning of a message of ours, of this name in the protocol's namespace."""
    about = {"ID": new_id(), "Version": "2.0", "IssueInstant": instant(clock.now())}
    about |= {"Destination": destination} if destination else {}
    about |= {"InResponseTo": request_id} if request_id else {}
    root = etree.Element(names.protocol(name), about, nsmap=names.PREFIXES)
    etree.SubElement(root, _ISSUER).text = metadata_out.entity_id()
    return root


def _response(consumer: str, request_id: str) -> xml.Element:
    return message("Response", consumer, request_id)


def _status(root: xml.Element, code: str, second: str = "", description: str = "") -> None:
    status = etree.SubElement(root, names.protocol("Status"))
    outer = etree.SubElement(status, names.protocol("StatusCode"), Value=code)
    if second:
        etree.SubElement(outer, names.protocol("StatusCode"), Value=second)
    if description:
        etree.SubElement(status, names.protocol("StatusMessage")).text = description


def _assertion(told: Told, described: Described) -> xml.Element:
    now = clock.now()
    root = etree.Element(
        names.assertion("Assertion"), nsmap=names.PREFIXES, ID=new_id(), Version="2.0", IssueInstant=instant(now)
    )
    etree.SubElement(root, _ISSUER).text = metadata_out.entity_id()
    _subject(root, told, now)
    until = instant(now + lifetimes.ASSERTION)
    conditions = etree.SubElement(
        root, names.assertion("Conditions"), NotBefore=instant(now - lifetimes.SKEW), NotOnOrAfter=until
    )
    restriction = etree.SubElement(conditions, names.assertion("AudienceRestriction"))
    etree.SubElement(restriction, names.assertion("Audience")).text = told.provider.entity_id
    _authentication(root, told, described, now)
    _attributes(root, told.attributes)
    return root


def _subject(root: xml.Element, told: Told, now: dt.datetime) -> None:
    subject = etree.SubElement(root, names.assertion("Subject"))
    subject.append(name_element(told.provider, told.name))
    confirmation = etree.SubElement(subject, names.assertion("SubjectConfirmation"), Method=names.BEARER)
    about = {"NotOnOrAfter": instant(now + lifetimes.ASSERTION), "Recipient": told.consumer}
    about |= {"InResponseTo": told.request_id} if told.request_id else {}
    etree.SubElement(confirmation, names.assertion("SubjectConfirmationData"), about)


def name_element(provider: ServiceProvider, name: Name) -> xml.Element:
    """Return a NameID; a persistent name is qualified by who gives it and to whom (Core, section 8.3.7)."""
    about = {"Format": name.format}
    if name.format in {names.PERSISTENT, names.TRANSIENT}:
        about |= {"NameQualifier": metadata_out.entity_id(), "SPNameQualifier": provider.entity_id}
    element = etree.Element(names.assertion("NameID"), about, nsmap=names.PREFIXES)
    element.text = name.value
    return element


def _authentication(root: xml.Element, told: Told, described: Described, now: dt.datetime) -> None:
    session = told.session
    until = session.expires_at
    if not any(one.binding == names.SOAP for one in described.logouts):
        until = min(until, now + lifetimes.UNTOLD_SESSION)
    statement = etree.SubElement(
        root,
        names.assertion("AuthnStatement"),
        AuthnInstant=instant(proved_at(session)),
        SessionIndex=told.session_index,
        SessionNotOnOrAfter=instant(until),
    )
    context = etree.SubElement(statement, names.assertion("AuthnContext"))
    etree.SubElement(context, names.assertion("AuthnContextClassRef")).text = told.context


def _attributes(root: xml.Element, attributes: list[Attribute]) -> None:
    if not attributes:
        return
    statement = etree.SubElement(root, names.assertion("AttributeStatement"))
    for one in attributes:
        kind = names.URI_NAMES if ":" in one.name else names.BASIC_NAMES
        element = etree.SubElement(
            statement, names.assertion("Attribute"), Name=one.name, NameFormat=kind, FriendlyName=one.friendly
        )
        for value in one.values:
            etree.SubElement(element, names.assertion("AttributeValue")).text = xml.sayable(value)
