"""A référent helps an agent in, or protects their account, without ever knowing a password (ASVS 6.4.6, 7.4.5)."""

from django.db import transaction

from convergences.audit.services import Actor
from convergences.authentication.browsers import Browser
from convergences.authentication.models import Purpose
from convergences.authentication.services import codes, sessions
from convergences.directory import queries
from convergences.directory.errors import WrongState
from convergences.directory.models import Membership
from convergences.directory.services import guards
from convergences.directory.services.journal import tell
from convergences.lifecycle.actions import Action

NEVER_CAME = "Ce compte n'a jamais été activé : renvoyez plutôt l'invitation."
NOT_ACTIVE = "Ce compte n'est pas actif : réactivez-le d'abord."


def send_password_link(membership: Membership, *, actor: Actor, browser: Browser) -> None:
    """Send the agent a link to choose a new password, as if they had asked for it themself.

    Raises `NotManaged`, `WrongState` (nobody has opened the account, or it is not active), `TooManyAttempts`.
    """
    _check_active(membership, actor)
    asker = actor.agent_id or 0
    # Outside a transaction: what it counts stays counted.
    codes.send_for(membership.agent, Purpose.RESET, asker=asker, browser=browser)
    with transaction.atomic():
        tell(Action.PASSWORD_LINK_SENT, membership, actor=actor)


@transaction.atomic
def close_sessions(membership: Membership, *, actor: Actor) -> int:
    """End every session of the agent and return how many there were. Raises `NotManaged`, `WrongState`."""
    _check_active(membership, actor)
    ended = sessions.end_all(membership.agent, reason="closed_by_referent", actor=actor)
    tell(Action.SESSIONS_CLOSED, membership, actor=actor, number=ended)
    return ended


def _check_active(membership: Membership, actor: Actor) -> None:
    guards.check_manages(actor, membership.organization)
    # An attachment that is not accepted is « invited » to this employer: the account behind it, used elsewhere, is not
    # theirs to touch, and the answer is that of an account which nobody has opened yet (DOMAIN, rule 1).
    state = queries.state_of(membership)
    if state != "active":
        raise WrongState(NEVER_CAME if state == "invited" else NOT_ACTIVE)
