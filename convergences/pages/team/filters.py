"""What the addresses of lists say: every filter is in the address, so that it can be kept and shared.

Unknown values ask nothing: an old bookmark shows the whole list rather than an error.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from convergences.directory.models import Organization, Profile
from convergences.directory.queries import MAX_QUERY, MemberFilters
from convergences.foundations.text import french
from convergences.pages.team.strict import StrictForm
from convergences.web.forms.house import DateInput

EXPIRING = "expirent"
STATES = {
    "": ("Tous", "all"),
    "actifs": ("Actifs", "active"),
    "jamais-connectes": ("Jamais connectés", "invited"),
    EXPIRING: ("Droits qui expirent", ""),
    "suspendus": ("Suspendus", "suspended"),
    "partis": ("Partis", "ended"),
    "supprimes": ("Supprimés", "deleted"),
}
# Tabs that most organizations never need are shown when they hold somebody.
ONLY_WHEN_USED = frozenset({"partis", "supprimes"})
PROFILES = (("utilisateur", Profile.USER), ("referent", Profile.REFERENT))
SORTS = {
    "nom": ("name", "triés par nom"),
    "-nom": ("-name", "triés par nom, de Z à A"),
    "service": ("department", "triés par service"),
    "-service": ("-department", "triés par service, de Z à A"),
    "connexion": ("last_sign_in", "de la connexion la plus ancienne à la plus récente"),
    "-connexion": ("-last_sign_in", "de la connexion la plus récente à la plus ancienne"),
}


@dataclass(frozen=True, slots=True)
class UserFilters:
    """The list of users as its address asks for it, in the address's own words."""

    q: str = ""
    state: str = ""
    application: str = ""
    role: str = ""
    sort: str = "nom"

    @classmethod
    def read(cls, query: QueryDict) -> "UserFilters":
        """Return the filters of an address, without what it should not say."""
        state, role, sort = query.get("etat", ""), query.get("role", ""), query.get("tri", "nom")
        return cls(
            q=" ".join(query.get("q", "").replace("\x00", "").split())[:MAX_QUERY],
            state=state if state in STATES else "",
            application=query.get("application", "")[:MAX_QUERY],
            role=role if role in dict(PROFILES) else "",
            sort=sort if sort in SORTS else "nom",
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything was asked beyond the whole list."""
        return bool(self.q or self.state or self.application or self.role)

    @property
    def sort_caption(self) -> str:
        """How the list is sorted, in words."""
        return SORTS[self.sort][1]

    def for_directory(self) -> MemberFilters:
        """Return the part of the filters that the directory answers."""
        state = "" if self.state == EXPIRING else STATES[self.state][1]
        profile = dict(PROFILES)[self.role].value if self.role else ""
        return MemberFilters(q=self.q, state="" if state == "all" else state, profile=profile, sort=SORTS[self.sort][0])

    def url(self, organization: Organization, **changes: str) -> str:
        """Return the address of the same list with some filters changed; always its first page."""
        words = {"q": self.q, "etat": self.state, "application": self.application, "role": self.role, "tri": self.sort}
        kept = {name: value for name, value in {**words, **changes}.items() if value}
        if kept.get("tri") == "nom":
            del kept["tri"]
        path = reverse("team:users", args=[organization.key])
        return f"{path}?{urlencode(kept)}" if kept else path


@dataclass(frozen=True, slots=True)
class Tab:
    """A state of accounts, with how many there are."""

    label: str
    count: int
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A heading of the list; `direction` is set when it sorts, `url` when it may."""

    label: str
    url: str = ""
    direction: str = ""


def tabs(filters: UserFilters, organization: Organization, counts: dict[str, int], expiring: int) -> list[Tab]:
    """Return the tabs; the other filters are kept from one to another."""
    found = []
    for word, (label, state) in STATES.items():
        count = counts[state] if state else expiring
        if count or word == filters.state or word not in ONLY_WHEN_USED:
            found.append(Tab(label, count, filters.url(organization, etat=word), current=word == filters.state))
    return found


def columns(filters: UserFilters, organization: Organization) -> list[Column]:
    """Return the headings; a second click on one sorts the other way."""
    return [
        _sorted(filters, organization, "Nom", "nom"),
        _sorted(filters, organization, "Service", "service"),
        Column("Applications"),
        _sorted(filters, organization, "Dernière connexion", "connexion"),
        Column("État"),
    ]


def _sorted(filters: UserFilters, organization: Organization, label: str, word: str) -> Column:
    direction = {word: "ascending", f"-{word}": "descending"}.get(filters.sort, "")
    url = filters.url(organization, tri=f"-{word}" if filters.sort == word else word)
    return Column(label, url, direction)


ACTIONS = {
    "comptes": ("Comptes", ("directory.", "lifecycle.")),
    "droits": ("Droits", ("entitlements.",)),
    "applications": ("Applications", ("authentication.", "admission.")),
}


class JournalForm(StrictForm):
    """The journal's filters, as a form: a date that is no date is said, and everything typed is kept."""

    q = forms.CharField(label="Nom d’un agent", required=False, max_length=MAX_QUERY, strip=True)
    action = forms.ChoiceField(
        label="Action",
        required=False,
        choices=[("", "Toutes"), *((word, label) for word, (label, _) in ACTIONS.items())],
    )
    du = forms.DateField(label="Du", required=False, widget=DateInput)
    au = forms.DateField(label="Au", required=False, widget=DateInput)

    def clean(self) -> dict[str, Any]:
        """Return the cleaned filters; adds an error when the dates are in disorder."""
        cleaned = super().clean()
        start: dt.date | None = cleaned.get("du")
        end: dt.date | None = cleaned.get("au")
        if start and end and end < start:
            self.add_error("au", french("La date de fin précède la date de début."))
        return cleaned
