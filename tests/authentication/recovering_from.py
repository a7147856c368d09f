"""Recoveries in tests: a référente starts one, a day passes, the agent reads the code."""

import datetime as dt
import re

import time_machine

from convergences.audit.services import Actor
from convergences.authentication.models import Recovery
from convergences.authentication.proofs import Pending
from convergences.authentication.services import recoveries, recovering, totp
from convergences.authentication.services.opening import SignedIn
from convergences.directory.models import Agent, Membership
from tests.authentication.doing import HERE, Letter, letters
from tests.authentication.proving import Held, pending
from tests.cast import Cast

Clock = time_machine.Traveller
MORNING = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
DELAY = dt.timedelta(hours=24)


def by(agent: Agent) -> Actor:
    """The actor of an agent who manages."""
    return Actor(agent.pk, agent.full_name, "192.0.2.77", "Firefox sur Linux")


def start(membership: Membership, referent: Membership) -> Recovery:
    """Have a référent start it."""
    return recoveries.start(membership, actor=by(referent.agent))


def opened(cast: Cast, clock: Clock) -> Recovery:
    """Have Nadia start it for Claire, and let the delay pass."""
    recovery = start(cast.claire, cast.nadia)
    clock.shift(DELAY)
    return recovery


def code_for(agent: Agent, waiting: Pending | None = None) -> str:
    """Ask for the code, and read it in the mail."""
    recovering.send_code(waiting or pending(agent), browser=HERE)
    return letters()[-1].code


def come_back(agent: Agent, code: str = "") -> SignedIn:
    """Come back by the password and the code of the mail, as the agent."""
    return recovering.come_back(pending(agent), code or code_for(agent), browser=HERE)


def renew(done: SignedIn, name: str = "Nouveau") -> Held:
    """Add an application of codes where one has come back, which finishes the recovery."""
    agent = done.session.agent
    started = totp.start(agent, name, session=done.session)
    held = Held(started.totp, started.secret)
    totp.confirm(agent, started.totp.uid, held.code(), session=done.session, actor=by(agent))
    return held


def to(agent: Agent) -> list[Letter]:
    """The mails of a recovery that somebody received."""
    return [mail for mail in letters() if mail.recipient == agent.email and ".recovery" in mail.kind]


def token_of(mail: Letter) -> str:
    """The secret of « Ce n'est pas moi »."""
    found = re.search(r"ce-nest-pas-moi\?cle=(\S+)", mail.text)
    assert found, mail.text
    return found[1]


def other_than(code: str) -> str:
    """A code that is not this one."""
    return f"{(int(code) + 1) % 10**6:06}"
