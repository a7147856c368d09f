"""The mails of authentication. Composed alike for a known and an unknown address: the work is the same (rule 7)."""

from dataclasses import dataclass

from convergences.authentication import delays
from convergences.authentication.browsers import Browser
from convergences.authentication.models import Purpose, SecurityChange
from convergences.directory.models import Agent
from convergences.foundations import clock
from convergences.foundations.mail import compose
from convergences.foundations.outbox import Mail
from convergences.foundations.text import listed

NOBODY = "personne@invalid.example"
_FOLDER = "authentication/mail"


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """What a mail gives its reader, and what is kept as digests only."""

    code: str
    token: str


def first_visit_code(agent: Agent | None, secrets: Secrets, browser: Browser) -> Mail:
    """Return the mail with the code and the link of a first visit."""
    return _compose("first_visit_code", agent, browser, code=secrets.code, token=secrets.token)


def reset_link(agent: Agent | None, secrets: Secrets, browser: Browser) -> Mail:
    """Return the mail with the link that lets choose a new password."""
    return _compose("reset", agent, browser, token=secrets.token)


def other_way(purpose: str, agent: Agent, browser: Browser) -> Mail:
    """Return the mail to an agent who asks for what the account does not need, or no longer, and tells what it needs.

    It holds no secret: it leads to the pages where one asks.
    """
    if purpose == Purpose.RESET:
        return _compose("not_yet_active", agent, browser)
    active = agent.invited_until is None or clock.today() <= agent.invited_until
    return _compose("already_active" if active else "invitation_over", agent, browser)


def password_changed(agent: Agent, browser_name: str) -> Mail:
    """Return the mail that tells an agent that the password was changed (ASVS 6.3.7)."""
    return _compose("password_changed", agent, Browser(address="", name=browser_name))


def security_change(agent: Agent, change: SecurityChange, names: list[str], token: str) -> Mail:
    """Return the mail that tells an agent that a way in was changed, with the link « Ce n'est pas moi »."""
    said = {
        "change": change.get_kind_display(),
        "names": listed([f"« {name} »" for name in names]),
        "made_by": change.made_by,
        "token": token,
    }
    return _compose("security_change", agent, Browser(address="", name=change.browser), **said)


def passkey_frozen(agent: Agent, key_name: str, browser: Browser, *, closed: bool) -> Mail:
    """Return the mail that tells an agent that one of their passkeys was copied, and opens nothing any more.

    `closed`: it was their only means, and the password opens nothing either.
    """
    return _compose("passkey_frozen", agent, browser, key_name=key_name, closed="yes" if closed else "")


def second_step_blocked(agent: Agent, browser: Browser) -> Mail:
    """Return the mail that tells an agent that somebody, who has their password, fails at the second step."""
    return _compose("second_step_blocked", agent, browser)


def mail_code(agent: Agent, code: str, browser: Browser) -> Mail:
    """Return the mail with the code that stands for a second step, of an agent who has no second factor."""
    return _compose("mail_code", agent, browser, code=code)


def recovery_code_used(agent: Agent, browser: Browser, left: int) -> Mail:
    """Return the mail that tells an agent that a recovery code has served, and how many are left."""
    return _compose("recovery_code_used", agent, browser, left=str(left))


def _compose(name: str, agent: Agent | None, browser: Browser, **secrets: str) -> Mail:
    context = {
        "name": agent.full_name if agent else "Claire Nguyen",
        "hour": delays.clock_time(clock.now()),
        "browser": browser.name,
        **secrets,
    }
    recipient = (agent.email if agent else None) or NOBODY
    return compose(f"authentication.{name}", recipient, f"{_FOLDER}/{name}", context)
