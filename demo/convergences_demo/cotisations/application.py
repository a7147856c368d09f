"""Net-Cotisations' doors and pages: the portal says by a ticket who came (CAS 3.0), and says when that is over."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import ParseError

import requests
from cas import CASClient
from django.http import HttpResponse, HttpResponseRedirect
from requests import RequestException

from convergences_demo.cotisations import ledger
from convergences_demo.hall.place import Place
from convergences_demo.hall.sessions import LONGEST_LIFE, Person, Session
from convergences_demo.hall.web import Asked, Route, Site, form_is_ours, fresh_name, in_seconds

TIMEOUT = 10
LONGEST_NOTICE = 8192
ROLES = {"reader": "Consulter", "declarer": "Déclarer", "validator": "Déclarer et valider"}
WORDS = {
    "tagline": "Cotisations des collectivités",
    "protocol": "CAS 3.0",
    "footer": "montants inventés, rien n’est dû.",
    "pages": [("/", "Mes cotisations"), ("/declarer", "Déclarer")],
    "roles": ROLES,
}


class _Patient(requests.Session):
    """python-cas waits without an end: no page of ours does."""

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """Ask, for so long."""
        kwargs.setdefault("timeout", TIMEOUT)
        return super().request(*args, **kwargs)


def build(place: Place) -> Site:
    """Return the application."""
    routes = {
        "/": Route(home, for_whoever_came=True),
        "/declarer": Route(declare, ("GET", "HEAD", "POST"), for_whoever_came=True),
        # The portal tells the address of the ticket that the session is over (CAS 3.0, section 2.3.3).
        "/retour": Route(come_back, ("GET", "HEAD", "POST")),
        "/deconnexion": Route(sign_out, ("POST",)),
    }
    return Site(place, routes, way_in, WORDS)


def _client(asked: Asked, name: str = "") -> Any:
    place = asked.site.place
    service = f"{place.base_url}/retour?{urlencode({'etat': name})}"
    return CASClient(version=3, service_url=service, server_url=f"{place.portal}/cas/", session=_Patient())


def way_in(asked: Asked) -> HttpResponse:
    """Send the browser to the portal; it comes back to the page it asked for."""
    name = fresh_name()
    reads = asked.http.method in {"GET", "HEAD"} and asked.http.path != "/connexion"
    leaving = HttpResponseRedirect(_client(asked, name).get_login_url())
    return asked.site.note(leaving, name, asked.path if reads else "/")


def come_back(asked: Asked) -> HttpResponse:
    """Receive a browser with its ticket, or the portal's word that a session is over."""
    if asked.http.method == "POST":
        return _told(asked)
    name, ticket = asked.http.GET.get("etat", ""), asked.http.GET.get("ticket", "")
    # A ticket planted in somebody else's browser must not sign them in as another.
    back_to = asked.site.ways.come_back(name) if name and name == asked.cookie("way") else None
    if back_to is None or not ticket:
        return asked.site.page(asked, "failed", status=400, reason="ce retour ne répond à aucune demande d’ici")
    try:
        user, attributes, _ = _client(asked, name).verify_ticket(ticket)
    except (RequestException, ParseError):
        return asked.site.page(asked, "silent", status=503)
    if not user:
        return asked.site.page(asked, "failed", status=403, reason="le portail ne reconnaît pas ce ticket")
    session = Session(_person(user, attributes or {}), portal_name=ticket, ends_at=in_seconds(LONGEST_LIFE))
    return asked.site.welcome(session, back_to)


def _person(user: str, attributes: dict[str, Any]) -> Person:
    texts = {name: value if isinstance(value, list) else [value or ""] for name, value in attributes.items()}

    def one(name: str) -> str:
        return str(texts.get(name, [""])[0])

    return Person(
        subject=user,
        name=f"{one('given_name')} {one('usual_name')}".strip() or user,
        email=one("email"),
        employer=one("organization"),
        siret=one("siret") or one("organization_siret"),
        roles=tuple(map(str, texts.get("roles", []))),
        told=(("user", user), *((name, ", ".join(map(str, values))) for name, values in texts.items())),
    )


def _told(asked: Asked) -> HttpResponse:
    """End the session that a ticket opened: who knows the ticket is the portal, or who holds that session already."""
    notice = str(asked.http.POST.get("logoutRequest", ""))
    if not notice or len(notice) > LONGEST_NOTICE or "<!" in notice:
        return HttpResponse(status=400)
    named = _client(asked).get_saml_slos(notice.encode())
    if not named:
        return HttpResponse(status=400)
    asked.site.sessions.end_named(*(one.text for one in named if one.text))
    return HttpResponse()


def sign_out(asked: Asked) -> HttpResponse:
    """End the application's session, then let the portal end its own."""
    if not form_is_ours(asked):
        return asked.site.page(asked, "stale", status=403)
    asked.site.sessions.end(asked.token)
    return HttpResponseRedirect(_client(asked).get_logout_url(f"{asked.site.place.base_url}/au-revoir"))


def home(asked: Asked) -> HttpResponse:
    """List what the employer declared and owes."""
    declarations = ledger.of(_siret(asked), dt.date.today())  # noqa: DTZ011 - months, as this machine counts them
    return asked.site.page(asked, "home", declarations=declarations, latest=declarations[0])


def declare(asked: Asked) -> HttpResponse:
    """Let those who may declare the month, and those who may validate it."""
    roles = set(asked.person.roles) if asked.person else set()
    if not roles & {"declarer", "validator"}:
        return asked.site.page(asked, "role_needed", status=403, needed=ROLES["declarer"])
    declaration = ledger.of(_siret(asked), dt.date.today())[0]  # noqa: DTZ011
    validates = "validator" in roles
    if asked.http.method == "POST":
        if not form_is_ours(asked):
            return asked.site.page(asked, "stale", status=403)
        step = ledger.validate if validates and declaration.state == ledger.DECLARED else ledger.declare
        step(_siret(asked), declaration.key)
        return HttpResponseRedirect("/declarer")
    shares = ledger.shares(declaration)
    return asked.site.page(asked, "declare", declaration=declaration, shares=shares, validates=validates)


def _siret(asked: Asked) -> str:
    return asked.person.siret if asked.person else ""
