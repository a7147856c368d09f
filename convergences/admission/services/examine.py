"""The whole table for one agent, line by line: what an engineer reads before the agent ever comes.

The decision and its lines come from the same facts and the same rules as every entrance: a page that explained by
itself would end up lying. Nothing is opened; that somebody looked is journaled.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from convergences.admission import sources
from convergences.admission.actions import Action
from convergences.admission.decisions import Enter, Reason, Refuse, SessionAssurance, StepUp
from convergences.admission.facts import Facts
from convergences.admission.rules import RULES, is_strong_enough
from convergences.admission.services.decide import conclude
from convergences.audit.services import About, Actor, record
from convergences.catalog.models import Application, Assurance
from convergences.directory.models import Agent, Organization, Role
from convergences.directory.services import guards
from convergences.foundations import clock
from convergences.foundations.text import french


@dataclass(frozen=True, slots=True)
class Line:
    """One rule of the table, in words. `holds` is None when there is nothing to ask it of (no employer)."""

    reason: Reason
    words: str
    holds: bool | None


@dataclass(frozen=True, slots=True)
class Examination:
    """What the table says of one agent, one application and one employer."""

    decision: Enter | Refuse | StepUp
    lines: tuple[Line, ...]
    entry: Enter | None
    """What an entrance would give: at once, or once the agent has signed in more strongly; None when refused."""

    @property
    def stopped_by(self) -> Reason | None:
        """The rule that keeps the agent out, or asks them for more; None when they enter."""
        return None if isinstance(self.decision, Enter) else self.decision.reason


WORDS: dict[Reason, str] = {
    Reason.AGENT_INACTIVE: "L'agent a fait sa première visite, et son compte n'est ni suspendu ni supprimé.",
    Reason.MEMBERSHIP_OVER: (
        "L'agent travaille aujourd'hui pour cet employeur : rattachement accepté, commencé, ni terminé ni suspendu."
    ),
    Reason.ORGANIZATION_INACTIVE: "Le centre compte toujours cet employeur parmi les siens.",
    Reason.NOT_SUBSCRIBED: "L'employeur a un abonnement en cours, ou son affiliation suffit.",
    Reason.NO_SEAT: "Si l'abonnement limite le nombre de places, le droit de l'agent en occupe une.",
    Reason.NOT_OPEN_YET: "L'application est ouverte à cet employeur, ou l'agent la teste avant les autres.",
    Reason.APPLICATION_CLOSED: "L'application n'est ni un brouillon ni fermée.",
    Reason.NOT_ENTITLED: "Un référent a donné à l'agent un droit, valable aujourd'hui.",
}
STRENGTH: dict[Assurance, str] = {
    Assurance.PASSWORD: "L'agent s'est identifié assez fortement : un mot de passe suffit.",
    Assurance.SECOND_FACTOR: "L'agent s'est identifié assez fortement : il faut une vérification en deux étapes.",
    Assurance.FRESH_SECOND_FACTOR: (
        "L'agent s'est identifié assez fortement : il faut une vérification en deux étapes de moins de 5 minutes."
    ),
}
WITH_DEVICES = (
    "L'agent s'est identifié assez fortement : il faut une vérification en deux étapes, dont un appareil de confiance "
    "dispense."
)
# Asked of an agent whom no employer declares, these would speak of an employer that is not there.
_OF_THE_EMPLOYER = frozenset({Reason.ORGANIZATION_INACTIVE, Reason.NOT_SUBSCRIBED, Reason.NO_SEAT, Reason.NOT_OPEN_YET})


def examine(agent: Agent, application: Application, organization: Organization | None, *, actor: Actor) -> Examination:
    """Return what `decide` answers to this agent, signed in by a password now, and what each line of the table says.

    `organization` is None for an agent whom no employer declares. Who looked is journaled, whatever is found. Raises
    `ForTheCentre` unless an engineer of the centre, or an operator, asks.
    """
    guards.check_centre(actor, Role.ENGINEER)
    if organization is None:
        candidate = next(iter(sources.at_each_employer(agent.pk, application.pk)), None)
    else:
        candidate = sources.at_employer(agent.pk, application.pk, organization.pk)
    if candidate is None:
        raise ValueError("no such agent or application")
    now = clock.now()
    decision = conclude(candidate, now=now, assurance=SessionAssurance(("pwd",), now))
    strongest = SessionAssurance(("pwd", "otp"), now, second_factor_at=now)
    followed = conclude(candidate, now=now, assurance=strongest) if isinstance(decision, StepUp) else decision
    _journal(agent, application, candidate.facts, actor)
    return Examination(decision, _lines(candidate.facts, now), followed if isinstance(followed, Enter) else None)


def _journal(agent: Agent, application: Application, facts: Facts, actor: Actor) -> None:
    # An employer whose attachment is not accepted reads in its journal nothing of the account (DOMAIN, rule 1).
    employer = facts.organization_id if facts.membership_confirmed else None
    about = About(agent.pk, agent.full_name, employer, application.slug)
    with transaction.atomic():
        record(Action.ACCESS_TRIED, actor=actor, about=about)


def _lines(facts: Facts, now: dt.datetime) -> tuple[Line, ...]:
    today = clock.day_of(now)
    alone = facts.membership_id is None
    asked = [
        Line(
            rule.reason,
            french(WORDS[rule.reason]),
            None if alone and rule.reason in _OF_THE_EMPLOYER else rule.holds(facts, today),
        )
        for rule in RULES
    ]
    strong = is_strong_enough(facts, SessionAssurance(("pwd",), now), now=now)
    return (*asked, Line(Reason.STRONGER_AUTHENTICATION, french(_strength(facts)), strong))


def _strength(facts: Facts) -> str:
    if facts.assurance == Assurance.SECOND_FACTOR and facts.remembers_devices:
        return WITH_DEVICES
    return STRENGTH[facts.assurance]
