"""Requests and answers of logout: written, read, bound to what was stated (Core, 3.7; Profiles, 4.4)."""

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from lxml import etree

from convergences.admission.models import Visit
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.protocols.saml import (
    asking,
    bindings,
    certificates,
    lifetimes,
    metadata_in,
    names,
    queries,
    responses,
    signatures,
)
from convergences.protocols.saml import xml as documents
from convergences.protocols.saml.bindings import Received
from convergences.protocols.saml.errors import BadMessage
from convergences.protocols.saml.metadata_in import Described, Endpoint
from convergences.protocols.saml.models import SeenMessage, ServiceProvider, Statement
from convergences.protocols.saml.naming import Name

_ISSUER = names.assertion("Issuer")
_MANY = 50
IN_A_BROWSER = (names.REDIRECT, names.POST)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A request of logout that was checked: whose, and what it was told that it now gives up."""

    provider: ServiceProvider
    request_id: str
    relay_state: str
    statements: tuple[Statement, ...]


def read_request(received: Received, *, path: str) -> Leaving:
    """Return what a signed request of logout asks; raises `BadMessage`: nobody is signed out by an unsigned one."""
    root, provider = _signed(received, "LogoutRequest", path=path)
    until = root.get("NotOnOrAfter", "")
    if until and metadata_in.parsed_instant(until) <= clock.now() - lifetimes.SKEW:
        raise BadMessage("the message is too old")
    identifier = documents.text_of(root.find(names.assertion("NameID")))
    indexes = [documents.text_of(one) for one in root.findall(names.protocol("SessionIndex"))]
    found = Statement.objects.filter(provider=provider, name_id=identifier)
    if indexes:
        found = found.filter(session_index__in=indexes)
    _follow_once(provider, root.get("ID", ""))
    # The last of each visit: an agent who comes back often must not hide the session they forgot elsewhere.
    last = found.values("visit_id").annotate(last=Max("pk")).order_by("-last").values_list("last", flat=True)[:_MANY]
    stated = tuple(Statement.objects.filter(pk__in=list(last)).select_related("visit__session__agent"))
    return Leaving(provider, root.get("ID", ""), received.relay_state, stated)


def read_response(received: Received, *, path: str) -> tuple[ServiceProvider, str, bool]:
    """Return who answers, which of our requests, and whether the agent has left there; raises `BadMessage`."""
    root, provider = _signed(received, "LogoutResponse", path=path)
    return provider, root.get("InResponseTo", ""), forgotten(root)


def forgotten(root: documents.Element) -> bool:
    """Tell whether an answer says that nobody is signed in there any more: a success, or a name that is not known."""
    outer = root.find(f"{names.protocol('Status')}/{names.protocol('StatusCode')}")
    if outer is None:
        return False
    inner = outer.find(names.protocol("StatusCode"))
    unknown = inner is not None and inner.get("Value") == names.UNKNOWN_PRINCIPAL
    return outer.get("Value") == names.SUCCESS or unknown


def _signed(received: Received, name: str, *, path: str) -> tuple[documents.Element, ServiceProvider]:
    provider = queries.provider(documents.text_of(received.root.find(_ISSUER)))
    if provider is None:
        raise BadMessage("the application is not known")
    root = signatures.verified(received, Described.of(provider.described).signing)
    if root is None or documents.text_of(root.find(_ISSUER)) != provider.entity_id:
        raise BadMessage("the message is not signed by this application")
    if root.tag != names.protocol(name):
        raise BadMessage(f"the message is not a {name}")
    # An envelope is not carried by a browser, and need not say whom it is for (Bindings, section 3.2).
    in_a_browser = received.binding != names.SOAP
    asking.check_envelope(root, destination=settings.BASE_URL + reverse(path), signed=in_a_browser)
    return root, provider


def _follow_once(provider: ServiceProvider, identifier: str) -> None:
    until = clock.now() + lifetimes.REQUEST + 2 * lifetimes.SKEW
    try:
        with transaction.atomic():
            SeenMessage.objects.create(digest=digest(f"{provider.pk} {identifier}"), expires_at=until)
    except IntegrityError as error:
        raise BadMessage("the message was followed already") from error


def request_for(visit: Visit, provider: ServiceProvider, destination: str) -> documents.Element | None:
    """Return the request by which an application is told that a visit is over; None when it was told nothing."""
    stated = list(Statement.objects.filter(visit=visit, provider=provider).order_by("-pk")[:_MANY])
    if not stated:
        return None
    root = responses.message("LogoutRequest", destination)
    root.set("ID", f"_{visit.uid.hex}{responses.new_id()[1:17]}")
    latest = stated[0]
    root.append(responses.name_element(provider, Name(latest.name_id_format, latest.name_id)))
    for one in stated:
        if one.name_id == latest.name_id:
            etree.SubElement(root, names.protocol("SessionIndex")).text = one.session_index
    return root


def ended(partial: bool) -> tuple[str, str]:  # noqa: FBT001 - whether, in a word
    """Return the status of a sign-out, `partial` when an application could not be told (Core, section 3.7.3.2)."""
    return names.SUCCESS, names.PARTIAL_LOGOUT if partial else ""


def response_to(leaving_id: str, destination: str, status_codes: tuple[str, str]) -> documents.Element:
    """Return our answer to a request of logout, by its status, outer and inner."""
    outer, second = status_codes
    root = responses.message("LogoutResponse", destination, leaving_id)
    status = etree.SubElement(root, names.protocol("Status"))
    code = etree.SubElement(status, names.protocol("StatusCode"), Value=outer)
    if second:
        etree.SubElement(code, names.protocol("StatusCode"), Value=second)
    return root


def signed(root: documents.Element) -> documents.Element:
    """Return a message signed within."""
    return signatures.sign(root, certificates.signer(), after=_ISSUER)


def by_address(root: documents.Element, name: str, address: str, relay_state: str = "") -> str:
    """Return the address that carries a message, signed beside it (Bindings, section 3.4)."""
    parameters = bindings.to_address(name, root, relay_state, signatures.RSA_SHA256)
    return f"{address}{'&' if '?' in address else '?'}{signatures.sign_address(parameters, certificates.signer())}"


def endpoint(provider: ServiceProvider, *wanted: str) -> Endpoint | None:
    """Return where an application is told of logout, by the first of these bindings that it has."""
    logouts = Described.of(provider.described).logouts
    return next((one for binding in wanted for one in logouts if one.binding == binding), None)
