"""What is asked at each entrance, answered without Django's machinery (`web.machines`). The view answers the rest."""

from django.core.exceptions import SuspiciousOperation

from convergences.admission import services as admission
from convergences.admission.decisions import Enter
from convergences.protocols.cas import asking as requests
from convergences.protocols.cas.endpoints.login import asked, with_ticket
from convergences.protocols.cas.services import tickets
from convergences.web.machines import visitors
from convergences.web.machines.hot import Answer, Asking, Route, Short

_GET = frozenset({"GET"})
_VALIDATIONS = {
    "/cas/serviceValidate": "cas:service_validate",
    "/cas/p3/serviceValidate": "cas:p3_service_validate",
    "/cas/proxyValidate": "cas:proxy_validate",
    "/cas/p3/proxyValidate": "cas:p3_proxy_validate",
}


def login(asking: Asking) -> Answer | None:
    """Send an agent who may enter back with a ticket; whoever must be shown a page is the view's."""
    try:
        visitor = visitors.signed_in(asking)
        coming = requests.read(visitor.parameters, visitor.session) if visitor is not None else None
    except (requests.RefusedRequest, SuspiciousOperation):
        return None
    if visitor is None or coming is None or coming.must_sign_in or coming.by_form:
        return None
    application = coming.registered.application
    decision = admission.decide_for_session(visitor.session, application)
    if not isinstance(decision, Enter):
        return None
    ticket = tickets.enter(visitor.session, application, decision.membership, asked(coming), actor=visitor.actor)
    return visitors.sent_on(with_ticket(coming.service, ticket))


ROUTES = (
    Route("/cas/login", "cas:login", _GET, login, cookies=True),
    *(Route(path, view, _GET, Short(path)) for path, view in _VALIDATIONS.items()),
)
