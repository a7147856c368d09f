"""What follows a means just added, whatever it is: the session is stronger by it, and one goes on."""

from django.http import HttpResponse, HttpResponseRedirect

from convergences.authentication import queries
from convergences.authentication.proofs import FactorProof
from convergences.authentication.services import proposals, second_step
from convergences.pages.account import onward
from convergences.web.actor import browser_of
from convergences.web.requests import AgentRequest
from convergences.web.serving import cookies


def strengthened(request: AgentRequest, proof: FactorProof) -> HttpResponse:
    """Make the session stronger by a proof of the new means, and go on; first to recovery codes, for who has none."""
    has_codes = queries.methods_of(request.agent).codes_left > 0
    proposals.answered(request.agent)
    known = cookies.known_browser(request)
    done = second_step.complete(request.current, proof, browser=browser_of(request), known_browser_token=known)
    onto = "second_step_done" if has_codes else "recovery_codes"
    response = HttpResponseRedirect(onward.to(onto, onward.next_of(request)))
    cookies.give(request, response, done)
    return response
