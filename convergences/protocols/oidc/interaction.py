"""Must the agent sign in first? A list of reasons, each a predicate: the first that holds sends to the sign-in page."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from convergences.authentication.models import Session
from convergences.authentication.rules import proved_at
from convergences.protocols.oidc import subjects
from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.errors import LoginRequired

PROOF = "asked"
LEFT = "left"
# How an agent leaves the page of a second step that the client would like, and does not insist on.
AS_IT_IS = "as_it_is"


@dataclass(frozen=True, slots=True)
class Moment:
    """A request, who is signed in, and since when we have been asking for a new sign-in for this very request."""

    asked: Asked
    session: Session | None
    asking_since: dt.datetime | None
    now: dt.datetime

    @property
    def has_just_signed_in(self) -> bool:
        """Whether the sign-in that this request called for has taken place."""
        since = self.asking_since
        return self.session is not None and since is not None and self.session.authenticated_at >= since


def _nobody(moment: Moment) -> bool:
    return moment.session is None


def _asked_to(moment: Moment) -> bool:
    # One browser holds one account here: to select another is to sign in again.
    wants = moment.asked.prompts & {"login", "select_account"}
    return bool(wants) and not moment.has_just_signed_in


def _too_old(moment: Moment) -> bool:
    if moment.asked.max_age is None or moment.session is None or moment.has_just_signed_in:
        return False
    age = moment.now - proved_at(moment.session)
    return age.total_seconds() > moment.asked.max_age


def _somebody_else(moment: Moment) -> bool:
    hinted = moment.asked.hint.get("sub")
    if hinted is None or moment.session is None:
        return False
    if hinted == subjects.of(moment.asked.known_client, moment.session.agent):
        return False
    if moment.has_just_signed_in:
        raise LoginRequired("Another user signed in")
    return True


REASONS: tuple[tuple[str, Callable[[Moment], bool]], ...] = (
    ("nobody_signed_in", _nobody),
    ("asked_by_prompt", _asked_to),
    ("older_than_max_age", _too_old),
    ("hint_names_somebody_else", _somebody_else),
)


def reason_to_sign_in(moment: Moment) -> str:
    """Return the first reason to sign in, or nothing.

    Raises `LoginRequired` when nobody may be asked (`prompt=none`, OpenID Connect Core, section 3.1.2.1), or when the
    agent who just signed in is not the one of the hint.
    """
    reason = next((name for name, holds in REASONS if holds(moment)), "")
    if reason and "none" in moment.asked.prompts:
        raise LoginRequired("The user must sign in")
    return reason
