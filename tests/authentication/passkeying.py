"""What tests of passkeys do again and again: a session that has just proved who holds it, a passkey in hand."""

from convergences.audit.services import Actor
from convergences.authentication.browsers import acting
from convergences.authentication.models import Level, Passkey, Session
from convergences.authentication.services import passkeys, sessions
from convergences.authentication.services.passkeys import Created
from convergences.directory.models import Agent
from convergences.foundations import clock
from tests.authentication.doing import HERE
from tests.authenticator import Authenticator


def session_of(agent: Agent) -> Session:
    """Open a session in which password and second factor have just been proved."""
    session, _token = sessions.open_session(agent, factors=["pwd", "otp", "mfa"], browser=HERE, level=Level.TWO_FACTORS)
    session.password_at = session.second_factor_at = clock.now()
    session.save()
    return session


def acting_here(agent: Agent) -> Actor:
    """Return the agent, acting from the tests' browser."""
    return acting(agent, HERE)


def enrol(
    agent: Agent, authenticator: Authenticator | None = None, *, session: Session | None = None, name: str = "Poste"
) -> tuple[Passkey, Authenticator]:
    """Add a passkey of a software authenticator to the agent."""
    session, authenticator = session or session_of(agent), authenticator or Authenticator()
    options = passkeys.options_to_add(agent, session)
    created = Created(options.sealed, authenticator.create(options.json), name)
    return passkeys.add(agent, created, session=session, actor=acting_here(agent)).passkey, authenticator
