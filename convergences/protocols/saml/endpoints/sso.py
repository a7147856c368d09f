"""`/saml/sso`: an agent comes from an application with its request, and goes back with an answer (Profiles, 4.1)."""

import datetime as dt
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from convergences.admission import services as admission
from convergences.admission.decisions import Decision, Enter, Refuse, SignIn, StepUp
from convergences.authentication.models import Level, Session
from convergences.catalog.models import Assurance
from convergences.foundations import clock
from convergences.protocols.saml import asking, bindings, contexts, queries, responses, xml
from convergences.protocols.saml.asking import Asked
from convergences.protocols.saml.errors import (
    BadMessage,
    NoAuthnContext,
    NoPassive,
    OutOfDate,
    RequestDenied,
    SamlRefusal,
)
from convergences.protocols.saml.models import ServiceProvider
from convergences.protocols.saml.services import statements
from convergences.web.actor import actor_of
from convergences.web.entrance import entering, handing_over
from convergences.web.entrance.guards import open_to_strangers, writes_on_get
from convergences.web.panels import addresses

REQUEST, PROOF, LEFT = "request", "asked", "left"
TOO_WEAK = "too_weak"
OVER = (
    "La description que cette application nous a donnée d’elle-même n’est plus valable. "
    "Les ingénieurs du centre en ont été prévenus."
)
NOT_FOLLOWED = "La demande de l’application qui vous envoie n’est pas, ou plus, valable."


@csrf_exempt
@open_to_strangers
@require_http_methods(["GET", "POST"])
def sso(request: HttpRequest) -> HttpResponse:
    """Check the request, then go on by an address of ours.

    A form posted from the application's site comes without our Lax cookie: the GET that follows brings it.
    """
    destination = settings.BASE_URL + reverse("saml:sso")
    try:
        if request.method == "POST":
            received = bindings.from_form(dict(request.POST.lists()))
        else:
            received = bindings.from_address(request.META.get("QUERY_STRING", ""))
        _provider, asked = asking.read(received, destination=destination)
    except BadMessage as error:
        return _refused(request, error)
    return entering.see_other(_address(asked.sealed()))


@open_to_strangers
@writes_on_get("an agent who may enter leaves with a statement, and their visit is written")
@require_safe
def go_on(request: HttpRequest) -> HttpResponse:
    """Ask admission, and answer the request that our address carries: by a statement, a refusal, or a page."""
    sealed = request.GET.get(REQUEST, "")
    try:
        asked = asking.unsealed(sealed)
        provider = queries.provider_by_number(asked.provider)
        if provider is None or (asked.request_id and queries.was_answered(provider.pk, asked.request_id)):
            raise BadMessage("the request has been answered already")
        asking.check_in_force(provider)
        asking.check_consumer(asked, provider)
        return _answer(request, provider, asked, sealed)
    except BadMessage as error:
        return _refused(request, error)


def _refused(request: HttpRequest, error: BadMessage) -> HttpResponse:
    sentence = OVER if isinstance(error, OutOfDate) else NOT_FOLLOWED
    return handing_over.refused(request, sentence, detail=str(error))


def _answer(request: HttpRequest, provider: ServiceProvider, asked: Asked, sealed: str) -> HttpResponse:
    session: Session | None = getattr(request, "current", None)
    since = entering.asking_since(request.GET.get(PROOF, ""), sealed)
    try:
        _answer_who_leaves(request.GET.get(LEFT, ""))
        contexts.attainable(asked)
        if asked.force and not _has_signed_in(session, since):
            if asked.passive:
                raise NoPassive("The agent must sign in")
            return entering.to_sign_in(_here(sealed, since), again=session is not None)
        decision = admission.decide_for_session(session, provider.application)
        if session is not None and isinstance(decision, Enter | StepUp):
            decision = _as_strong_as_asked(session, asked, decision, since)
        if isinstance(decision, Enter) and session is not None:
            entry = statements.Entry(provider, session, decision, asked)
            return _hand_over(request, provider, asked, statements.give(entry, actor=actor_of(request)))
        return _obstacle(request, provider, asked, decision, _here(sealed, since))
    except SamlRefusal as refusal:
        root = responses.failure(asked.consumer, asked.request_id, refusal)
        return _hand_over(request, provider, asked, root)


def _answer_who_leaves(how: str) -> None:
    if how == TOO_WEAK:
        raise NoAuthnContext("The agent did not sign in as strongly as asked")
    if how:
        raise RequestDenied("The agent may not enter")


def _as_strong_as_asked(
    session: Session, asked: Asked, decision: Enter | StepUp, since: dt.datetime | None
) -> Enter | StepUp | SignIn:
    """Return the decision, or what the request wants beyond it.

    A password is asked for once: who then signs in without one again leaves with `NoAuthnContext`.
    """
    missing = contexts.missing(session, asked)
    if missing is contexts.Missing.SECOND_FACTOR:
        assurance = decision.assurance if isinstance(decision, StepUp) else Assurance.SECOND_FACTOR
        return StepUp(assurance, Level.TWO_FACTORS)
    if missing is contexts.Missing.PASSWORD:
        if _has_signed_in(session, since):
            raise NoAuthnContext("The agent did not sign in by a password")
        return SignIn()
    return decision


def _obstacle(
    request: HttpRequest, provider: ServiceProvider, asked: Asked, decision: Decision, here: str
) -> HttpResponse:
    """Say what stands between the agent and the application; to the application, when no page may be shown."""
    if isinstance(decision, Enter):
        decision = SignIn()
    if asked.passive:
        if isinstance(decision, StepUp):
            raise NoAuthnContext("A stronger authentication is required")
        if isinstance(decision, Refuse):
            raise RequestDenied("The agent may not enter")
        raise NoPassive("A page must be shown to the agent")
    if isinstance(decision, SignIn):
        return entering.to_sign_in(here, again=getattr(request, "current", None) is not None)
    leaving = TOO_WEAK if isinstance(decision, StepUp) else "1"
    arrival = entering.Arrival(request, provider.application, here, way_back=f"{here}&{LEFT}={leaving}")
    return entering.answer(arrival, decision)


def _has_signed_in(session: Session | None, since: dt.datetime | None) -> bool:
    return session is not None and since is not None and session.authenticated_at >= since


def _here(sealed: str, since: dt.datetime | None) -> str:
    """Return the address to come back to, with the proof that from now on, or since before, we have been asking."""
    return f"{_address(sealed)}&{PROOF}={entering.proof(sealed, since or clock.now())}"


def _address(sealed: str) -> str:
    return f"{reverse('saml:go_on')}?{urlencode({REQUEST: sealed})}"


def _hand_over(request: HttpRequest, provider: ServiceProvider, asked: Asked, root: xml.Element) -> HttpResponse:
    fields = bindings.to_form("SAMLResponse", root, asked.relay_state)
    origin = addresses.origin(asked.consumer)
    return handing_over.by_form(request, provider.application, asked.consumer, fields, origin=origin)
