"""A statement that only its application can read (Core, section 6; XML Encryption 1.1)."""

from collections.abc import Sequence
from typing import Any

import xmlsec
from cryptography import x509
from lxml import etree
from xmlsec import constants

from convergences.foundations import clock
from convergences.protocols.saml import names, xml
from convergences.protocols.saml.metadata_in import Described

_GCM = {
    "http://www.w3.org/2009/xmlenc11#aes256-gcm": (constants.TransformAes256Gcm, 256),
    "http://www.w3.org/2009/xmlenc11#aes128-gcm": (constants.TransformAes128Gcm, 128),
}
_CBC = {
    "http://www.w3.org/2001/04/xmlenc#aes256-cbc": (constants.TransformAes256Cbc, 256),
    "http://www.w3.org/2001/04/xmlenc#aes128-cbc": (constants.TransformAes128Cbc, 128),
}


def encrypted(statement: xml.Element, described: Described) -> xml.Element:
    """Return an `EncryptedAssertion`, by the first key that the application publishes.

    By AES-GCM, which cannot be altered unseen; by CBC only for an application that lists CBC and nothing better.
    """
    cipher, bits = _chosen(described.encryption_methods)
    envelope = etree.Element(names.assertion("EncryptedAssertion"), nsmap={"saml": names.ASSERTION})
    template = xmlsec.template.encrypted_data_create(envelope, cipher, type=constants.TypeEncElement, ns="xenc")
    xmlsec.template.encrypted_data_ensure_cipher_value(template)
    info = xmlsec.template.encrypted_data_ensure_key_info(template, ns="ds")
    key = xmlsec.template.add_encrypted_key(info, constants.TransformRsaOaep)
    xmlsec.template.encrypted_data_ensure_cipher_value(key)
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(_key(described.encryption), constants.KeyDataFormatCertPem, None))
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(constants.KeyDataAes, bits, constants.KeyDataTypeSession)
    # As text of its own, all its namespaces declared: many read what they open apart from the envelope.
    envelope.append(context.encrypt_binary(template, xml.serialized(statement)))
    return envelope


def _key(published: Sequence[str]) -> str:
    """Return the first that is not expired, for a rollover publishes both; else the first, which is trusted too."""
    now = clock.now()
    living = (one for one in published if x509.load_pem_x509_certificate(one.encode()).not_valid_after_utc > now)
    return next(living, published[0])


def _chosen(listed: tuple[str, ...]) -> tuple[Any, int]:
    able = next((_GCM[method] for method in listed if method in _GCM), None)
    weaker = next((_CBC[method] for method in listed if method in _CBC), None)
    return able or weaker or _GCM["http://www.w3.org/2009/xmlenc11#aes256-gcm"]
