"""The requests that views receive: what a guard has proved is in the type, not in a hope."""

from django.http import HttpRequest

from convergences.authentication.models import Session
from convergences.directory.models import Agent, Organization
from convergences.web.header import Header


class HouseRequest(HttpRequest):
    """Any request, once the middlewares have named it and looked for a session."""

    reference: str
    current: Session | None
    agent: Agent | None
    header: Header


class AgentRequest(HttpRequest):
    """A request of somebody who is signed in: every view that is not open to strangers receives one."""

    reference: str
    current: Session
    agent: Agent
    header: Header


class EmployerRequest(AgentRequest):
    """A request of a référent about one of their organizations (`web.entrance.guards.for_referent`)."""

    organization: Organization


class CorrespondentRequest(AgentRequest):
    """A request of one of the centre's correspondants (`web.entrance.guards.for_correspondent`)."""


class EngineerRequest(AgentRequest):
    """A request of one of the centre's engineers (`web.entrance.guards.for_engineer`)."""
