"""The catalogue: every application, drafts and closed ones too, and the days on which some will open."""

from dataclasses import dataclass

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from convergences.catalog import queries as catalog
from convergences.catalog.models import Application, Protocol, Status
from convergences.entitlements import queries as entitlements
from convergences.foundations import clock
from convergences.foundations.text import searchable
from convergences.pages.administration.showing import page
from convergences.pages.administration.states import State, state_of
from convergences.web.entrance.guards import for_engineer
from convergences.web.panels.panel import panels
from convergences.web.requests import EngineerRequest

MAX_QUERY = 100
TO_CONNECT, TO_WATCH = "a-raccorder", "a-surveiller"
TABS = {
    "": "Toutes",
    "ouvertes": "Ouvertes",
    "pilotes": "Pilotes",
    "brouillons": "Brouillons",
    "fermees": "Fermées",
    TO_CONNECT: "À raccorder",
    TO_WATCH: "À surveiller",
}
_STATUSES = {
    "ouvertes": Status.OPEN,
    "pilotes": Status.PILOT,
    "brouillons": Status.DRAFT,
    "fermees": Status.CLOSED,
}


@dataclass(frozen=True, slots=True)
class Row:
    """An application of the list."""

    application: Application
    agents: int
    state: State
    to_connect: bool
    to_watch: bool

    def is_in(self, tab: str) -> bool:
        """Say whether the row is one of this tab's."""
        chosen = {TO_CONNECT: self.to_connect, TO_WATCH: self.to_watch}
        return chosen[tab] if tab in chosen else not tab or self.application.status == _STATUSES[tab]

    def answers(self, words: list[str]) -> bool:
        """Say whether the row holds every word, without accents or case."""
        told = self.application
        text = searchable(f"{told.name} {told.slug} {told.category} {told.get_protocol_display()}")
        return all(word in text for word in words)


@dataclass(frozen=True, slots=True)
class Tab:
    """A quick filter: how many it holds, and its address."""

    label: str
    count: int
    url: str
    current: bool


@for_engineer
@require_safe
def home(request: EngineerRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """Lead to the catalogue whoever types the address of the room alone."""
    return redirect("administration:applications")


@for_engineer
@require_safe
def applications(request: EngineerRequest) -> HttpResponse:
    """Show the applications that the address asks for."""
    q, tab = _asked(request.GET)
    everything = _rows()
    found = [row for row in everything if row.answers(searchable(q).split())]
    context = {
        "q": q,
        "tab": tab,
        "tabs": [
            Tab(label, sum(row.is_in(word) for row in found), _url(q, word), current=word == tab)
            for word, label in TABS.items()
            if not word or any(row.is_in(word) for row in everything)
        ],
        "rows": [row for row in found if row.is_in(tab)],
        "waves": catalog.waves([row.application for row in everything], since=clock.today()),
    }
    return page(request, "administration/applications.html", context)


def _asked(query: QueryDict) -> tuple[str, str]:
    q, tab = query.get("q", ""), query.get("etat", "")
    return " ".join(q.replace("\x00", "").split())[:MAX_QUERY], tab if tab in TABS else ""


def _rows() -> list[Row]:
    holders = entitlements.holders_by_application()
    connected = {protocol: panel.described() for protocol, panel in panels().items()}
    watched = {protocol: panel.to_watch() for protocol, panel in panels().items()}
    return [
        Row(
            application,
            agents=holders.get(application.pk, 0),
            state=state_of(application),
            to_connect=_waits(application, connected),
            to_watch=application.pk in watched.get(application.protocol, frozenset()),
        )
        for application in catalog.every_application()
    ]


def _waits(application: Application, connected: dict[str, frozenset[int]]) -> bool:
    if application.protocol == Protocol.LINK:
        return bool(application.planned_protocol)
    return application.pk not in connected.get(application.protocol, frozenset())


def _url(q: str, tab: str) -> str:
    asked = {name: value for name, value in (("q", q), ("etat", tab)) if value}
    address = reverse("administration:applications")
    return f"{address}?{urlencode(asked)}" if asked else address
