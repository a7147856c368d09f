"""`/cas/proxy`: an application asks for a ticket of another, in the agent's name (specification, section 2.7)."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from convergences.protocols.cas import answers
from convergences.protocols.cas.asking import LARGEST
from convergences.protocols.cas.errors import CasRefusal, InvalidRequest
from convergences.protocols.cas.services import proxies
from convergences.web.actor import browser_of
from convergences.web.entrance.guards import open_to_strangers, writes_on_get


@open_to_strangers
@writes_on_get("an agent enters another application through a proxy, and a ticket is written")
@require_safe
def proxy(request: HttpRequest) -> HttpResponse:
    """Answer a proxy ticket for `targetService`, or why not."""
    as_json = request.GET.get("format", "").upper() == "JSON"
    try:
        pgt, target = _asked(request)
        ticket = proxies.ticket_for(pgt, target, browser=browser_of(request))
    except CasRefusal as refusal:
        return answers.render(answers.failure(refusal, of_proxy=True), as_json=as_json)
    return answers.render({"proxySuccess": {"proxyTicket": ticket}}, as_json=as_json)


def _asked(request: HttpRequest) -> tuple[str, str]:
    given = request.GET
    if len(given.urlencode()) > 2 * LARGEST or any(len(values) > 1 for _name, values in given.lists()):
        raise InvalidRequest("The request is malformed")
    pgt, target = given.get("pgt", ""), given.get("targetService", "")
    if not pgt or not target:
        raise InvalidRequest("pgt and targetService are required")
    return pgt, target
