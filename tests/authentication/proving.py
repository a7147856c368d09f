"""Second factors in tests: an agent gets an application of codes, stands before the second step, shows a code."""

from dataclasses import dataclass
from typing import Any

import pyotp

from convergences.authentication.browsers import acting
from convergences.authentication.models import RememberedDevice, Session, Totp
from convergences.authentication.proofs import Pending
from convergences.authentication.services import devices, recovery_codes, sessions, totp
from convergences.authentication.services.sign_in import Attempt, SecondStepNeeded, SignedIn, sign_in
from convergences.directory.models import Agent
from convergences.foundations import clock
from tests.authentication.doing import HERE
from tests.cast import PASSWORD, set_password

WRONG = "000000"


@dataclass
class Held:
    """An application of codes in an agent's telephone."""

    totp: Totp
    secret: str

    def code(self, later: int = 0) -> str:
        """The code shown now, or some periods later."""
        now = int(clock.now().timestamp()) // totp.PERIOD
        return pyotp.TOTP(self.secret).generate_otp(now + later)

    def forgotten(self) -> "Held":
        """The same, as if no code of it had been taken yet."""
        Totp.objects.filter(pk=self.totp.pk).update(last_step=-1)
        return self


def opened(agent: Agent, *factors: str) -> Session:
    """A session opened this minute by these factors."""
    session, _token = sessions.open_session(agent, factors=factors or ("pwd",), browser=HERE)
    return session


def with_totp(agent: Agent, name: str = "Téléphone", *, password: bool = True) -> Held:
    """Give the agent an application of codes, and a password."""
    if password:
        set_password(agent)
    session = opened(agent, "pwd", "otp")
    started = totp.start(agent, name, session=session)
    held = Held(started.totp, started.secret)
    totp.confirm(agent, started.totp.uid, held.code(), session=session, actor=acting(agent, HERE))
    held.forgotten()
    held.totp.refresh_from_db()
    return held


def with_codes(agent: Agent) -> list[str]:
    """Give the agent recovery codes."""
    return recovery_codes.make(agent, session=opened(agent, "pwd", "otp"), actor=acting(agent, HERE))


def trusted(agent: Agent) -> tuple[RememberedDevice, str]:
    """Trust a browser of the agent."""
    return devices.remember(agent, HERE)


def typed_password(agent: Agent, password: str = PASSWORD, **options: Any) -> SignedIn | SecondStepNeeded:
    """Type the password on the sign-in page."""
    return sign_in(Attempt(agent.email or "", password, HERE, **options))


def pending(agent: Agent) -> Pending:
    """Stand before the second step."""
    answer = typed_password(agent)
    assert isinstance(answer, SecondStepNeeded)
    return answer.pending
