"""The page that says why an application does not open, and whom to ask: the same for the portal and every protocol."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from convergences.admission.decisions import Reason, Refuse
from convergences.catalog.models import Application
from convergences.directory import names
from convergences.directory.models import Agent
from convergences.directory.staff import Contact, Reach
from convergences.foundations.text import day_in_words, french


@dataclass(frozen=True, slots=True)
class Helper:
    """Somebody to ask: who, where to find them, and the message to them already begun."""

    agent: Agent
    detail: str
    mailto: str


def refusal_page(request: HttpRequest, application: Application, refuse: Refuse, *, way_back: str = "") -> HttpResponse:
    """Answer 403 to an agent who may not enter the application: the reason in plain words, and the people to ask.

    `way_back` is the application's own address, where it is told of the refusal, when the agent came from it.
    """
    people, title = _people(application, refuse)
    context = {
        "application": application,
        "refuse": refuse,
        "heading": _heading(application, refuse),
        "people": people,
        "people_title": title,
        "space": "portail",
        "way_back": way_back,
    }
    response = render(request, "web/errors/refused.html", context, status=403)
    response["Cache-Control"] = "no-store"
    return response


def _heading(application: Application, refuse: Refuse) -> str:
    """Say what stops the agent: their right is not in question when the application serves nobody."""
    if refuse.reason is Reason.APPLICATION_CLOSED:
        return f"{application.name} n’est pas en service"
    return f"Vous n’êtes pas habilité à ouvrir {application.name}"


def _people(application: Application, refuse: Refuse) -> tuple[list[Helper], str]:
    """Return whom to ask and the title above them: référents, or the correspondant of an employer without any.

    Nobody where nobody follows the employer: the page then gives the centre's own address.
    """
    subject = f"Demande d’accès à {application.name}"
    if refuse.referents and refuse.organization:
        helpers = [helper(member.agent, member.department, subject) for member in refuse.referents]
        one = len(helpers) == 1
        return helpers, f"{'Votre référent' if one else 'Vos référents'} {names.at(refuse.organization.name)}"
    if refuse.correspondent:
        return at_the_centre(refuse.correspondent, subject), "Votre correspondant au centre de gestion"
    return [], ""


def helper(agent: Agent, department: str, subject: str) -> Helper:
    """Return somebody to ask, with a link that begins a mail of this subject."""
    detail = " · ".join(part for part in (department, agent.phone) if part)
    mailto = f"mailto:{quote(agent.email)}?subject={quote(subject)}" if agent.email else ""
    return Helper(agent, detail, mailto)


def at_the_centre(contact: Contact, subject: str) -> list[Helper]:
    """Return the correspondant to ask and, while they are away, who replaces them; each with when to reach them."""
    return [helper(each.agent, french(" · ".join(_reached(each, contact))), subject) for each in contact.people]


def _reached(each: Reach, contact: Contact) -> Iterator[str]:
    if each.until is not None:
        yield f"absence jusqu'au {day_in_words(each.until)}"
    elif each.agent != contact.agent:
        yield f"remplace {contact.agent.full_name}"
    if each.hours:
        yield each.hours
