"""Signing our messages, and checking those of others: what was signed is what is read, and nothing else.

Only what `signxml` returns as signed is followed, and it must be the whole message: a signature that covers another
part of the document proves nothing of what one reads (wrapping). SHA-1 is refused, on the message and in its address.
"""

import base64
from collections.abc import Iterable
from urllib.parse import quote_plus

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.exceptions import SignXMLException
from signxml.signer import XMLSigner
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
_SMALLEST_RSA = 2048


def sign(element: xml.Element, signer: Signer, *, after: str) -> xml.Element:
    """Return a message or an assertion signed by us, its signature placed after its child of this name (`Issuer`)."""
    placed = etree.Element(names.signature("Signature"), nsmap={"ds": names.SIGNATURE}, Id="placeholder")
    position = element.find(after)
    if position is None:
        element.insert(0, placed)
    else:
        position.addnext(placed)
    engine = XMLSigner(
        signature_algorithm=SignatureMethod.RSA_SHA256,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    engine.namespaces = {"ds": names.SIGNATURE}
    return engine.sign(element, key=signer.key, cert=signer.certificate, reference_uri=f"#{element.get('ID')}")


def sign_address(parameters: str, signer: Signer) -> str:
    """Return the parameters of a Redirect with their signature (Bindings, 3.4.4.1)."""
    signature = signer.key.sign(parameters.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{parameters}&Signature={quote_plus(base64.b64encode(signature).decode())}"


def verified(received: Received, certificates: Iterable[str]) -> xml.Element | None:
    """Return the message as it was signed by one of these certificates, or None when it bears no signature.

    Raises `BadMessage` when it bears one that does not hold.
    """
    if received.binding == names.REDIRECT:
        if not received.signature and not received.algorithm:
            return None
        _verify_address(received, certificates)
        return received.root
    if received.root.find(names.signature("Signature")) is None:
        if received.root.find(f".//{names.signature('Signature')}") is not None:
            raise BadMessage("a part of the message is signed, and not the message")
        return None
    return signed_root(received.root, certificates)


def signed_root(root: xml.Element, certificates: Iterable[str]) -> xml.Element:
    """Return a document as it was signed, as a whole, by one of these certificates; raises `BadMessage`."""
    if len(root.findall(f".//{names.signature('Signature')}")) != 1:
        raise BadMessage("the message does not bear one signature")
    for certificate in certificates:
        try:
            found = XMLVerifier().verify(root, x509_cert=certificate, expect_config=_EXPECTED, id_attribute="ID")
        except (SignXMLException, InvalidSignature, ValueError):
            continue
        signed = found[0].signed_xml if isinstance(found, list) else found.signed_xml
        if signed is not None and signed.tag == root.tag and signed.get("ID") == root.get("ID"):
            return signed
    raise BadMessage("the signature is not one of this application's")


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
