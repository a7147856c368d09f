"""The mail that tells an agent which applications they enter no more, and why."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from convergences.catalog.models import Application
from convergences.catalog.offers import Offer
from convergences.directory.models import Membership
from convergences.directory.names import at, of, with_article
from convergences.foundations import clock
from convergences.foundations.mail import compose
from convergences.foundations.outbox import Mail
from convergences.foundations.text import day_in_words, french, listed
from convergences.lifecycle.losses import Facts

KIND = "lifecycle.access_lost"


@dataclass(frozen=True, slots=True)
class Line:
    """An application that the agent enters no more, and why; no reason where the employer itself is closed."""

    name: str
    why: str


def lost(member: Membership, days: Mapping[int, dt.date], said: Facts) -> Mail:
    """Return what tells an agent that they lost these applications, each with its day."""
    chosen = [application for pk, application in said.applications.items() if pk in days]
    employer, former = said.employer.name, said.organization.name
    context = {
        "agent": member.agent,
        "title": french(title(chosen)),
        "lines": [Line(each.name, french(_why(each, said))) for each in chosen],
        "several": len(chosen) > 1,
        "day": day_in_words(max(days.values())),
        "employer": with_article(employer),
        "of_employer": of(employer),
        "at_employer": at(employer),
        "of_former": of(former),
        "merged": said.remaining is not None,
        "closed": not said.employer.active,
        "kept": any((member.agent_id, pk) in said.held for pk in days),
        "elsewhere": member.agent_id in said.elsewhere,
        "referents": listed(said.referents),
        "several_referents": len(said.referents) > 1,
        "contact": said.contact,
    }
    return compose(KIND, member.email, "lifecycle/mail/access_lost", context)


def title(applications: list[Application]) -> str:
    """Return the subject, in the words of a right taken away."""
    names = listed([each.name for each in applications])
    return f"Votre accès à {names} a pris fin" if len(applications) == 1 else f"Vos accès à {names} ont pris fin"


def _why(application: Application, said: Facts) -> str:
    if not said.employer.active:
        return ""
    offer, today, employer = said.offers[application.pk], clock.today(), with_article(said.employer.name)
    if offer.is_withdrawn():
        return "l'application est fermée"
    if not offer.is_subscribed(today):
        return _without_contract(offer, employer, today)
    if offer.has_opened(today):
        return f"toutes les places de l'abonnement {of(said.employer.name)} sont prises"
    if offer.opens_on and offer.opens_on > today:
        return f"elle ouvre pour {employer} le {day_in_words(offer.opens_on)}"
    return "elle n'est encore ouverte qu'à ceux qui l'essaient"


def _without_contract(offer: Offer, employer: str, today: dt.date) -> str:
    contract = offer.contract
    if contract and contract.ends_on and contract.ends_on < today:
        return f"l'abonnement de cet employeur a pris fin le {day_in_words(contract.ends_on)}"
    if contract and contract.starts_on > today:
        return f"l'abonnement de cet employeur commence le {day_in_words(contract.starts_on)}"
    return f"{employer} n'a pas, ou plus, d'abonnement"
