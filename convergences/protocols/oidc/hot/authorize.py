"""`/oauth/authorize`, for an agent who is signed in and may enter: they are sent on at once.

Only what most clients send is read here. A request that is pushed, signed or kept elsewhere is good once: it is the
view's, as is whatever ends on a page, or in a refusal.
"""

from django.core.exceptions import SuspiciousOperation

from convergences.admission import services as admission
from convergences.admission.decisions import Enter
from convergences.foundations import clock
from convergences.protocols.oidc import answers
from convergences.protocols.oidc.checks import table
from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.checks.shape import LARGEST_REQUEST
from convergences.protocols.oidc.errors import OidcRefusal
from convergences.protocols.oidc.interaction import Moment, reason_to_sign_in
from convergences.protocols.oidc.services import entry
from convergences.web.machines import visitors
from convergences.web.machines.hot import Answer, Asking
from convergences.web.machines.visitors import Visitor

USUAL = frozenset(
    {
        *("response_type", "client_id", "redirect_uri", "scope", "state"),
        *("nonce", "code_challenge", "code_challenge_method", "prompt", "max_age", "login_hint"),
    }
)
# As the checks count, each byte takes three signs at most.
LONGEST = LARGEST_REQUEST // 3


def answer(asking: Asking) -> Answer | None:
    """Send the browser back with a code, or leave it to the view."""
    if len(asking.header("QUERY_STRING")) > LONGEST:
        return None
    try:
        visitor = visitors.signed_in(asking)
        return _answer(visitor) if visitor is not None and USUAL.issuperset(visitor.parameters) else None
    except (OidcRefusal, SuspiciousOperation):
        return None


def _answer(visitor: Visitor) -> Answer | None:
    given = {name: tuple(map(str, values)) for name, values in visitor.parameters.lists()}
    asked = Asked(given, size=LONGEST)
    table.run(asked, table.Endpoint.AUTHORIZE)
    client = asked.known_client
    moment = Moment(asked, visitor.session, None, clock.now())
    if client.consent_required or reason_to_sign_in(moment):
        return None
    decision = admission.decide_for_session(visitor.session, client.application)
    if not isinstance(decision, Enter):
        return None
    code = entry.enter(visitor.session, asked, decision.membership, actor=visitor.actor)
    return visitors.sent_on(answers.address(asked, {"code": code}))
