"""`/oauth/authorize`: the agent comes from a client, and goes back with a code or a refusal (RFC 6749, section 3.1)."""

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from convergences.admission import services as admission
from convergences.admission.decisions import ChooseEmployer, Decision, Enter, Refuse, SignIn, StepUp
from convergences.authentication import queries as authentication
from convergences.authentication.models import Session
from convergences.catalog.models import Assurance
from convergences.foundations import clock
from convergences.protocols.oidc import acr, answers, claims, interaction
from convergences.protocols.oidc.checks import table
from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.endpoints import consent
from convergences.protocols.oidc.endpoints.machine import LARGEST_FORM
from convergences.protocols.oidc.errors import (
    AccessDenied,
    AccountSelectionRequired,
    ConsentRequired,
    InteractionRequired,
    LoginRequired,
    OidcRefusal,
    RequestTooLarge,
    UnmetAuthenticationRequirements,
)
from convergences.protocols.oidc.services import consents, entry, pushed
from convergences.web.actor import actor_of
from convergences.web.entrance import entering
from convergences.web.entrance.guards import open_to_strangers, writes_on_get

# With what an agent who reads a page of refusal may go back to the application.
LEAVING: dict[str, type[OidcRefusal]] = {each.code: each for each in (AccessDenied, UnmetAuthenticationRequirements)}


@dataclass(frozen=True, slots=True)
class Coming:
    """One arrival at the endpoint: the request, what it asks, and its address without our own proof."""

    request: HttpRequest
    asked: Asked
    query: str
    proof: str
    left: str
    since: dt.datetime | None

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
        if coming.asked.pushed is not None:
            pushed.forget(coming.asked.pushed)
        return answers.refuse(request, coming.asked, error)


def _come_back_by_get(request: HttpRequest) -> HttpResponse:
    # A form posted from the client's site comes without our Lax cookie; the GET that follows brings it.
    form = request.POST.urlencode()
    if len(form) > LARGEST_FORM:
        return answers.refuse(request, Asked({}, size=len(form)), RequestTooLarge("The request is too large"))
    return entering.see_other(f"{reverse('oidc:authorize')}?{form}")


def _coming(request: HttpRequest) -> Coming:
    parameters: QueryDict = request.GET.copy()
    proofs, left = parameters.pop(interaction.PROOF, []), parameters.pop(interaction.LEFT, [])
    query = parameters.urlencode()
    proof = str(proofs[-1]) if proofs else ""
    since = entering.asking_since(proof, query)
    given = {name: tuple(map(str, values)) for name, values in parameters.lists()}
    asked = Asked(given, size=len(query), resumed=since is not None)
    return Coming(request, asked, query, proof, left=str(left[-1]) if left else "", since=since)


def _answer(coming: Coming) -> HttpResponse:
    if coming.left in LEAVING:
        raise LEAVING[coming.left]("The user may not enter this application")
    if interaction.reason_to_sign_in(interaction.Moment(coming.asked, coming.session, coming.since, clock.now())):
        return _to_sign_in(coming, again=coming.session is not None)
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
    match decision:
        case Enter():
            return _enter(coming, decision)
        case SignIn():
            return _to_sign_in(coming)
        case StepUp():
            return _to_step_up(coming, decision.assurance)
        case _:
            return entering.answer(_arrival(coming, AccessDenied.code), decision)


def _to_sign_in(coming: Coming, *, again: bool = False) -> HttpResponse:
    return entering.to_sign_in(_proved(coming), again=again, identifier=coming.asked.one("login_hint"))


def _arrival(coming: Coming, leaving: str) -> entering.Arrival:
    """Return where the agent comes back, and the link by which they go back to the application without what they lack.

    It passes by here, for the client, which is told of it, may want its answer by a form.
    """
    here = _kept(coming)
    way_back = f"{here}&{interaction.LEFT}={leaving}"
    return entering.Arrival(coming.request, coming.asked.known_client.application, here, way_back)


def _proved(coming: Coming) -> str:
    """Return the address to come back to, with the proof that from now on we have been asking."""
    return f"{coming.here}&{interaction.PROOF}={entering.proof(coming.query, clock.now())}"


def _kept(coming: Coming) -> str:
    """Return the address to come back to, with the proof of before if there is one: what was answered stays so."""
    return f"{coming.here}&{interaction.PROOF}={coming.proof}" if coming.since is not None else _proved(coming)


def _enter(coming: Coming, decision: Enter) -> HttpResponse:
    asked, session = coming.asked, coming.session
    if session is None:
        raise LoginRequired("The user must sign in")
    if asked.acr and not acr.answering(session, asked.acr):
        if coming.silent:
            raise UnmetAuthenticationRequirements("The acr asked for is not held")
        return _to_step_up(coming, Assurance.SECOND_FACTOR)
    if _could_prove_more(coming, session):
        step_up = StepUp(Assurance.SECOND_FACTOR, acr.needed(asked.wished_acr))
        return entering.answer(_arrival(coming, interaction.AS_IT_IS), step_up)
    if _must_agree(coming, session):
        if coming.silent:
            raise ConsentRequired("The user must agree")
        declined = f"&{interaction.LEFT}={coming.left}" if coming.left == interaction.AS_IT_IS else ""
        return consent.ask(coming.request, asked, session, back=_kept(coming) + declined)
    code = entry.enter(session, asked, decision.membership, actor=actor_of(coming.request))
    return answers.to_client(coming.request, asked, {"code": code})


def _to_step_up(coming: Coming, assurance: Assurance) -> HttpResponse:
    """Ask for a second step, as strong as the sheet and the request want; the client is told when it cannot be had."""
    wanted = coming.asked.acr
    error = UnmetAuthenticationRequirements if wanted else AccessDenied
    return entering.answer(_arrival(coming, error.code), StepUp(assurance, acr.needed(wanted)))


def _could_prove_more(coming: Coming, session: Session) -> bool:
    """Tell whether to ask for a second step that the client would like (a voluntary `acr`), and can do without.

    Of an agent who has what it takes, once for each request, and nothing is said to the client when they decline: one
    who has no second factor is not made to take one for what nobody insists on.
    """
    wished = coming.asked.wished_acr
    if coming.silent or coming.left == interaction.AS_IT_IS or acr.answering(session, wished):
        return False
    if acr.needed(wished) is None or _has_just_stepped_up(coming, session):
        return False
    return authentication.has_second_factor(session.agent_id)


def _has_just_stepped_up(coming: Coming, session: Session) -> bool:
    proved_at = session.second_factor_at
    return proved_at is not None and coming.since is not None and proved_at >= coming.since


def _must_agree(coming: Coming, session: Session) -> bool:
    """Tell whether the application must ask the agent, and has not been answered (OpenID Connect Core, 3.1.2.4)."""
    client = coming.asked.known_client
    if not client.consent_required:
        return False
    again = "consent" in coming.asked.prompts
    if again and coming.since is None:
        return True
    since = coming.since if again else None
    return not consents.holds(client, session.agent, claims.named(coming.asked), since=since)
