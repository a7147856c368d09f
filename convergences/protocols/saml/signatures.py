"""Signing our messages, and checking those of others: what was signed is what is read, and nothing else.

Only what `signxml` returns as signed is followed, and it must be the whole message: a signature that covers another
part of the document proves nothing of what one reads (wrapping). What a signature may hold is fixed before it is
checked (Core, section 5.4). SHA-1 is refused, on the message and in its address.

We sign by lxml's exclusive canonical form and the bare key; `tests/saml/test_signing.py` has others read it.
"""

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote_plus

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from convergences.protocols.saml import names, xml
from convergences.protocols.saml.bindings import Received
from convergences.protocols.saml.certificates import Signer
from convergences.protocols.saml.errors import BadMessage

RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_HASHES: dict[str, tuple[type, hashes.HashAlgorithm]] = {
    RSA_SHA256: (rsa.RSAPublicKey, hashes.SHA256()),
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": (rsa.RSAPublicKey, hashes.SHA384()),
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": (rsa.RSAPublicKey, hashes.SHA512()),
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256": (ec.EllipticCurvePublicKey, hashes.SHA256()),
}
_METHODS = frozenset(
    {
        SignatureMethod.RSA_SHA256,
        SignatureMethod.RSA_SHA384,
        SignatureMethod.RSA_SHA512,
        SignatureMethod.ECDSA_SHA256,
    }
)
_DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
_EXPECTED = SignatureConfiguration(
    require_x509=True, location="./", expect_references=1, signature_methods=_METHODS, digest_algorithms=_DIGESTS
)
# What the library answers to a signature that does not hold, and what it stumbles on in one that is hollow.
_NOT_HELD = (
    SignXMLException, InvalidSignature, UnsupportedAlgorithm, etree.LxmlError,
    ValueError, TypeError, LookupError, AttributeError,
)  # fmt: skip
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_ENVELOPED = f"{names.SIGNATURE}enveloped-signature"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
_TRANSFORMS = ([_ENVELOPED, _EXCLUSIVE], [_ENVELOPED, f"{_EXCLUSIVE}WithComments"], [_ENVELOPED])
_DS = f'xmlns:ds="{names.SIGNATURE}"'


def sign(element: xml.Element, signer: Signer, *, after: str) -> xml.Element:
    """Return a message or an assertion signed by us, its signature placed after its child of this name (`Issuer`)."""
    digest = base64.b64encode(hashlib.sha256(_canonical(element)).digest()).decode()
    # Already in its canonical form: the identifier is of our making, and holds nothing that XML would escape.
    info = (
        f'<ds:SignedInfo {_DS}><ds:CanonicalizationMethod Algorithm="{_EXCLUSIVE}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{RSA_SHA256}"></ds:SignatureMethod><ds:Reference URI="#{element.get("ID")}">'
        f'<ds:Transforms><ds:Transform Algorithm="{_ENVELOPED}"></ds:Transform>'
        f'<ds:Transform Algorithm="{_EXCLUSIVE}"></ds:Transform></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{_SHA256}"></ds:DigestMethod><ds:DigestValue>{digest}</ds:DigestValue>'
        f"</ds:Reference></ds:SignedInfo>"
    )
    value = base64.b64encode(signer.key.sign(info.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
    signature = etree.fromstring(
        f"<ds:Signature {_DS}>{info}<ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data>"
        f"<ds:X509Certificate>{signer.bare}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
    )
    position = element.find(after) if after else None
    if position is None:
        element.insert(0, signature)
    else:
        position.addnext(signature)
    return element


def _canonical(element: xml.Element) -> bytes:
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def sign_address(parameters: str, signer: Signer) -> str:
    """Return the parameters of a Redirect with their signature (Bindings, 3.4.4.1)."""
    signature = signer.key.sign(parameters.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{parameters}&Signature={quote_plus(base64.b64encode(signature).decode())}"


def verified(received: Received, certificates: Iterable[str]) -> xml.Element | None:
    """Return the message as it was signed by one of these certificates, or None when it bears no signature.

    Raises `BadMessage` when it bears one that does not hold.
    """
    if received.binding == names.REDIRECT:
        if not received.signature:
            return None
        _verify_address(received, certificates)
        return received.root
    if next(received.root.iter(names.signature("Signature")), None) is None:
        return None
    return signed_root(received.root, certificates)


def signed_root(root: xml.Element, certificates: Iterable[str]) -> xml.Element:
    """Return a document as it was signed, as a whole, by one of these certificates; raises `BadMessage`."""
    _check_profile(root)
    for certificate in certificates:
        try:
            found = XMLVerifier().verify(
                root, x509_cert=certificate, expect_config=_expected(certificate), id_attribute="ID"
            )
        except _NOT_HELD:
            continue
        signed = found[0].signed_xml if isinstance(found, list) else found.signed_xml
        if signed is not None and signed.tag == root.tag and signed.get("ID") == root.get("ID"):
            return signed
    raise BadMessage("the signature is not one of this application's")


def _expected(certificate: str) -> SignatureConfiguration:
    """Return what is accepted of a key. Its dates are not asked: metadata is what makes it trusted.

    SAML V2.0 Metadata Interoperability Profile, section 2.6.1; `expiries` warns of them.
    """
    began = x509.load_pem_x509_certificate(certificate.encode()).not_valid_before_utc
    return replace(_EXPECTED, verification_time=began)


def _check_profile(root: xml.Element) -> None:
    """Check that one signature is there, directly within the message, that it covers it whole and holds no more."""
    found = list(root.iter(names.signature("Signature")))
    if len(found) != 1 or found[0].getparent() is not root:
        raise BadMessage("the message does not bear one signature of its own")
    signature = found[0]
    if signature.find(f".//{names.signature('Object')}") is not None:
        raise BadMessage("the signature holds an object")
    references = list(signature.iter(names.signature("Reference")))
    if len(references) != 1 or references[0].get("URI") != f"#{root.get('ID', '')}":
        raise BadMessage("the signature does not cover the message")
    transforms = list(signature.iter(names.signature("Transform")))
    if [one.get("Algorithm") for one in transforms] not in _TRANSFORMS:
        raise BadMessage("the signature transforms what it covers")


def _verify_address(received: Received, certificates: Iterable[str]) -> None:
    expected = _HASHES.get(received.algorithm)
    if expected is None or not received.signature:
        raise BadMessage("the algorithm of the signature is not accepted")
    for certificate in certificates:
        if _holds(x509.load_pem_x509_certificate(certificate.encode()).public_key(), expected, received):
            return
    raise BadMessage("the signature is not one of this application's")


def _holds(key: object, expected: tuple[type, hashes.HashAlgorithm], received: Received) -> bool:
    kind, algorithm = expected
    if not isinstance(key, kind):
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(received.signature, received.signed, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(received.signature, received.signed, ec.ECDSA(algorithm))
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
