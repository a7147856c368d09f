"""How messages travel: in an address (Redirect), in a form (POST), in an envelope (SOAP) (Bindings, 3.2 to 3.5)."""

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus, unquote_plus, urlencode

from lxml import etree

from convergences.protocols.saml import names, xml
from convergences.protocols.saml.errors import BadMessage

LONGEST_RELAY_STATE = 1024  # the norm says 80 octets (3.4.3); clients in the field send addresses
_PARAMETERS = ("SAMLRequest", "SAMLResponse")
_DEFLATE = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it came: its document, its bytes, how, and what was signed beside it."""

    root: xml.Element
    binding: str
    relay_state: str = ""
    signed: bytes = b""
    algorithm: str = ""
    signature: bytes = b""


def from_address(query: str) -> Received:
    """Return the message of a Redirect (3.4); raises `BadMessage`.

    The signature covers the very text that was received: it is kept as it came, never encoded anew.
    """
    raw = _raw_parameters(query)
    name = next((known for known in _PARAMETERS if known in raw), "")
    if not name or all(known in raw for known in _PARAMETERS):
        raise BadMessage("the address holds no message, or two")
    root = xml.parse(_inflated(_decoded(_unquoted(raw[name]))))
    relay_state = _relay_state(_unquoted(raw.get("RelayState", "")))
    if _unquoted(raw.get("SAMLEncoding", _DEFLATE)) != _DEFLATE:
        raise BadMessage("the encoding is not DEFLATE")
    if root.find(names.signature("Signature")) is not None:
        raise BadMessage("in an address, a message is signed beside it (3.4.4.1)")
    if "Signature" not in raw and "SigAlg" not in raw:
        return Received(root, names.REDIRECT, relay_state)
    covered = [f"{known}={raw[known]}" for known in (name, "RelayState", "SigAlg") if known in raw]
    algorithm = _unquoted(raw.get("SigAlg", ""))
    signature = _decoded(_unquoted(raw.get("Signature", "")))
    if not signature or not algorithm:
        raise BadMessage("a part of the signature is missing")
    return Received(root, names.REDIRECT, relay_state, "&".join(covered).encode(), algorithm, signature)


def _raw_parameters(query: str) -> dict[str, str]:
    raw: dict[str, str] = {}
    for pair in query.split("&"):
        name, equals, value = pair.partition("=")
        if not equals:
            continue
        if name in raw:
            raise BadMessage("a parameter is repeated")
        raw[name] = value
    return raw


def _unquoted(value: str) -> str:
    try:
        return unquote_plus(value, errors="strict")
    except UnicodeDecodeError as error:
        raise BadMessage("a parameter is not in UTF-8") from error


def from_form(fields: Mapping[str, Sequence[str]]) -> Received:
    """Return the message of a POST (3.5); its signature is within; raises `BadMessage`.

    `fields` gives the values of each name, as many as there are: two readers may choose two.
    """
    found = [value for name in _PARAMETERS for value in fields.get(name, ())]
    relay_states = fields.get("RelayState", ())
    if len(found) != 1 or len(relay_states) > 1:
        raise BadMessage("the form holds no message, or two")
    return Received(xml.parse(_decoded(found[0])), names.POST, _relay_state("".join(relay_states)))


def from_envelope(content: bytes) -> Received:
    """Return the message of a SOAP envelope (3.2); raises `BadMessage`."""
    if len(content) > xml.LARGEST_MESSAGE:
        raise BadMessage("the envelope is too large")
    root = xml.parse(content)
    bodies = root.findall(f"{{{names.ENVELOPE}}}Body")
    if root.tag != f"{{{names.ENVELOPE}}}Envelope" or len(bodies) != 1 or len(bodies[0]) != 1:
        raise BadMessage("the envelope does not hold one message")
    # Its own document: what a signature covers, and what is read, can only be the message.
    return Received(xml.parse(xml.serialized(bodies[0][0])), names.SOAP)


def to_fault(detail: str) -> bytes:
    """Return an envelope that says that nothing of a message was followed (SOAP 1.1, section 4.4)."""
    fault = etree.Element(f"{{{names.ENVELOPE}}}Fault", nsmap={"S": names.ENVELOPE})
    etree.SubElement(fault, "faultcode").text = "S:Client"
    etree.SubElement(fault, "faultstring").text = "".join(sign for sign in detail if sign.isprintable())
    return to_envelope(fault)


def _relay_state(value: str) -> str:
    if len(value) > LONGEST_RELAY_STATE:
        raise BadMessage("RelayState is too long")
    return value


def _decoded(value: str) -> bytes:
    if len(value) > 2 * xml.LARGEST_MESSAGE:
        raise BadMessage("the message is too large")
    try:
        return base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadMessage("the message is not in base64") from error


def _inflated(content: bytes) -> bytes:
    """Return what was deflated (3.4.4.1), as long as it is no larger than a message may be."""
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = engine.decompress(content, xml.LARGEST_MESSAGE + 1)
    except zlib.error as error:
        raise BadMessage("the message is not deflated") from error
    if len(inflated) > xml.LARGEST_MESSAGE or engine.unconsumed_tail:
        raise BadMessage("the message is too large")
    if not engine.eof or engine.unused_data:
        raise BadMessage("the message is cut, or followed by something")
    return inflated


def to_address(name: str, root: xml.Element, relay_state: str, algorithm: str) -> str:
    """Return the parameters of a Redirect, up to `SigAlg`: what is to be signed."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    deflated = engine.compress(xml.serialized(root)) + engine.flush()
    pairs = [(name, base64.b64encode(deflated).decode())]
    if relay_state:
        pairs.append(("RelayState", relay_state))
    return urlencode([*pairs, ("SigAlg", algorithm)], quote_via=quote_plus)


def to_form(name: str, root: xml.Element, relay_state: str) -> dict[str, str]:
    """Return the fields of a POST."""
    fields = {name: base64.b64encode(xml.serialized(root)).decode()}
    return {**fields, "RelayState": relay_state} if relay_state else fields


def to_envelope(root: xml.Element) -> bytes:
    """Return a message in its SOAP envelope."""
    envelope = etree.Element(f"{{{names.ENVELOPE}}}Envelope", nsmap={"S": names.ENVELOPE})
    body = etree.SubElement(envelope, f"{{{names.ENVELOPE}}}Body")
    body.append(root)
    return xml.serialized(envelope)
