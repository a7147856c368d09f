"""Signatures that no honest library would write."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

import xmlsec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree
from xmlsec import constants

from convergences.protocols.saml import names
from tests.saml.serving import RSA_SHA256, Keys, keys

EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
ENVELOPED = f"{names.SIGNATURE}enveloped-signature"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
PART = '<samlp:Extensions><p:part xmlns:p="urn:part" ID="_part">x</p:part></samlp:Extensions>'
_DS = f'xmlns:ds="{names.SIGNATURE}"'


def canonical(element: etree._Element, *, exclusive: bool = True) -> bytes:
    """Return the canonical form of an element."""
    return etree.tostring(element, method="c14n", exclusive=exclusive)


def _value(method: str, content: bytes, held: Keys) -> bytes:
    if "hmac" in method:
        return hmac.digest(held.certificate.encode(), content, "sha256")
    key = serialization.load_pem_private_key(held.private.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key.sign(content, padding.PKCS1v15(), hashes.SHA1() if method.endswith("sha1") else hashes.SHA256())


def by_hand(
    document: str,
    *,
    method: str = RSA_SHA256,
    digest: str = SHA256,
    transforms: Sequence[str] = (ENVELOPED, EXCLUSIVE),
) -> str:
    """Return a document signed with these algorithms, its digest and its value right for them."""
    root = etree.fromstring(document.encode())
    hashed = hashlib.new("sha1" if digest.endswith("sha1") else "sha256")
    hashed.update(canonical(root, exclusive=EXCLUSIVE in transforms))
    listed = "".join(f'<ds:Transform Algorithm="{one}"/>' for one in transforms)
    info = etree.fromstring(
        f'<ds:SignedInfo {_DS}><ds:CanonicalizationMethod Algorithm="{EXCLUSIVE}"/>'
        f'<ds:SignatureMethod Algorithm="{method}"/><ds:Reference URI="#{root.get("ID")}">'
        f"{f'<ds:Transforms>{listed}</ds:Transforms>' if listed else ''}"
        f'<ds:DigestMethod Algorithm="{digest}"/><ds:DigestValue>{base64.b64encode(hashed.digest()).decode()}'
        f"</ds:DigestValue></ds:Reference></ds:SignedInfo>"
    )
    value = base64.b64encode(_value(method, canonical(info), keys())).decode()
    signature = etree.fromstring(f"<ds:Signature {_DS}><ds:SignatureValue>{value}</ds:SignatureValue></ds:Signature>")
    signature.insert(0, info)
    root.insert(1, signature)
    return etree.tostring(root).decode()


def signed_with(document: str, *, uri: str) -> str:
    """Return a signed document whose reference is to this address."""
    signed = by_hand(document)
    identifier = etree.fromstring(document.encode()).get("ID")
    return signed.replace(f'URI="#{identifier}"', f'URI="{uri}"')


def without_value(document: str) -> str:
    """Return a signed document whose signature has no value."""
    root = etree.fromstring(document.encode())
    value = next(root.iter(names.signature("SignatureValue")))
    value.text = ""
    return etree.tostring(root).decode()


def of_a_part(document: str) -> str:
    """Return a document in which only a part is signed, by xmlsec, the signature directly within the whole."""
    root = etree.fromstring(document.encode())
    template = xmlsec.template.create(root, constants.TransformExclC14N, constants.TransformRsaSha256, ns="ds")
    reference = xmlsec.template.add_reference(template, constants.TransformSha256, uri="#_part")
    xmlsec.template.add_transform(reference, constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, constants.TransformExclC14N)
    root.insert(1, template)
    xmlsec.tree.add_ids(root, ["ID"])
    engine = xmlsec.SignatureContext()
    engine.key = xmlsec.Key.from_memory(keys().private, constants.KeyDataFormatPem)
    engine.sign(template)
    return etree.tostring(root).decode()


def descriptor(held: Keys, use: str = "signing") -> str:
    """Return the line of metadata that publishes a certificate."""
    return (
        f'<md:KeyDescriptor use="{use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{held.bare}'
        f"</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
    )
