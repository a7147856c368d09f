"""An application's keys, made once and kept in its folder, and the description by which the portal knows it (SAML)."""

import datetime as dt
import os
from dataclasses import dataclass
from html import escape
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from convergences_demo.hall.place import Place

_LIFE = dt.timedelta(days=5 * 365)
_BITS = 3072
_BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:"
_ENCRYPTIONS = ("http://www.w3.org/2009/xmlenc11#aes256-gcm", "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p")


@dataclass(frozen=True, slots=True)
class Keys:
    """A private key and its certificate, in PEM."""

    private: str
    certificate: str

    @property
    def bare(self) -> str:
        """The certificate without the lines of PEM."""
        return "".join(line for line in self.certificate.splitlines() if not line.startswith("-----"))


def keys_of(place: Place) -> Keys:
    """Return the application's own keys, made the first time."""
    key, certificate = (place.data / f"{place.key}-saml.{kind}" for kind in ("key", "crt"))
    if not (key.is_file() and certificate.is_file()):
        place.data.mkdir(parents=True, exist_ok=True)
        _make(place.name, key, certificate)
    return Keys(key.read_text(), certificate.read_text())


def _make(name: str, key_path: Path, certificate_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(called, called, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + _LIFE)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    certificate_path.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(pem))
    with os.fdopen(os.open(key_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(private)


def entity_of(place: Place) -> str:
    """Return the name by which the portal knows the application: where its description is."""
    return f"{place.base_url}/saml/metadata"


def description(place: Place, name_format: str) -> str:
    """Return the application's metadata: signed requests, encrypted statements, logout by browser and by server."""
    base, bare = escape(place.base_url), keys_of(place).bare
    key = f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{bare}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    methods = "".join(f'<md:EncryptionMethod Algorithm="{one}"/>' for one in _ENCRYPTIONS)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" '
        f'xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{base}/saml/metadata">\n'
        '<md:SPSSODescriptor AuthnRequestsSigned="true" WantAssertionsSigned="true" '
        'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">\n'
        f'<md:KeyDescriptor use="signing">{key}</md:KeyDescriptor>\n'
        f'<md:KeyDescriptor use="encryption">{key}{methods}</md:KeyDescriptor>\n'
        f'<md:SingleLogoutService Binding="{_BINDINGS}SOAP" Location="{base}/saml/slo/soap"/>\n'
        f'<md:SingleLogoutService Binding="{_BINDINGS}HTTP-Redirect" Location="{base}/saml/slo"/>\n'
        f"<md:NameIDFormat>{escape(name_format)}</md:NameIDFormat>\n"
        f'<md:AssertionConsumerService Binding="{_BINDINGS}HTTP-POST" Location="{base}/saml/acs" index="1" '
        'isDefault="true"/>\n</md:SPSSODescriptor>\n</md:EntityDescriptor>\n'
    )
