"""Opening an application from its tile: the one decision, translated into pages."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from convergences.admission import queries as admission
from convergences.admission import services
from convergences.admission.decisions import ChooseEmployer, Enter, Refuse, SessionAssurance, SignIn, StepUp
from convergences.admission.errors import NotAnEmployer
from convergences.catalog.errors import UnknownApplication
from convergences.catalog.models import Application, Protocol, Status
from convergences.catalog.queries import by_slug
from convergences.directory.models import Membership
from convergences.foundations import clock
from convergences.web.actor import actor_of
from convergences.web.entrance.guards import writes_on_get
from convergences.web.entrance.refusals import refusal_page
from convergences.web.entrance.returning import continue_to, safe_next
from convergences.web.entrance.stepping_up import to_step_up
from convergences.web.panels.panel import opening_of
from convergences.web.requests import AgentRequest


@require_safe
@writes_on_get("a tile is a link, and opening it is recorded as a visit")
def open_application(request: AgentRequest, slug: str) -> HttpResponse:
    """Lead to the application, or say what is missing. An application with a protocol asks for itself once there."""
    application = _application(slug)
    decision = services.decide_for_session(request.current, application)
    match decision:
        case Enter():
            return _enter(request, application, decision)
        case ChooseEmployer():
            return redirect("home:choose_employer", application.slug)
        case StepUp():
            return to_step_up(application, decision, here=request.get_full_path())
        case Refuse():
            return refusal_page(request, application, decision)
        case SignIn():  # the session ended between the middleware's look and the decision's
            return redirect("sign_in:session_over")


def _enter(request: AgentRequest, application: Application, decision: Enter) -> HttpResponse:
    if application.protocol == Protocol.LINK:
        services.enter(
            request.current, application, decision.membership, protocol=Protocol.LINK, actor=actor_of(request)
        )
    return HttpResponseRedirect(opening_of(application))


@require_http_methods(["GET", "HEAD", "POST"])
def choose_employer(request: AgentRequest, slug: str) -> HttpResponse:
    """Ask for which employer the application is opened; the answer is kept, and may be changed from the tile."""
    application = _application(slug)
    candidates = _employers(request, application)
    if len(candidates) <= 1:
        return redirect("home:open", application.slug)
    chosen = request.POST.get("employer", "") if request.method == "POST" else ""
    membership = next((member for member in candidates if str(member.uid) == chosen), None)
    if membership is not None:
        return _keep(request, application, membership)
    context = {
        "space": "portail",
        "application": application,
        "memberships": candidates,
        "chosen": admission.chosen_employer(request.agent, application),
        "next": safe_next(request, default=""),
        "error": "Choisissez un employeur." if request.method == "POST" else "",
    }
    return render(request, "home/choose_employer.html", context)


def _keep(request: AgentRequest, application: Application, membership: Membership) -> HttpResponse:
    try:
        services.choose_employer(request.agent, application, membership, actor=actor_of(request))
    except NotAnEmployer as refusal:
        messages.error(request, refusal.sentence)
        return redirect("home:portal")
    # An application that asked for itself, through its protocol, is answered where it asked.
    return continue_to(request, safe_next(request, default=redirect("home:open", application.slug).url))


def _employers(request: AgentRequest, application: Application) -> tuple[Membership, ...]:
    """Return the employers for whom the agent may open the application today."""
    assurance = SessionAssurance.of(request.current)
    found = admission.tiles(request.agent, clock.now(), assurance=assurance)
    open_tiles = (tile for tile in found if tile.state != admission.TileState.SOON)
    return next((tile.memberships for tile in open_tiles if tile.application.pk == application.pk), ())


def _application(slug: str) -> Application:
    """Return the application; one in preparation does not exist yet for anybody (404, like an unknown handle)."""
    try:
        application = by_slug(slug)
    except UnknownApplication as error:
        raise Http404 from error
    if application.status == Status.DRAFT:
        raise Http404
    return application
