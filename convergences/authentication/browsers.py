"""The browser in front of us, as a door describes it: the domain never reads a request."""

from dataclasses import dataclass

from convergences.audit.services import Actor
from convergences.directory.models import Agent


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a request comes from: its address, and a name people recognise (« Edge sur Windows »)."""

    address: str
    name: str


def acting(agent: Agent, browser: Browser) -> Actor:
    """Return the journal's actor for an agent in a browser."""
    return Actor(agent_id=agent.pk, label=agent.full_name, address=browser.address, browser=browser.name)


def stranger(browser: Browser) -> Actor:
    """Return the journal's actor for a browser in which nobody has proved who they are."""
    return Actor(agent_id=None, label="Visiteur non connecté", address=browser.address, browser=browser.name)
