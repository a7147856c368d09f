"""The answers of admission: what a door translates into its own protocol, and never decides again."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from convergences.authentication.models import Level, Session
from convergences.catalog.models import Assurance
from convergences.directory.models import Membership, Organization
from convergences.directory.staff import Contact


class Reason(StrEnum):
    """Why not, in the order in which the question is asked. Stable words: logs, the API and tests use them."""

    AGENT_INACTIVE = "agent_inactive"
    MEMBERSHIP_OVER = "membership_over"
    ORGANIZATION_INACTIVE = "organization_inactive"
    NOT_SUBSCRIBED = "not_subscribed"
    NO_SEAT = "no_seat"
    NOT_OPEN_YET = "not_open_yet"
    APPLICATION_CLOSED = "application_closed"
    NOT_ENTITLED = "not_entitled"
    STRONGER_AUTHENTICATION = "stronger_authentication"


@dataclass(frozen=True, slots=True)
class SessionAssurance:
    """How, and when, the person at the other end proved who they are. `factors` are words of RFC 8176.

    `remembered`: a device stands for a second factor proved in it earlier, where the application allows that; it raises
    no `level`, which says what happened in this session.
    """

    factors: tuple[str, ...]
    authenticated_at: dt.datetime
    second_factor_at: dt.datetime | None = None
    remembered: bool = False
    level: Level = Level.ONE_FACTOR

    @classmethod
    def of(cls, session: Session) -> Self:
        """Return the assurance of a session."""
        return cls(
            tuple(session.factors),
            session.authenticated_at,
            session.second_factor_at,
            remembered=session.remembered_device_id is not None,
            level=Level(session.level),
        )


@dataclass(frozen=True, slots=True)
class Enter:
    """Yes, for this membership (its agent and organization are loaded), with these roles of the application."""

    membership: Membership
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignIn:
    """Nobody is signed in: ask who they are, then ask again."""


@dataclass(frozen=True, slots=True)
class StepUp:
    """Everything else is yes, but the session is too weak (`stronger_authentication`): ask for this, then go on.

    `level`: what a request insists on beyond the application's sheet, if anything; a protocol adds it.
    """

    assurance: Assurance
    level: Level | None = None
    reason: Reason = Reason.STRONGER_AUTHENTICATION


@dataclass(frozen=True, slots=True)
class ChooseEmployer:
    """The agent may enter for several employers and has not said for which: ask, once per application."""

    memberships: tuple[Membership, ...]


@dataclass(frozen=True, slots=True)
class Refuse:
    """No, for one reason. `sentence` says in French what the agent can do next and names whom to ask.

    `referents` are those of the employer in question; `correspondent` is set when that employer has none
    and somebody of the centre follows it.
    `organization` is None for an agent whom no employer declares.
    """

    reason: Reason
    sentence: str
    referents: tuple[Membership, ...] = ()
    organization: Organization | None = None
    correspondent: Contact | None = None


Decision = Enter | SignIn | StepUp | ChooseEmployer | Refuse
