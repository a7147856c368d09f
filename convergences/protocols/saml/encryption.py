"""A statement that only its application can read (Core, section 6; XML Encryption 1.1).

Written with the bare ciphers: xmlsec takes 13 ms to prepare a key, and the whole of a response takes 2 (`bench.saml`).
It is what opens them in the tests.
"""

import base64
import os
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from lxml import etree

from convergences.foundations import clock
from convergences.protocols.saml import certificates, names, xml
from convergences.protocols.saml.metadata_in import Described

_OAEP = f"{names.ENCRYPTION}rsa-oaep-mgf1p"
_OAEP_PADDING = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)  # noqa: S303 - what that name means
_GCM = {f"http://www.w3.org/2009/xmlenc11#aes{bits}-gcm": bits for bits in (128, 192, 256)}
_CBC = {f"{names.ENCRYPTION}aes{bits}-cbc": bits for bits in (128, 192, 256)}
_USUAL = "http://www.w3.org/2009/xmlenc11#aes256-gcm"
_BLOCK = 16


def encrypted(statement: xml.Element, described: Described) -> xml.Element:
    """Return an `EncryptedAssertion`, by a key that the application publishes.

    By AES-GCM, which cannot be altered unseen; by CBC only for an application that lists CBC and nothing better.
    """
    method = _chosen(described.encryption_methods)
    key = os.urandom((_GCM | _CBC)[method] // 8)
    certificate = _certificate(described.encryption)
    # As text of its own, all its namespaces declared: many read what they open apart from the envelope.
    content = xml.serialized(statement)
    sealed = _by_gcm(key, content) if method in _GCM else _by_cbc(key, content)
    return etree.fromstring(
        f'<saml:EncryptedAssertion xmlns:saml="{names.ASSERTION}"><xenc:EncryptedData xmlns:xenc="{names.ENCRYPTION}" '
        f'Type="{names.ENCRYPTION}Element"><xenc:EncryptionMethod Algorithm="{method}"/>'
        f'<ds:KeyInfo xmlns:ds="{names.SIGNATURE}"><xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="{_OAEP}">'
        f'<ds:DigestMethod Algorithm="{names.SIGNATURE}sha1"/></xenc:EncryptionMethod>'
        f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{certificates.bare(certificate)}</ds:X509Certificate>"
        f"</ds:X509Data></ds:KeyInfo>{_value(_wrapped(key, certificate))}</xenc:EncryptedKey></ds:KeyInfo>"
        f"{_value(sealed)}</xenc:EncryptedData></saml:EncryptedAssertion>"
    )


def _value(content: bytes) -> str:
    encoded = base64.b64encode(content).decode()
    return f"<xenc:CipherData><xenc:CipherValue>{encoded}</xenc:CipherValue></xenc:CipherData>"


def _wrapped(key: bytes, certificate: str) -> bytes:
    public = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    if not isinstance(public, rsa.RSAPublicKey):
        raise TypeError("metadata gives RSA keys alone to encrypt by")
    return public.encrypt(key, _OAEP_PADDING)


def _by_gcm(key: bytes, content: bytes) -> bytes:
    """Section 5.2.4: 96 bits drawn, what is sealed, its tag."""
    drawn = os.urandom(12)
    return drawn + AESGCM(key).encrypt(drawn, content, None)


def _by_cbc(key: bytes, content: bytes) -> bytes:
    """Section 5.2.1 and 5.2.2: a block drawn; the last octet of the padding says how long it is."""
    drawn, missing = os.urandom(_BLOCK), _BLOCK - len(content) % _BLOCK
    engine = Cipher(algorithms.AES(key), modes.CBC(drawn)).encryptor()
    return drawn + engine.update(content + bytes(missing - 1) + bytes([missing])) + engine.finalize()


def _certificate(published: Sequence[str]) -> str:
    """Return the first that is not expired, for a rollover publishes both; else the first, which is trusted too."""
    now = clock.now()
    living = (one for one in published if x509.load_pem_x509_certificate(one.encode()).not_valid_after_utc > now)
    return next(living, published[0])


def _chosen(listed: Sequence[str]) -> str:
    return next((method for known in (_GCM, _CBC) for method in listed if method in known), _USUAL)
