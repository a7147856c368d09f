"""The ways in change only in the hands of who has just proved who they are: a session left open changes nothing."""

import datetime as dt

from convergences.authentication.errors import ProofNeeded
from convergences.authentication.models import Session
from convergences.authentication.queries import Methods
from convergences.foundations import clock

FRESH = dt.timedelta(minutes=5)


def is_fresh(session: Session, methods: Methods, now: dt.datetime) -> bool:
    """Say whether the agent proved who they are lately: by a second factor if they have one, else by the password."""
    proved_at = session.second_factor_at if methods.any else session.password_at
    return proved_at is not None and now - proved_at <= FRESH


def require(session: Session, methods: Methods) -> None:
    """Raise `ProofNeeded` when the proof is older than five minutes."""
    if not is_fresh(session, methods, clock.now()):
        raise ProofNeeded(second_factor=methods.any)
