"""Octime's pages: one's own week, and that of a team for who manages it."""

import datetime as dt

from django.http import HttpResponse

from convergences_demo.hall.place import Place
from convergences_demo.hall.saml import Manner
from convergences_demo.hall.saml_site import build as built
from convergences_demo.hall.sessions import Person
from convergences_demo.hall.web import Asked, Route, Site
from convergences_demo.octime import hours
from convergences_demo.octime.speaks import NAME_FORMAT

ROLES = {"reader": "Consulter", "manager": "Gérer"}
WORDS = {
    "tagline": "Temps de travail et absences",
    "protocol": "SAML 2.0",
    "footer": "heures et absences inventées.",
    "pages": [("/", "Ma semaine"), ("/equipe", "Mon équipe")],
    "roles": ROLES,
}


def build(place: Place) -> Site:
    """Return the application."""
    routes = {"/": Route(home, for_whoever_came=True), "/equipe": Route(team, for_whoever_came=True)}
    manner = Manner(NAME_FORMAT, person, by_form=True, unsolicited=True)
    return built(place, manner, routes, WORDS)


def person(name: str, attributes: dict[str, list[str]]) -> Person:
    """Return who came, by names of Octime's own."""

    def one(key: str) -> str:
        return (attributes.get(key) or [""])[0] or ""

    told = (("NameID", name), *((each, ", ".join(values)) for each, values in attributes.items()))
    return Person(
        subject=name,
        name=f"{one('prenom')} {one('nom')}".strip() or name,
        email=one("courriel") or name,
        employer=one("employeur"),
        roles=tuple(attributes.get("profil", ())),
        told=told,
    )


def home(asked: Asked) -> HttpResponse:
    """Show one's own week."""
    name = asked.person.email if asked.person else ""
    days = hours.week(name, dt.date.today())  # noqa: DTZ011 - the week of this machine
    return asked.site.page(asked, "home", days=days, total=hours.total(days), left=hours.leave_left(name))


def team(asked: Asked) -> HttpResponse:
    """Show the absences of a team to who manages it."""
    who = asked.person
    if who is None or "manager" not in who.roles:
        return asked.site.page(asked, "role_needed", status=403, needed=ROLES["manager"])
    return asked.site.page(asked, "team", absences=hours.absences(who.employer, dt.date.today()))  # noqa: DTZ011
