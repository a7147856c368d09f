"""Opening a session, whatever was proved: the one place where it is told, and where the browser becomes known."""

from dataclasses import dataclass

from convergences.audit.services import About, record
from convergences.authentication.actions import Action
from convergences.authentication.browsers import Browser, acting
from convergences.authentication.models import Session
from convergences.authentication.services import known_browsers, sessions
from convergences.authentication.strengths import Strength
from convergences.directory.models import Agent
from convergences.directory.services import agents


@dataclass(frozen=True, slots=True, repr=False)
class SignedIn:
    """An open session, the token that the browser keeps for it, and the one by which the browser is known again.

    `device_token`: the secret of a device that the agent asked to remember, empty otherwise.
    """

    session: Session
    token: str
    known_browser_token: str
    device_token: str = ""


def open_for(
    agent: Agent,
    strength: Strength,
    *,
    browser: Browser,
    known_browser_token: str,
    previous_session: Session | None = None,
) -> SignedIn:
    """Open a session for an agent who has proved who they are, in the current transaction; remember the browser."""
    session, token = sessions.open_session(
        agent, factors=strength.factors, browser=browser, previous=previous_session, level=strength.level
    )
    if strength.device is not None:
        session.remembered_device = strength.device
        session.save(update_fields=["remembered_device"])
    kept = known_browsers.remember(agent, known_browser_token)
    agents.note_sign_in(agent, session.created_at)
    told = {"factors": list(strength.factors), "session": str(session.uid)}
    if strength.device is not None:
        told["device"] = str(strength.device.uid)
    about = About(subject_id=agent.pk, subject_label=agent.full_name)
    record(Action.SIGNED_IN, actor=acting(agent, browser), about=about, **told)
    return SignedIn(session, token, kept)
