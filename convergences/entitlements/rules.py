"""May A give B to C? Predicates only: each docstring is the rule in plain words. Nothing here writes."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from convergences.catalog.models import Application, Status
from convergences.directory import rules as directory
from convergences.directory.models import Agent, AgentState, Membership, Role
from convergences.directory.names import of
from convergences.directory.staff import staff_roles_of
from convergences.entitlements import errors
from convergences.entitlements.errors import RightRefused
from convergences.entitlements.standing import Standing
from convergences.foundations.text import day_in_words, french

GIVEN_BEFORE_OPENING = dt.timedelta(days=14)
EXPIRES_SOON_DAYS = 30


def may_grant(giver: Agent | None, membership: Membership) -> bool:
    """A référent in activity gives and removes the rights of their own organization's agents; a correspondant of the
    centre helps any organization. No giver: the operator of the installation, who is bound by contracts alone.

    Read anew, whatever the caller holds: a référent suspended a second ago gives nothing more.
    """
    if giver is None:
        return True
    present = Agent.objects.filter(pk=giver.pk).first()
    if present is None:
        return False
    return directory.may_manage(present, membership.organization) or Role.CORRESPONDENT in staff_roles_of(present)


def is_over(membership: Membership, today: dt.date) -> bool:
    """The agent has left this employer: closed, or past its last day. (Suspended, they may come back.)"""
    return membership.closed_at is not None or (membership.ends_on is not None and membership.ends_on < today)


def is_told(membership: Membership) -> bool:
    """An agent in activity is told of each change. The invited are told by their invitation; and until an attachment is
    accepted, whether the address already has an account must not show.
    """
    return (
        membership.agent.state == AgentState.ACTIVE
        and membership.confirmed_at is not None
        and membership.suspended_at is None
    )


def role_names(application: Application, keys: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Return the French names of these roles, in the catalogue's order."""
    return tuple(role.name for role in application.roles.all() if role.key in keys)


def known_roles(application: Application, asked: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the asked keys, each once, in the catalogue's order; None when they are not all roles of the application,
    or when it has roles and none is asked.
    """
    keys = [role.key for role in application.roles.all()]
    chosen = tuple(key for key in keys if key in asked)
    complete = len(chosen) == len(set(asked)) and (bool(chosen) or not keys)
    return chosen if complete else None


def is_on_sheet(standing: Standing) -> bool:
    """The sheet shows what the employer may be given or already has; drafts to nobody, trials to their pilots."""
    if standing.offer.status == Status.DRAFT:
        return False
    shown = standing.offer.status == Status.OPEN or (standing.offer.status == Status.PILOT and standing.offer.pilot)
    return shown or standing.held is not None


# Why a right cannot be given: a table, asked in this order.


def is_offered(standing: Standing) -> bool:
    """No right is given on an application that is a draft, or closed."""
    return not standing.offer.is_withdrawn()


def is_subscribed(standing: Standing) -> bool:
    """The employer has a current subscription, or an affiliation that is served without asking."""
    return standing.offer.is_subscribed(standing.today)


def is_near_opening(standing: Standing) -> bool:
    """Rights are given from 14 days before the opening, so that nobody waits on the day."""
    return standing.offer.has_opened(standing.today + GIVEN_BEFORE_OPENING)


def has_seat(standing: Standing) -> bool:
    """The agent holds a seat, or one of the contract's is free, or nothing limits them."""
    limit = standing.offer.seat_limit(standing.today)
    if limit is None:
        return True
    held = standing.held.seat if standing.held else None
    return (held is not None and held <= limit) or standing.seats_taken < limit


def _closed(_standing: Standing) -> str:
    return "Cette application est fermée : plus aucun droit n'y est donné."


def _not_subscribed(standing: Standing) -> str:
    whose = of(standing.employer)
    return (
        f"Aucun abonnement {whose} ne couvre cette application. Demandez-le à votre correspondant au centre de gestion."
    )


def _not_open(standing: Standing) -> str:
    opens_on = standing.offer.opens_on
    if standing.offer.status == Status.PILOT or opens_on is None:
        return "Cette application est à l'essai auprès de quelques agents : vous ne pouvez pas encore donner ce droit."
    return f"Vous pourrez donner ce droit dès le {day_in_words(opens_on - GIVEN_BEFORE_OPENING)}."


def _no_seat(standing: Standing) -> str:
    limit = standing.offer.seat_limit(standing.today) or 0
    remedy = "Retirez un droit, ou demandez des places à votre correspondant au centre de gestion."
    taken = (
        f"Les {limit} places de l'abonnement sont prises." if limit > 1 else "La seule place de l'abonnement est prise."
    )
    return f"{taken if limit else 'L’abonnement ne comporte aucune place.'} {remedy}"


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of the table. `binds_operator`: it stands for a contract, that no giver may exceed."""

    refusal: type[RightRefused]
    holds: Callable[[Standing], bool]
    sentence: Callable[[Standing], str]
    binds_operator: bool = False


CONDITIONS = (
    Condition(errors.ApplicationClosed, is_offered, _closed),
    Condition(errors.NotSubscribed, is_subscribed, _not_subscribed, binds_operator=True),
    Condition(errors.NotOpenYet, is_near_opening, _not_open),
    Condition(errors.NoSeat, has_seat, _no_seat, binds_operator=True),
)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why this right cannot be given now; `refusal` is what insisting would raise."""

    code: str
    sentence: str
    refusal: type[RightRefused]


def obstacle(standing: Standing, *, operator: bool = False) -> Obstacle | None:
    """Return the first condition that does not hold, or None when the right may be given."""
    for condition in CONDITIONS:
        if (condition.binds_operator or not operator) and not condition.holds(standing):
            sentence = french(condition.sentence(standing))
            return Obstacle(condition.refusal.code, sentence, condition.refusal)
    return None
