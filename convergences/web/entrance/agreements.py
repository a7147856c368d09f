"""What an agent agreed to let applications read, as their own page shows it, whatever the protocol.

The page knows no protocol: each protocol's room that asks agents names who keeps their answers by
`settings.AGREEMENT_KEEPERS`.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from convergences.audit.services import Actor
from convergences.catalog.models import Application
from convergences.directory.models import Agent


@dataclass(frozen=True, slots=True)
class Agreement:
    """An application that must ask, what the agent lets it read, in words, and since when."""

    application: Application
    told: tuple[str, ...]
    since: dt.datetime


class Keeper(Protocol):
    """Where a protocol's room keeps what agents answered."""

    def agreements(self, agent: Agent) -> Sequence[Agreement]:
        """Return what this agent agreed to, for the applications that must ask today, the latest first."""

    def withdraw(self, agent: Agent, application: Application, *, actor: Actor) -> None:
        """Take back what this agent agreed to: what the application was given for it is dead at once."""


@cache
def _keepers() -> tuple[Keeper, ...]:
    return tuple(import_string(name) for name in settings.AGREEMENT_KEEPERS)


def agreements(agent: Agent) -> list[Agreement]:
    """Return what this agent agreed to, the latest first."""
    found = [agreement for keeper in _keepers() for agreement in keeper.agreements(agent)]
    return sorted(found, key=lambda agreement: agreement.since, reverse=True)


def withdraw(agent: Agent, application: Application, *, actor: Actor) -> None:
    """Take back what this agent agreed to for an application, by whatever protocol."""
    for keeper in _keepers():
        keeper.withdraw(agent, application, actor=actor)
