"""A member as a référent sees them, and the guard of every page about one."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpResponseBase

from convergences.directory import queries
from convergences.directory.errors import UnknownMember
from convergences.directory.models import Agent, Civility, Membership
from convergences.foundations import clock
from convergences.web.entrance.guards import for_referent
from convergences.web.requests import EmployerRequest

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Person:
    """What the pages say of a member. Everything is read on the membership: never more than the employer may know."""

    member: Membership
    state: str
    is_self: bool

    @classmethod
    def of(cls, member: Membership, viewer: Agent) -> "Person":
        """Return the member as this référent sees them."""
        return cls(member, queries.state_of(member), is_self=member.agent_id == viewer.pk)

    @property
    def uid(self) -> uuid.UUID:
        """The member's handle in addresses."""
        return self.member.uid

    @property
    def name(self) -> str:
        """Given name and family name."""
        return self.member.full_name

    @property
    def given_name(self) -> str:
        """How sentences call the agent."""
        return self.member.given_name

    @property
    def is_referent(self) -> bool:
        """Whether a designation made the agent a référent here."""
        return self.member.is_referent

    @property
    def told(self) -> str:
        """« prévenue » or « prévenu »; both when nobody has said."""
        return {Civility.MADAM.value: "prévenue", Civility.SIR.value: "prévenu"}.get(
            self.member.civility, "prévenu ou prévenue"
        )

    @property
    def restorable_until(self) -> dt.date | None:
        """The last day on which a deleted account may be restored."""
        closed = self.member.closed_at
        return clock.day_of(closed + queries.RESTORE_DELAY) if closed else None


def for_member(
    view: Callable[Concatenate[EmployerRequest, Membership, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Give the view the member named by the address, when the agent is référent of their organization; 404 otherwise.

    A member of another organization, and nobody, are the same answer (DOMAIN, rule 1).
    """

    @for_referent
    @wraps(view)
    def guarded(request: EmployerRequest, /, uid: uuid.UUID, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            member = queries.member(request.organization, uid)
        except UnknownMember:
            raise Http404 from None
        return view(request, member, *args, **kwargs)

    return guarded
