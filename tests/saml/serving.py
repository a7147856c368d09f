"""An application that speaks SAML, as the tests play it: it writes requests, and reads answers with another's eyes."""

import base64
import datetime as dt
import re
import secrets
import zlib
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import parse_qs, quote_plus, unquote_plus, urlsplit

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from django.http import HttpResponse
from django.test import Client as Browser
from lxml import etree
from xmlsec import constants

from convergences.audit.services import SYSTEM
from convergences.catalog.models import Application
from convergences.foundations import clock
from convergences.protocols.saml import certificates, names
from convergences.protocols.saml.models import ServiceProvider
from convergences.protocols.saml.services import registration
from tests import keypool

ENTITY = "https://site.example/saml"
CONSUMER = "https://site.example/saml/acs"
LOGOUT = "https://site.example/saml/slo"
SSO = "http://testserver/saml/sso"
SLO = "http://testserver/saml/slo"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SIGNED = "{http://www.w3.org/2000/09/xmldsig#}Signature"


@dataclass(frozen=True)
class Keys:
    """A private key (PEM) and its certificate (PEM)."""

    private: str
    certificate: str

    @property
    def bare(self) -> str:
        """The certificate without the lines of PEM."""
        return "".join(line for line in self.certificate.splitlines() if not line.startswith("-----"))


@cache
@keypool.apart()
def keys(name: str = "site", *, size: int = 2048, lasts: int = 900) -> Keys:
    """Return keys of an application, whose certificate lasts so many days; making them costs a tenth of a second."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=size)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate = certified(key, name, lasts=lasts).public_bytes(serialization.Encoding.PEM)
    return Keys(private.decode(), certificate.decode())


def certified(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, name: str, *, lasts: int = 900) -> x509.Certificate:
    """Return a certificate that a key gives itself."""
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(called, called, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - dt.timedelta(days=900)).not_valid_after(now + dt.timedelta(days=lasts))
    return builder.sign(key, hashes.SHA256())


def metadata(**changes: Any) -> str:
    """Return the metadata of an application."""
    told = {"entity": ENTITY, "consumer": CONSUMER, "keys": keys(), "encrypt": False, "signs": "false", **changes}
    uses = ["signing", *(["encryption"] if told["encrypt"] else [])]
    descriptors = "".join(
        f'<md:KeyDescriptor use="{use}"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{told["keys"].bare}'
        f"</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        for use in uses
    )
    logouts = "".join(
        f'<md:SingleLogoutService Binding="{binding}" Location="{LOGOUT}"/>' for binding in told.get("logouts", [])
    )
    return (
        f'<md:EntityDescriptor xmlns:md="{names.METADATA}" xmlns:ds="{names.SIGNATURE}" entityID="{told["entity"]}" '
        f'{told.get("about", "")}><md:SPSSODescriptor protocolSupportEnumeration="{names.PROTOCOL}" '
        f'AuthnRequestsSigned="{told["signs"]}">{descriptors}{logouts}<md:AssertionConsumerService '
        f'Binding="{names.POST}" Location="{told["consumer"]}" index="1" isDefault="true"/>{told.get("more", "")}'
        f"</md:SPSSODescriptor></md:EntityDescriptor>"
    )


def define(application: Application, document: str = "", **changes: Any) -> ServiceProvider:
    """Register an application."""
    return registration.define(application, {"metadata": document or metadata(), **changes}, actor=SYSTEM).provider


def instant(moment: dt.datetime) -> str:
    """Return an instant as the norm writes it."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def request(**changes: Any) -> str:
    """Return an honest AuthnRequest, altered."""
    told = {"id": f"_{secrets.token_hex(16)}", "at": instant(clock.now()), "to": SSO, "issuer": ENTITY, **changes}
    return (
        f'<samlp:AuthnRequest xmlns:samlp="{names.PROTOCOL}" xmlns:saml="{names.ASSERTION}" ID="{told["id"]}" '
        f'Version="2.0" IssueInstant="{told["at"]}" Destination="{told["to"]}" {told.get("about", "")}>'
        f"<saml:Issuer>{told['issuer']}</saml:Issuer>{told.get('more', '')}</samlp:AuthnRequest>"
    )


def signed(document: str, by: Keys | None = None) -> str:
    """Return a document with its signature within, by xmlsec: another library than ours."""
    root = etree.fromstring(document.encode())
    template = xmlsec.template.create(root, constants.TransformExclC14N, constants.TransformRsaSha256, ns="ds")
    reference = xmlsec.template.add_reference(template, constants.TransformSha256, uri=f"#{root.get('ID')}")
    xmlsec.template.add_transform(reference, constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, constants.TransformExclC14N)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(template))
    root.insert(1, template)
    xmlsec.tree.add_ids(root, ["ID"])
    engine = xmlsec.SignatureContext()
    held = by or keys()
    engine.key = xmlsec.Key.from_memory(held.private, constants.KeyDataFormatPem)
    engine.key.load_cert_from_memory(held.certificate, constants.KeyDataFormatCertPem)
    engine.sign(template)
    return etree.tostring(root).decode()


def deflated(document: str) -> str:
    """Return a message as an address carries it."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return base64.b64encode(engine.compress(document.encode()) + engine.flush()).decode()


def address(document: str, *, relay_state: str = "", by: Keys | None = None, name: str = "SAMLRequest") -> str:
    """Return the parameters of a Redirect, signed when `by` is given."""
    query = f"{name}={quote_plus(deflated(document))}"
    query += f"&RelayState={quote_plus(relay_state)}" if relay_state else ""
    if by is None:
        return query
    return beside(f"{query}&SigAlg={quote_plus(RSA_SHA256)}", by)


def beside(query: str, by: Keys) -> str:
    """Return parameters with their signature."""
    key = serialization.load_pem_private_key(by.private.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    signature = key.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{query}&Signature={quote_plus(base64.b64encode(signature).decode())}"


@dataclass
class Answer:
    """A response, once its signature was checked by xmlsec."""

    root: etree._Element
    consumer: str
    relay_state: str

    @property
    def statuses(self) -> list[str]:
        """The codes of the status, the outer one first."""
        return [str(code.get("Value")) for code in self.root.iter(names.protocol("StatusCode"))]

    @property
    def assertion(self) -> etree._Element:
        """The statement."""
        found = self.root.find(names.assertion("Assertion"))
        assert found is not None
        return found

    @property
    def name(self) -> etree._Element:
        """The name of the agent."""
        found = self.assertion.find(f".//{names.assertion('NameID')}")
        assert found is not None
        return found

    @property
    def attributes(self) -> dict[str, list[str]]:
        """The values told, by friendly name."""
        return {
            str(one.get("FriendlyName")): [str(value.text) for value in one]
            for one in self.assertion.iter(names.assertion("Attribute"))
        }


def checked(root: etree._Element) -> None:
    """Check the signature of an element by our published certificate, with xmlsec."""
    signature = root.find(SIGNED)
    assert signature is not None
    xmlsec.tree.add_ids(root, ["ID"])
    engine = xmlsec.SignatureContext()
    engine.key = xmlsec.Key.from_memory(certificates.signer().certificate, constants.KeyDataFormatCertPem)
    engine.verify(signature)


def fields_of(page: str) -> dict[str, str]:
    """Return the hidden fields of a page."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in found}


def answer_in(response: HttpResponse, *, private: str = "") -> Answer:
    """Return the response that a page hands over, its signatures checked; `private` opens what is encrypted."""
    page = response.content.decode()
    assert response.status_code == 200, page[:3000]
    fields = fields_of(page)
    root = etree.fromstring(base64.b64decode(fields["SAMLResponse"]))
    checked(root)
    if private:
        _open(root, private)
    statement = root.find(names.assertion("Assertion"))
    if statement is not None:
        checked(etree.fromstring(etree.tostring(statement)))
    consumer = re.search(r'<form[^>]+action="([^"]+)"', page)
    assert consumer is not None
    return Answer(root, unescape(consumer[1]), fields.get("RelayState", ""))


def _open(root: etree._Element, private: str) -> None:
    envelope = root.find(names.assertion("EncryptedAssertion"))
    assert envelope is not None
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(private, constants.KeyDataFormatPem))
    engine = xmlsec.EncryptionContext(manager)
    data = xmlsec.tree.find_child(envelope, "EncryptedData", constants.EncNs)
    opened = engine.decrypt(data)
    envelope.getparent().replace(envelope, opened)


@dataclass
class Peer:
    """An application: it sends browsers with requests."""

    relay_state: str = "/deep?page=2"
    browser: Browser = field(default_factory=Browser)

    def send(self, document: str = "", *, by: Keys | None = None) -> HttpResponse:
        """Send the browser by Redirect, and follow to where admission is asked."""
        query = address(document or request(), relay_state=self.relay_state, by=by)
        return self.follow(self.browser.get(f"/saml/sso?{query}"))

    def post(self, document: str) -> HttpResponse:
        """Send the browser by POST, without its cookie as browsers do, and follow."""
        form = {"SAMLRequest": base64.b64encode(document.encode()).decode(), "RelayState": self.relay_state}
        return self.follow(Browser().post("/saml/sso", form))

    def go_on(self, response: HttpResponse) -> HttpResponse:
        """Follow what leads within our site, pages that go on by themselves too, up to what leaves it."""
        for _step in range(12):
            place = self.left_for(response)
            if not place.startswith("/") or place == "/connexion":
                break
            response = self.browser.get(place)
        return response

    @staticmethod
    def left_for(response: HttpResponse) -> str:
        """Return the address outside of our site where an answer leads, whether by itself or by its page."""
        if response.status_code in {302, 303}:
            return str(response["Location"])
        found = re.search(r'<(?:a class="btn btn-primary" href|form[^>]+action)="([^"]+)"', response.content.decode())
        return unescape(found[1]) if found is not None else "/connexion"

    def follow(self, response: HttpResponse) -> HttpResponse:
        """Go where the endpoint sends, when it does."""
        if response.status_code != 303:
            return response
        followed: HttpResponse = self.browser.get(response["Location"])
        return followed


def checked_address(location: str, name: str) -> etree._Element:
    """Return the message that an address of ours carries, its signature checked over the text itself."""
    query = urlsplit(location).query
    covered, _, signature = query.partition("&Signature=")
    key = x509.load_pem_x509_certificate(certificates.signer().certificate.encode()).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    value = base64.b64decode(unquote_plus(signature))
    key.verify(value, covered[covered.index(f"{name}=") :].encode(), padding.PKCS1v15(), hashes.SHA256())
    return etree.fromstring(zlib.decompress(base64.b64decode(parse_qs(query)[name][0]), -15))
