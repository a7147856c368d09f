"""Setting up the second step: which means, and what was gained."""

from django.http import HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from convergences.authentication import queries, seeds
from convergences.authentication.queries import Methods
from convergences.authentication.services import renewing
from convergences.pages.account import onward
from convergences.pages.account.proof import asks_for_proof
from convergences.pages.account.showing import page
from convergences.web.requests import AgentRequest


@require_safe
@asks_for_proof
def choice(request: AgentRequest) -> HttpResponse:
    """Show the means one may add."""
    methods = queries.methods_of(request.agent)
    recovery = renewing.require_to_add(request.current, methods)
    next_address = onward.next_of(request)
    context = {
        "methods": methods,
        "coming_back": recovery is not None,
        "next": next_address,
        "passkey_url": onward.to("passkey", next_address),
        "codes_offered": seeds.offered(),
    }
    return page(request, "account/second_step.html", context, active="securite")


@require_safe
def done(request: AgentRequest) -> HttpResponse:
    """Say what will be asked from now on, and lead back to what one wanted to open."""
    next_address = onward.next_of(request)
    methods = queries.methods_of(request.agent)
    if not methods.any:
        return HttpResponseRedirect(onward.to("second_step", next_address))
    context = {
        "methods": methods,
        "means": means(methods),
        "lonely": len(methods.totps) + len(methods.passkeys) == 1,
        "next": next_address,
        "choice_url": onward.to("second_step", next_address),
        "codes_url": onward.to("recovery_codes", next_address),
    }
    return page(request, "account/second_step_done.html", context, active="securite")


def means(methods: Methods) -> str:
    """Return what is asked after the password: « votre clé d'accès ou un code de votre application »."""
    said = [
        *(["votre clé d’accès"] if methods.passkeys else []),
        *(["un code de votre application"] if methods.totps else []),
    ]
    return " ou ".join(said)
