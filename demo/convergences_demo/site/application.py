"""The site's restricted pages."""

from django.http import HttpResponse

from convergences_demo.hall.place import Place
from convergences_demo.hall.saml import Manner
from convergences_demo.hall.saml_site import build as built
from convergences_demo.hall.sessions import Person
from convergences_demo.hall.web import Asked, Route, Site
from convergences_demo.site import documents
from convergences_demo.site.speaks import NAME_FORMAT

_USUAL = {
    "urn:oid:0.9.2342.19200300.100.1.3": "mail",
    "urn:oid:2.5.4.42": "givenName",
    "urn:oid:2.5.4.4": "sn",
    "urn:oid:2.5.4.10": "o",
    "urn:oid:1.3.6.1.4.1.5923.1.1.1.7": "eduPersonEntitlement",
    "siret": "siret",
}
WORDS = {
    "tagline": "Centre interdépartemental de gestion",
    "protocol": "SAML 2.0",
    "footer": "actualités et documents inventés.",
    "pages": [("/", "Actualités"), ("/documents", "Documents")],
    "roles": {"reader": "Espace réservé"},
}


def build(place: Place) -> Site:
    """Return the application."""
    routes = {"/": Route(home, for_whoever_came=True), "/documents": Route(papers, for_whoever_came=True)}
    return built(place, Manner(NAME_FORMAT, person), routes, WORDS)


def person(name: str, attributes: dict[str, list[str]]) -> Person:
    """Return who came, by the usual names (X.500 attribute profile)."""
    known = {_USUAL.get(each, each): values for each, values in attributes.items()}

    def one(key: str) -> str:
        return (known.get(key) or [""])[0] or ""

    told = (("NameID", name), *((each, ", ".join(values)) for each, values in known.items()))
    return Person(
        subject=name,
        name=f"{one('givenName')} {one('sn')}".strip() or one("mail") or "Agent",
        email=one("mail"),
        employer=one("o"),
        siret=one("siret"),
        roles=tuple(known.get("eduPersonEntitlement", ())),
        told=told,
    )


def home(asked: Asked) -> HttpResponse:
    """Show the news for employers."""
    return asked.site.page(asked, "home", news=documents.NEWS)


def papers(asked: Asked) -> HttpResponse:
    """Show the documents of the reader's rights."""
    roles = asked.person.roles if asked.person else ()
    return asked.site.page(asked, "documents", documents=documents.for_roles(roles))
