"""What we publish of ourselves: addresses, names, and the certificates of now and next (Metadata, section 2.4.3)."""

import datetime as dt
import secrets

from django.conf import settings
from django.urls import reverse
from lxml import etree

from convergences.foundations import clock
from convergences.protocols.saml import certificates, lifetimes, names, signatures, xml

_PREFIXES = {"md": names.METADATA, "ds": names.SIGNATURE}


def entity_id() -> str:
    """Return the name by which applications know us: the address of this very document."""
    return settings.BASE_URL + reverse("saml:metadata")


def build() -> bytes:
    """Return our metadata, signed, good for a week."""
    signer = certificates.signer()  # the first key is made here, before those published are listed
    until = clock.now() + lifetimes.METADATA
    root = etree.Element(
        names.metadata("EntityDescriptor"),
        nsmap=_PREFIXES,
        ID=f"_{secrets.token_hex(16)}",
        entityID=entity_id(),
        validUntil=instant(until),
        cacheDuration="PT6H",
    )
    role = etree.SubElement(
        root,
        names.metadata("IDPSSODescriptor"),
        WantAuthnRequestsSigned="false",
        protocolSupportEnumeration=names.PROTOCOL,
    )
    for row in certificates.published():
        _key(role, row.certificate)
    for binding in (names.REDIRECT, names.POST, names.SOAP):
        _endpoint(role, "SingleLogoutService", binding, "saml:slo" if binding != names.SOAP else "saml:slo_soap")
    for form in names.NAME_FORMATS.values():
        etree.SubElement(role, names.metadata("NameIDFormat")).text = form
    for binding in (names.REDIRECT, names.POST):
        _endpoint(role, "SingleSignOnService", binding, "saml:sso")
    signed = signatures.sign(root, signer, after="")
    return etree.tostring(signed, xml_declaration=True, encoding="UTF-8")


def _key(role: xml.Element, certificate: str) -> None:
    descriptor = etree.SubElement(role, names.metadata("KeyDescriptor"), use="signing")
    info = etree.SubElement(descriptor, names.signature("KeyInfo"))
    data = etree.SubElement(info, names.signature("X509Data"))
    etree.SubElement(data, names.signature("X509Certificate")).text = certificates.bare(certificate)


def _endpoint(role: xml.Element, name: str, binding: str, address: str) -> None:
    etree.SubElement(role, names.metadata(name), Binding=binding, Location=settings.BASE_URL + reverse(address))


def instant(moment: dt.datetime) -> str:
    """Return an instant as the norm writes it: UTC, seconds (Core, section 1.3.3)."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
