"""Logout by the portal's own server, in an envelope (SAML Bindings, section 3.2): python3-saml leaves it to us."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from lxml import etree
from onelogin.saml2.logout_response import OneLogin_Saml2_Logout_Response
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from convergences_demo.hall.saml import PortalSilent, Provider
from convergences_demo.hall.web import Asked, Route

_ENVELOPE = "{http://schemas.xmlsoap.org/soap/envelope/}"
_PROTOCOL = "{urn:oasis:names:tc:SAML:2.0:protocol}"
_ASSERTION = "{urn:oasis:names:tc:SAML:2.0:assertion}"
_SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}"
_RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
LARGEST = 64 * 1024
AGE = dt.timedelta(minutes=6)


class Refused(Exception):  # noqa: N818 - an answer
    """What came is no order of the portal's."""


def route(provider: Provider) -> Route:
    """Return the address where the portal's server speaks."""

    def told(asked: Asked) -> HttpResponse:
        try:
            request = _order(provider, asked.http.body)
        except PortalSilent:
            return HttpResponse(status=503)
        except Refused:
            return HttpResponse(status=400)
        indexes = [one.text or "" for one in request.findall(f"{_PROTOCOL}SessionIndex")]
        asked.site.sessions.end_named(*filter(None, indexes))
        return HttpResponse(_answer(provider, request), content_type="text/xml; charset=utf-8")

    return Route(told, ("POST",))


def _order(provider: Provider, content: bytes) -> Any:
    """Return the request of logout, once sure that the portal signed all of it, now, for us; raises `Refused`."""
    request = _within(content)
    settings = provider.settings()
    _check_signature(settings.get_idp_data(), request)
    issuer = request.find(f"{_ASSERTION}Issuer")
    if issuer is None or issuer.text != settings.get_idp_data()["entityId"]:
        raise Refused
    try:
        issued = dt.datetime.fromisoformat(request.get("IssueInstant", ""))
    except ValueError as error:
        raise Refused from error
    destination = f"{provider.place.base_url}/saml/slo/soap"
    if abs(dt.datetime.now(dt.UTC) - issued) > AGE or request.get("Destination") != destination:
        raise Refused
    if not provider.seen.first(request.get("ID", "")):
        raise Refused
    return request


def _within(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    if len(content) > LARGEST:
        raise Refused
    try:
        envelope = etree.fromstring(content, parser)
        bodies = envelope.findall(f"{_ENVELOPE}Body")
        if envelope.getroottree().docinfo.doctype or len(bodies) != 1 or len(bodies[0]) != 1:
            raise Refused
        # A document of its own: what is verified and what is read are the same.
        request = etree.fromstring(etree.tostring(bodies[0][0], with_tail=False), parser)
    except etree.XMLSyntaxError as error:
        raise Refused from error
    if request.tag != f"{_PROTOCOL}LogoutRequest":
        raise Refused
    return request


def _check_signature(idp: dict[str, Any], request: Any) -> None:
    signatures = list(request.iter(f"{_SIGNATURE}Signature"))
    references = list(request.iter(f"{_SIGNATURE}Reference"))
    methods = [one.get("Algorithm") for one in request.iter(f"{_SIGNATURE}SignatureMethod")]
    if len(signatures) != 1 or [one.get("URI") for one in references] != [f"#{request.get('ID', '')}"]:
        raise Refused
    if signatures[0].getparent() is not request or methods != [_RSA_SHA256]:
        raise Refused
    known = idp.get("x509certMulti", {}).get("signing") or [idp["x509cert"]]
    if not OneLogin_Saml2_Utils.validate_sign(request, multicerts=known, xpath="/samlp:LogoutRequest/ds:Signature"):
        raise Refused


def _answer(provider: Provider, request: Any) -> bytes:
    built = OneLogin_Saml2_Logout_Response(provider.settings())
    built.build(request.get("ID"))
    signed = OneLogin_Saml2_Utils.add_sign(built.get_xml(), provider.keys.private, provider.keys.certificate)
    envelope = etree.Element(f"{_ENVELOPE}Envelope", nsmap={"S": _ENVELOPE.strip("{}")})
    etree.SubElement(envelope, f"{_ENVELOPE}Body").append(etree.fromstring(signed))
    return etree.tostring(envelope)
