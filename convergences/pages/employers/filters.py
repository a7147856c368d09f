"""What the address of the list says: every filter is in it, so that it can be kept and shared.

Unknown values ask nothing: an old bookmark shows the whole list rather than an error.
"""

from dataclasses import dataclass

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from convergences.directory import employers
from convergences.directory.employers import EmployerFilters
from convergences.directory.models import Affiliation, OrganizationKind
from convergences.directory.queries import MAX_QUERY

MINE, LATE, TO_CONFIRM, CLOSED = "miens", "en-retard", "a-reconfirmer", "fermes"
TABS = {"": "Tous", MINE: "Mes employeurs", LATE: "En retard", TO_CONFIRM: "À reconfirmer", CLOSED: "Fermés"}
REFERENTS = {
    "aucun": (employers.NONE, "Aucun"),
    "un": (employers.ONE, "Un seul"),
    "plusieurs": (employers.SEVERAL, "Deux ou plus"),
}
SORTS = {
    "nom": ("name", "triés par nom"),
    "-nom": ("-name", "triés par nom, de Z à A"),
    "departement": ("department", "triés par département"),
    "-departement": ("-department", "triés par département, du dernier au premier"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """The list of employers as its address asks for it, in the address's own words."""

    q: str = ""
    tab: str = ""
    department: str = ""
    kind: str = ""
    affiliation: str = ""
    referents: str = ""
    sort: str = "nom"

    @classmethod
    def read(cls, query: QueryDict) -> "Asked":
        """Return the filters of an address, without what it should not say."""

        def one_of(name: str, known: object) -> str:
            typed = query.get(name, "")
            return typed if typed in known else ""  # type: ignore[operator]

        return cls(
            q=" ".join(query.get("q", "").replace("\x00", "").split())[:MAX_QUERY],
            tab=one_of("etat", TABS),
            department=query.get("departement", "").replace("\x00", "")[:3],
            kind=one_of("nature", OrganizationKind.values),
            affiliation=one_of("lien", Affiliation.values),
            referents=one_of("referents", REFERENTS),
            sort=one_of("tri", SORTS) or "nom",
        )

    @property
    def filtered(self) -> bool:
        """Whether one of the precise filters is set."""
        return bool(self.department or self.kind or self.affiliation or self.referents)

    @property
    def narrowed(self) -> bool:
        """Whether anything was asked beyond the whole list."""
        return bool(self.q or self.tab or self.filtered)

    @property
    def sort_caption(self) -> str:
        """How the list is sorted, in words."""
        return SORTS[self.sort][1]

    def for_directory(self, reader_id: int) -> EmployerFilters:
        """Return the part of the filters that the directory answers; `reader_id`: whose « Mes employeurs »."""
        return EmployerFilters(
            q=self.q,
            department=self.department,
            kind=self.kind,
            affiliation=self.affiliation,
            referents=REFERENTS[self.referents][0] if self.referents else "",
            correspondent_id=reader_id if self.tab == MINE else None,
            active=self.tab != CLOSED,
            sort=SORTS[self.sort][0],
        )

    def query(self, **changes: str) -> str:
        """Return the query of the same list with some filters changed; always its first page."""
        words = {
            "q": self.q,
            "etat": self.tab,
            "departement": self.department,
            "nature": self.kind,
            "lien": self.affiliation,
            "referents": self.referents,
            "tri": "" if self.sort == "nom" else self.sort,
        }
        kept = {name: value for name, value in {**words, **changes}.items() if value}
        if kept.get("tri") == "nom":
            del kept["tri"]
        return urlencode(kept)

    def url(self, **changes: str) -> str:
        """Return the address of the same list with some filters changed."""
        query, path = self.query(**changes), reverse("employers:employers")
        return f"{path}?{query}" if query else path
