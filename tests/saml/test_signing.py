"""What we sign is read by others: signxml, xmlsec; whatever names and values it holds."""

import pytest
import xmlsec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from signxml.verifier import SignatureConfiguration, XMLVerifier
from xmlsec import constants

from convergences.protocols.saml import certificates, names, signatures
from convergences.protocols.saml.errors import BadMessage
from tests.saml.serving import Peer, answer_in, keys

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("\t\n&<>\"'é"))


def signer() -> certificates.Signer:
    """The site's keys, as if they were ours: no table is read."""
    key = serialization.load_pem_private_key(keys().private.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return certificates.Signer(key, keys().certificate)


def read_by_xmlsec(root: etree._Element) -> None:
    xmlsec.tree.add_ids(root, ["ID"])
    engine = xmlsec.SignatureContext()
    engine.key = xmlsec.Key.from_memory(keys().certificate, constants.KeyDataFormatCertPem)
    engine.verify(root.find(names.signature("Signature")))


def read_by_signxml(root: etree._Element) -> etree._Element:
    found = XMLVerifier().verify(
        root, x509_cert=keys().certificate, id_attribute="ID", expect_config=SignatureConfiguration(location="./")
    )
    assert not isinstance(found, list)
    assert found.signed_xml is not None
    return found.signed_xml


@given(text=TEXT, value=TEXT)
@settings(max_examples=60, deadline=None)
def test_whatever_is_said_both_read_it_and_so_do_we(text: str, value: str) -> None:
    root = etree.Element(names.protocol("Response"), ID="_a", nsmap=names.PREFIXES)
    etree.SubElement(root, names.assertion("Issuer")).text = "us"
    etree.SubElement(root, "{urn:x}other", {"{urn:y}held": value}, nsmap={None: "urn:x", "y": "urn:y"}).text = text
    sent = etree.tostring(signatures.sign(root, signer(), after=names.assertion("Issuer")))
    read_by_xmlsec(etree.fromstring(sent))
    for signed in (
        read_by_signxml(etree.fromstring(sent)),
        signatures.signed_root(etree.fromstring(sent), [keys().certificate]),
    ):
        assert signed.findtext("{urn:x}other") == etree.fromstring(sent).findtext("{urn:x}other")


def test_altered_neither_reads_it() -> None:
    root = etree.Element(names.protocol("Response"), ID="_a", nsmap=names.PREFIXES)
    root = signatures.sign(root, signer(), after="")
    root.set("Destination", "https://evil.example/")
    with pytest.raises(xmlsec.VerificationError):
        read_by_xmlsec(etree.fromstring(etree.tostring(root)))
    with pytest.raises(BadMessage):
        signatures.signed_root(etree.fromstring(etree.tostring(root)), [keys().certificate])


def test_the_signature_comes_after_the_issuer_as_the_schema_wants(site: Peer) -> None:
    """Core, 3.2.2 and 2.3.3: Issuer, Signature, then the rest."""
    answer = answer_in(site.send())
    for element in (answer.root, answer.assertion):
        assert [etree.QName(child).localname for child in element][:2] == ["Issuer", "Signature"]
