"""SNAPI-CAP's pages. Who came is what the server in front says, at each request: there is no session here."""

import datetime as dt
from urllib.parse import unquote

from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse, HttpResponseRedirect

from convergences_demo.hall.place import Place
from convergences_demo.hall.sessions import LONGEST_LIFE, Person, Session
from convergences_demo.hall.web import Asked, Route, Site, in_seconds
from convergences_demo.snapi import referrals

HEADERS = (
    "Remote-User",
    "Remote-Email",
    "Remote-Name",
    "Remote-Groups",
    "Remote-Organization",
    "Remote-Siret",
    "Remote-Acr",
    "Remote-Amr",
)
ROLES = {"filer": "Saisir des dossiers"}
WORDS = {
    "tagline": "Commissions administratives paritaires",
    "protocol": "les en-têtes du serveur mandataire",
    "footer": "dossiers inventés, aucune commission n’est saisie.",
    "pages": [("/", "Dossiers"), ("/seances", "Séances")],
    "roles": ROLES,
}
SOCKET = "snapi.sock"


class Plain(Site):
    """A site without sessions."""

    def known(self, request: WSGIRequest) -> tuple[str, Session | None]:
        """Return who the server in front says that this is."""
        told = {name: unquote(request.headers.get(name, "")) for name in HEADERS}
        if not told["Remote-User"]:
            return "", None
        person = Person(
            subject=told["Remote-User"],
            name=told["Remote-Name"] or told["Remote-Email"] or "Agent",
            email=told["Remote-Email"],
            employer=told["Remote-Organization"],
            siret=told["Remote-Siret"],
            roles=tuple(filter(None, told["Remote-Groups"].split(","))),
            told=tuple(told.items()),
        )
        return "", Session(person, portal_name="", ends_at=in_seconds(LONGEST_LIFE))


def build(place: Place) -> Site:
    """Return the application."""
    routes = {
        "/": Route(home, for_whoever_came=True),
        "/seances": Route(sessions, for_whoever_came=True),
        "/saisir": Route(file, ("POST",), for_whoever_came=True),
    }
    leave = f"/gate/leave?rd={place.base_url}/au-revoir"
    return Plain(place, routes, unknown, {**WORDS, "leave": leave})


def unknown(asked: Asked) -> HttpResponse:
    """Answer whoever the server in front lets through without a name: nobody comes in."""
    if asked.http.path == "/connexion":
        return HttpResponseRedirect("/")
    return asked.site.page(asked, "refused", status=403, reason="aucun nom transmis")


def home(asked: Asked) -> HttpResponse:
    """List the employer's referrals."""
    who = asked.person
    found = referrals.of(who.siret or who.employer, _today()) if who else []
    files = bool(who and "filer" in who.roles)
    return asked.site.page(asked, "home", referrals=found, files=files, kinds=referrals.KINDS)


def sessions(asked: Asked) -> HttpResponse:
    """List the commissions' coming sessions."""
    return asked.site.page(asked, "seances", sessions=referrals.sessions(_today()))


def file(asked: Asked) -> HttpResponse:
    """Take a referral from somebody whose role is to file them, sent by a page of ours."""
    who = asked.person
    if asked.http.headers.get("Origin") != asked.site.place.base_url:
        return asked.site.page(asked, "stale", status=403)
    if who is None or "filer" not in who.roles:
        return asked.site.page(asked, "role_needed", status=403, needed=ROLES["filer"])
    referrals.file(who.siret or who.employer, str(asked.http.POST.get("kind", "")), _today())
    return HttpResponseRedirect("/", status=303)


def _today() -> dt.date:
    return dt.date.today()  # noqa: DTZ011 - days, as this machine counts them
