"""The portal proposes a second step once, kindly; an answer, whatever it is, is the last time that it is spoken of."""

from convergences.authentication.models import Proposal
from convergences.directory.models import Agent
from convergences.foundations import clock


def answered(agent: Agent) -> None:
    """Note that the agent has answered, by a « Plus tard » or by setting one up. The first answer is the one kept."""
    Proposal.objects.get_or_create(agent=agent, defaults={"answered_at": clock.now()})


def is_due(agent: Agent) -> bool:
    """Say whether the agent has never answered, in one query. Whether they have a second factor is another question."""
    return not Proposal.objects.filter(agent=agent).exists()
