"""An agent whom admission lets in enters: their visit is written, and a code is given for it."""

from django.db import transaction

from convergences.admission import services as admission
from convergences.audit.services import Actor
from convergences.authentication.models import Session
from convergences.catalog.models import Protocol
from convergences.directory.models import Membership
from convergences.protocols.oidc import acr
from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.errors import ConsentRequired
from convergences.protocols.oidc.services import codes, consents, pushed


def enter(session: Session, asked: Asked, membership: Membership, *, actor: Actor) -> str:
    """Write the visit and a code bound to this request; return the code in clear. Both or neither.

    Raises `ConsentRequired` when the agent has just withdrawn what they agreed to.
    """
    client = asked.known_client
    bindings = codes.Bindings(
        redirect_uri=asked.return_to,
        scope=asked.scope,
        code_challenge=asked.one("code_challenge"),
        nonce=asked.one("nonce"),
        claims={**asked.claims, **_acr(session, asked)},
        resources=asked.resources,
        dpop_jkt=asked.one("dpop_jkt"),
    )
    with transaction.atomic():
        if client.consent_required and not consents.hold(client, session.agent):
            raise ConsentRequired("The user must agree")  # withdrawn since the page was answered
        if asked.pushed is not None:
            pushed.use(asked.pushed)
        visit = admission.enter(session, client.application, membership, protocol=Protocol.OIDC, actor=actor)
        return codes.issue(client, visit, bindings)


def _acr(session: Session, asked: Asked) -> dict[str, str]:
    """Return the `acr` to answer, where another than the session's own was asked for and is held by it."""
    answered = acr.answering(session, asked.acr)
    return {"acr": answered} if answered not in {"", acr.of(session)} else {}
