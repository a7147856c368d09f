"""`/cas/validate`, `/cas/serviceValidate`, `/cas/proxyValidate`, `/cas/p3/…`: whom is this ticket for?"""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from convergences.authentication.rules import proved_at
from convergences.protocols.cas import answers
from convergences.protocols.cas.asking import LARGEST
from convergences.protocols.cas.errors import CasRefusal, InvalidRequest
from convergences.protocols.cas.models import UserName
from convergences.protocols.cas.services import proxies, tickets
from convergences.protocols.cas.services.tickets import Entered, Presented
from convergences.web.entrance import attributes
from convergences.web.entrance.guards import open_to_strangers, writes_on_get

_FLAGS = frozenset({"", "false", "0"})
_spends = writes_on_get("a ticket is good once: reading it spends it, as the protocol has it")


@csrf_exempt
@open_to_strangers
@_spends
@require_safe
def validate(request: HttpRequest) -> HttpResponse:
    """Answer CAS 1.0's two lines."""
    try:
        entered = tickets.validate(_presented(request, proxied=False))
    except CasRefusal:
        return answers.plain("")
    return answers.plain(_user(entered))


@csrf_exempt
@open_to_strangers
@_spends
@require_safe
def service_validate(request: HttpRequest) -> HttpResponse:
    """Answer who came, by a service ticket alone."""
    return _validated(request, proxied=False)


@csrf_exempt
@open_to_strangers
@_spends
@require_safe
def proxy_validate(request: HttpRequest) -> HttpResponse:
    """Answer who came, and through which proxies."""
    return _validated(request, proxied=True)


def _validated(request: HttpRequest, *, proxied: bool) -> HttpResponse:
    as_json = request.GET.get("format", "").upper() == "JSON"
    try:
        entered = tickets.validate(_presented(request, proxied=proxied))
        callback = request.GET.get("pgtUrl", "")
        pgt_iou = proxies.grant(entered, callback) if callback else ""
        content = answers.success(entered, _user(entered), _attributes(entered), pgt_iou=pgt_iou)
    except CasRefusal as refusal:
        content = answers.failure(refusal)
    return answers.render(content, as_json=as_json)


def _presented(request: HttpRequest, *, proxied: bool) -> Presented:
    given: QueryDict = request.GET
    if len(given.urlencode()) > 2 * LARGEST or any(len(values) > 1 for _name, values in given.lists()):
        raise InvalidRequest("The request is malformed")
    ticket, service = given.get("ticket", ""), given.get("service", "")
    if not ticket or not service:
        raise InvalidRequest("ticket and service are required")
    renew = given.get("renew", "").lower() not in _FLAGS
    return Presented(ticket, service, renew=renew, proxied=proxied)


def _user(entered: Entered) -> str:
    service, agent = entered.service, entered.decision.membership.agent
    by_address = service.user == UserName.EMAIL and "email" in service.application.attributes
    return str(agent.email) if by_address else agent.subject


def _attributes(entered: Entered) -> dict[str, object]:
    """Return the sheet's values, and how the agent signed in (section 2.5.7).

    `authenticationMethod` and `authnContextClass` are Apereo's names: words of RFC 8176, and ProConnect's level.
    """
    session = entered.session
    person = attributes.Person(entered.decision.membership, entered.decision.roles)
    return {
        "authenticationDate": proved_at(session).isoformat(timespec="seconds"),
        "authenticationMethod": list(session.factors),
        "authnContextClass": session.level,
        "longTermAuthenticationRequestTokenUsed": session.remembered_device_id is not None,
        "isFromNewLogin": entered.ticket.from_new_login,
        **answers.flattened(attributes.released(person, entered.service.application)),
    }
