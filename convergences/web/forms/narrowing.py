"""The part of the employers that an address asks for, in the address's own words. Unknown values ask nothing."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode

from convergences.directory import departments, employers, staff
from convergences.directory.models import OrganizationKind
from convergences.directory.narrowing import Narrowing

KINDS = [(value, str(label)) for value, label in OrganizationKind.choices if value != OrganizationKind.CENTER]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says, with the choices of each question: a form shows them, an answer keeps to them."""

    departments: list[tuple[str, str]]
    correspondents: list[tuple[str, str]]
    department: str = ""
    kind: str = ""
    correspondent: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> "Asked":
        """Return what an address asks, without what its questions do not offer; two queries."""
        there = [(each, departments.named(each)) for each in employers.departments_of_employers()]
        people = [(str(agent.pk), agent.full_name) for agent in staff.correspondents().distinct()]
        typed = {name: query.get(name, "") for name in ("departement", "nature", "correspondant")}
        return cls(
            departments=there,
            correspondents=people,
            department=typed["departement"] if typed["departement"] in dict(there) else "",
            kind=typed["nature"] if typed["nature"] in dict(KINDS) else "",
            correspondent=typed["correspondant"] if typed["correspondant"] in dict(people) else "",
        )

    @property
    def narrowing(self) -> Narrowing:
        """The same, for the rooms that read."""
        who = int(self.correspondent) if self.correspondent else None
        return Narrowing(department=self.department, kind=self.kind, correspondent_id=who)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """The kinds of employers that one may ask for."""
        return KINDS

    @property
    def words(self) -> list[str]:
        """What is asked, in words: for a sheet that is printed."""
        said = [label for value, label in self.departments if value == self.department]
        said += [label for value, label in KINDS if value == self.kind]
        return [*said, *(f"Employeurs de {name}" for value, name in self.correspondents if value == self.correspondent)]

    def query(self, **more: Any) -> str:
        """Return the query of the same employers, with other words of the address's page."""
        said = {"departement": self.department, "nature": self.kind, "correspondant": self.correspondent, **more}
        return urlencode({name: value for name, value in said.items() if value})
