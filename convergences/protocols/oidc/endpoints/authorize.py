"""`/oauth/authorize`: the agent comes from a client, and goes back with a code or a refusal (RFC 6749, section 3.1)."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from convergences.admission import services as admission
from convergences.admission.decisions import ChooseEmployer, Decision, Enter, Refuse, SignIn, StepUp
from convergences.authentication.models import Session
from convergences.foundations import clock
from convergences.protocols.oidc import answers, interaction
from convergences.protocols.oidc.checks import table
from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.endpoints.machine import LARGEST_FORM
from convergences.protocols.oidc.errors import (
    AccessDenied,
    AccountSelectionRequired,
    InteractionRequired,
    LoginRequired,
    OidcRefusal,
    RequestTooLarge,
)
from convergences.protocols.oidc.services import entry
from convergences.web.actor import actor_of
from convergences.web.guards import open_to_strangers, writes_on_get
from convergences.web.refusals import refusal_page


@dataclass(frozen=True, slots=True)
class Coming:
    """One arrival at the endpoint: the request, what it asks, and its address without our own proof."""

    request: HttpRequest
    asked: Asked
    query: str
    proof: str

    @property
    def session(self) -> Session | None:
        """The session of the browser, if any."""
        session: Session | None = getattr(self.request, "current", None)
        return session

    @property
    def here(self) -> str:
        """The address to come back to once something has been asked of the agent."""
        return f"{reverse('oidc:authorize')}?{self.query}"

    @property
    def silent(self) -> bool:
        """Whether no page may be shown (OpenID Connect Core, section 3.1.2.1)."""
        return "none" in self.asked.prompts


@csrf_exempt
@open_to_strangers
@writes_on_get("an agent who may enter leaves with a code, and their visit is written")
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Check what is asked, ask admission, and answer: a code, an error, or a page for the agent."""
    if request.method == "POST":
        return _come_back_by_get(request)
    coming = _coming(request)
    try:
        table.run(coming.asked, table.Endpoint.AUTHORIZE)
        return _answer(coming)
    except OidcRefusal as error:
        return answers.refuse(request, coming.asked, error)


def _come_back_by_get(request: HttpRequest) -> HttpResponse:
    # A form posted from the client's site comes without our Lax cookie; the GET that follows brings it.
    form = request.POST.urlencode()
    if len(form) > LARGEST_FORM:
        return answers.refuse(request, Asked({}, size=len(form)), RequestTooLarge("The request is too large"))
    return answers.see_other(f"{reverse('oidc:authorize')}?{form}")


def _coming(request: HttpRequest) -> Coming:
    parameters: QueryDict = request.GET.copy()
    proofs = parameters.pop(interaction.PROOF, [])
    query = parameters.urlencode()
    asked = Asked({name: tuple(values) for name, values in parameters.lists()}, size=len(query))
    return Coming(request, asked, query, proof=str(proofs[-1]) if proofs else "")


def _answer(coming: Coming) -> HttpResponse:
    now = clock.now()
    since = interaction.asking_since(coming.proof, coming.query)
    if interaction.reason_to_sign_in(interaction.Moment(coming.asked, coming.session, since, now)):
        back = f"{coming.here}&{interaction.PROOF}={interaction.proof(coming.query, now)}"
        return answers.to_sign_in(coming.asked, back, again=coming.session is not None)
    decision = admission.decide_for_session(coming.session, coming.asked.known_client.application)
    return _silent(coming, decision) if coming.silent else _shown(coming, decision)


def _silent(coming: Coming, decision: Decision) -> HttpResponse:
    match decision:
        case Enter():
            return _enter(coming, decision)
        case SignIn():
            raise LoginRequired("The user must sign in")
        case ChooseEmployer():
            raise AccountSelectionRequired("The user must choose an employer")
        case StepUp():
            raise InteractionRequired("A stronger authentication is required")
        case Refuse():
            raise AccessDenied("The user may not enter this application")


def _shown(coming: Coming, decision: Decision) -> HttpResponse:
    application = coming.asked.known_client.application
    match decision:
        case Enter():
            return _enter(coming, decision)
        case SignIn():
            return answers.to_sign_in(coming.asked, coming.here)
        case ChooseEmployer():
            return answers.to_choice_of_employer(application.slug, f"{coming.here}{_kept_proof(coming)}")
        case StepUp():
            return answers.stronger_needed(coming.request, coming.asked)
        case Refuse():
            return refusal_page(coming.request, application, decision, way_back=answers.way_back(coming.asked))


def _kept_proof(coming: Coming) -> str:
    return f"&{interaction.PROOF}={coming.proof}" if coming.proof else ""


def _enter(coming: Coming, decision: Enter) -> HttpResponse:
    if coming.session is None:
        raise LoginRequired("The user must sign in")
    code = entry.enter(coming.session, coming.asked, decision.membership, actor=actor_of(coming.request))
    return answers.to_client(coming.request, coming.asked, {"code": code})
