"""`/saml/slo`: an application sends an agent to sign out, or answers that they have left there (Profiles, 4.4)."""

import uuid
from http import HTTPStatus
from urllib.parse import urlencode

from csp.constants import SELF
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from convergences.admission import services as admission
from convergences.admission.models import Visit
from convergences.admission.services import endings
from convergences.authentication.browsers import acting
from convergences.authentication.services import sessions
from convergences.catalog.models import Protocol
from convergences.protocols.saml import bindings, names, queries, remaining, xml
from convergences.protocols.saml import logout_messages as messages
from convergences.protocols.saml.bindings import Received
from convergences.protocols.saml.errors import BadMessage
from convergences.protocols.saml.logout_messages import Leaving
from convergences.protocols.saml.metadata_in import Endpoint
from convergences.protocols.saml.models import ServiceProvider
from convergences.web.actor import browser_of
from convergences.web.entrance import entering, handing_over
from convergences.web.entrance.guards import open_to_strangers, writes_on_get
from convergences.web.logout import confirmation, outcome
from convergences.web.panels import addresses

_SALT = "convergences.saml.leaving"
_ONE_HOUR = 3600
_XML = "text/xml; charset=utf-8"
_ENVELOPES = frozenset({"text/xml", "application/xml", "application/soap+xml"})
NOT_FOLLOWED = "La demande de déconnexion de l’application qui vous envoie n’est pas valable."


@csrf_exempt
@open_to_strangers
@writes_on_get("an application says that an agent has left it, and that is written")
@require_http_methods(["GET", "POST"])
def slo(request: HttpRequest) -> HttpResponse:
    """Follow a signed request, after the agent has agreed; or note a signed answer, and go on."""
    try:
        received = _received(request)
        if received.root.tag == names.protocol("LogoutResponse"):
            _note(received)
            return redirect("saml:slo_tour")
        leaving = messages.read_request(received, path="saml:slo")
    except BadMessage as error:
        return handing_over.refused(request, NOT_FOLLOWED, detail=str(error))
    _left(leaving)
    held = {"provider": leaving.provider.pk, "request": leaving.request_id, "relay_state": leaving.relay_state}
    # The question is asked at an address of ours, which may be read again, where the message may not; and the Lax
    # cookie, which does not come with a form of the application's site, comes there.
    return entering.see_other(f"{_answer_address(signing.dumps(held, salt=_SALT))}&ask=1")


def _answer_address(held: str) -> str:
    return f"{reverse('saml:slo_answered')}?{urlencode({'leaving': held})}"


def _received(request: HttpRequest) -> Received:
    if request.method == "POST":
        return bindings.from_form(dict(request.POST.lists()))
    return bindings.from_address(request.META.get("QUERY_STRING", ""))


def _left(leaving: Leaving) -> None:
    """Write that the application has ended its own session: it will not be told what it said."""
    for visit in {one.visit_id: one.visit for one in leaving.statements}.values():
        admission.leave(visit)


def _note(received: Received) -> None:
    provider, request_id, done = messages.read_response(received, path="saml:slo")
    try:
        named = uuid.UUID(request_id[1:33])
    except ValueError:
        return
    # An answer to what we asked, about a session that is over: nothing else is ended by it.
    asked = Visit.objects.filter(session__ended_at__isnull=False, telling_attempts__gt=0, told_at__isnull=True)
    visit = asked.filter(uid=named, application_id=provider.application_id, protocol=Protocol.SAML).first()
    if visit is not None and done:
        endings.told(visit)


@open_to_strangers
@require_safe
def answered(request: HttpRequest) -> HttpResponse:
    """Answer the application that sent the agent to sign out, once they have."""
    given = request.GET.get("leaving", "")
    try:
        held = signing.loads(given, salt=_SALT, max_age=_ONE_HOUR)
    except signing.BadSignature:
        return redirect("sign_in:signed_out")
    provider = queries.provider_by_number(held["provider"])
    place = messages.endpoint(provider, *messages.IN_A_BROWSER) if provider is not None else None
    if request.GET.get("ask") and confirmation.session_of(request) is not None:
        application = provider.application if provider is not None else None
        return confirmation.ask(request, application, _answer_address(given))
    if provider is None or place is None or confirmation.session_of(request) is not None:
        return redirect("sign_in:signed_out")
    receipt = outcome.read(request)
    partial = receipt is not None and remaining.is_partial(receipt.session)
    root = messages.response_to(held["request"], place.response_location or place.location, messages.ended(partial))
    return _send(request, provider, root, ("SAMLResponse", place.binding, held["relay_state"]))


def _send(
    request: HttpRequest, provider: ServiceProvider, root: xml.Element, how: tuple[str, str, str]
) -> HttpResponse:
    """Send a message of ours by the browser: `how` is its parameter, its binding, and what travels with it."""
    name, binding, relay_state = how
    address = root.get("Destination", "")
    if binding == names.REDIRECT:
        return entering.see_other(messages.by_address(root, name, address, relay_state))
    fields = bindings.to_form(name, messages.signed(root), relay_state)
    return handing_over.by_form(request, provider.application, address, fields, origin=addresses.origin(address))


@open_to_strangers
@writes_on_get("an application is being told, and that is written")
@require_safe
def tour(request: HttpRequest) -> HttpResponse:
    """Lead the browser that signed out to each application that only it can tell, one after the other.

    A page of ours comes between them: it goes on by itself, names who is told and who waits, and can be come back to
    from an application that keeps the browser. Each is asked once: that one is then passed over, and named at the end.
    """
    receipt = outcome.read(request)
    waiting = remaining.untold(receipt.session) if receipt is not None else []
    for rank, visit in enumerate(waiting):
        stop = _next_stop(visit)
        if stop is not None:
            return _lead(request, visit, stop, waiting[rank + 1 :])
    return redirect("sign_in:signed_out")


def _next_stop(visit: Visit) -> tuple[xml.Element, Endpoint] | None:
    """Return the message for an application, and where it goes; None when it was asked, or knows nothing."""
    provider = queries.provider_of(visit.application_id)
    place = messages.endpoint(provider, *messages.IN_A_BROWSER) if provider is not None else None
    if provider is None or place is None:
        return None
    if not Visit.objects.filter(pk=visit.pk, telling_attempts=0).update(telling_attempts=1):
        return None
    root = messages.request_for(visit, provider, place.location)
    return (root, place) if root is not None else None


def _lead(request: HttpRequest, visit: Visit, stop: tuple[xml.Element, Endpoint], after: list[Visit]) -> HttpResponse:
    root, place = stop
    context = {"application": visit.application, "after": [one.application for one in after]}
    if place.binding == names.REDIRECT:
        context["link"] = messages.by_address(root, "SAMLRequest", place.location)
    else:
        context |= {"address": place.location, "fields": bindings.to_form("SAMLRequest", messages.signed(root), "")}
    response = entering.unkept(render(request, "saml/leaving.html", context))
    # The application answers the form by sending the browser back here, and Chromium holds that to this policy too.
    allowed = [addresses.origin(place.location), SELF]
    response._csp_replace = {"form-action": allowed}  # type: ignore[attr-defined]  # noqa: SLF001 - django-csp's way
    return response


def start(session_uid: uuid.UUID) -> str:
    """Return where a browser that signed out goes first, or nothing when no application waits for it."""
    return reverse("saml:slo_tour") if remaining.untold(session_uid) else ""


@csrf_exempt
@open_to_strangers
@require_POST
def soap(request: HttpRequest) -> HttpResponse:
    """Follow the signed request of an application's own server: the session is over, everywhere.

    What is not followed is a fault (Bindings, 3.2.3.3), of the client: 400 rather than the 500 of SOAP 1.1, for
    strangers ring no operator's bell. A page of the web can send none of these types unasked.
    """
    if request.content_type not in _ENVELOPES:
        return _fault("the content type is not text/xml", HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        leaving = messages.read_request(bindings.from_envelope(request.body), path="saml:slo_soap")
    except BadMessage as error:
        return _fault(str(error), HTTPStatus.BAD_REQUEST)
    _left(leaving)
    for one in leaving.statements:
        session = one.visit.session
        if session.ended_at is None:
            sessions.end(session, reason="signed_out", actor=acting(session.agent, browser_of(request)))
    sessions_over = {one.visit.session.uid for one in leaving.statements}
    status = messages.ended(any(map(remaining.is_partial, sessions_over)))
    if not leaving.statements:
        status = (names.REQUESTER, names.UNKNOWN_PRINCIPAL)
    root = messages.signed(messages.response_to(leaving.request_id, "", status))
    return HttpResponse(bindings.to_envelope(root), content_type=_XML)


def _fault(detail: str, status: HTTPStatus) -> HttpResponse:
    return HttpResponse(bindings.to_fault(detail), content_type=_XML, status=status)
