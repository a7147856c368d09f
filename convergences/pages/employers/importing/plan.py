"""What a list would change: each line is an employer to create, to change, as it was already, or refused and why."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db.models import Q

from convergences.directory import departments, staff
from convergences.directory.errors import InvalidField
from convergences.directory.models import Affiliation, Agent, Organization, OrganizationKind
from convergences.directory.organization_details import Authority, OrganizationDetails, clean_siret
from convergences.foundations.sealing import digest
from convergences.foundations.text import french, searchable
from convergences.pages.employers.importing.columns import LABELS, Row, affiliation_of, kind_of

NEEDED = ("name", "kind", "affiliation", "department")
_NO_KEY = "a-nommer"


@dataclass(frozen=True, slots=True)
class Line:
    """One employer of the list. `changes`: what, from what, to what; `refused`: why it cannot be taken."""

    number: int
    siret: str
    name: str
    refused: str = ""
    details: OrganizationDetails | None = None
    organization: Organization | None = None
    correspondent: Agent | None = None
    changes: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def creates(self) -> bool:
        """Whether the employer is not known yet."""
        return not self.refused and self.organization is None

    @property
    def modifies(self) -> bool:
        """Whether a known employer changes."""
        return not self.refused and self.organization is not None and bool(self.changes)


@dataclass(frozen=True, slots=True)
class Plan:
    """A list compared with what is known."""

    lines: list[Line]

    @property
    def created(self) -> list[Line]:
        """The employers that would be declared."""
        return [line for line in self.lines if line.creates]

    @property
    def changed(self) -> list[Line]:
        """The employers that would be changed."""
        return [line for line in self.lines if line.modifies]

    @property
    def refused(self) -> list[Line]:
        """The lines that cannot be taken."""
        return [line for line in self.lines if line.refused]

    @property
    def same(self) -> int:
        """How many lines change nothing."""
        return len(self.lines) - len(self.created) - len(self.changed) - len(self.refused)

    @property
    def mark(self) -> str:
        """Return a mark of all that the page shows: another one once something has changed meanwhile."""
        told = [(line.siret, line.creates, line.refused, line.changes) for line in self.lines]
        return digest(json.dumps(told, default=str))[:32]


class _Known:
    """What the lines refer to, read in three queries."""

    def __init__(self, rows: list[Row], *, held: bool) -> None:
        numbers = {"".join(row.get("siret", "").split()) for row in rows}
        above = {row["parent"] for row in rows if row.get("parent")}
        parents = Q(siret__in={"".join(each.split()) for each in above})
        parents |= Q(name_key__in={searchable(each) for each in above})
        known = Organization.objects.select_related("parent", "correspondent")
        if held:
            known = known.select_for_update(no_key=True, of=("self",)).order_by("pk")
        self.by_siret = {each.siret: each for each in known.filter(siret__in=numbers)}
        self.above = list(Organization.objects.filter(parents)) if above else []
        self.people = list(staff.correspondents().distinct())

    def parent(self, typed: str) -> Organization:
        """Return the employer meant by a SIRET or a whole name; raises `InvalidField`."""
        digits, key = "".join(typed.split()), searchable(typed)
        found = [each for each in self.above if digits == each.siret or key == each.name_key]
        if len(found) != 1:
            said = "Plusieurs employeurs portent le nom" if found else "Aucun employeur déjà déclaré ne s'appelle"
            raise InvalidField(f"{said} « {typed} », auquel cette ligne se rattache.", field="parent")
        return found[0]

    def person(self, typed: str) -> Agent:
        """Return the correspondant meant by an address or a name; raises `InvalidField`."""
        key = searchable(typed)
        found = [each for each in self.people if key in {searchable(each.full_name), searchable(each.email or "")}]
        if len(found) != 1:
            raise InvalidField(f"« {typed} » n'est pas correspondant du centre.", field="correspondent")
        return found[0]


def plan_of(rows: list[Row], *, held: bool = False) -> Plan:
    """Compare the lines with what is known; writes nothing, in a constant number of queries.

    `held`: known employers stay as they are until the transaction ends, for a list about to be written.
    """
    known, seen, lines = _Known(rows, held=held), set[str](), []
    for number, row in enumerate(rows, start=2):
        shown = Line(number, row.get("siret", ""), row.get("name", ""))
        try:
            siret = clean_siret(row.get("siret", ""))
            if siret in seen:
                raise InvalidField("Ce numéro SIRET est déjà plus haut dans le fichier.", field="siret")
            seen.add(siret)
            lines.append(_compared(replace(shown, siret=siret), row, known))
        except InvalidField as refusal:
            lines.append(replace(shown, refused=refusal.sentence))
    return Plan(lines)


def _compared(line: Line, row: Row, known: _Known) -> Line:
    present = known.by_siret.get(line.siret)
    missing = [LABELS[name] for name in NEEDED if not row.get(name)] if present is None else []
    if missing:
        raise InvalidField(f"Pour un nouvel employeur, il manque : {', '.join(missing)}.")
    details = _details(row, present, known).cleaned()
    if (details.kind == OrganizationKind.CENTER) != (present is not None and present.kind == OrganizationKind.CENTER):
        raise InvalidField("Un centre de gestion ne se déclare pas par un fichier.", field="kind")
    person = present.correspondent if present else None
    if "correspondent" in row:
        person = known.person(row["correspondent"]) if row["correspondent"] else None
    changes = list(_differences(present, details, person)) if present else []
    return replace(
        line,
        name=details.name,
        details=details,
        organization=present,
        correspondent=person,
        changes=changes,
    )


def _details(row: Row, present: Organization | None, known: _Known) -> OrganizationDetails:
    """Return the details of a line: what a cell does not say stays as it was, what it empties is empty."""

    def said(name: str) -> str:
        return row.get(name, str(getattr(present, name)) if present else "")

    former = present.email_domains if present else []
    domains = row["email_domains"].replace(",", " ").replace(";", " ").split() if "email_domains" in row else former
    return OrganizationDetails(
        key=present.key if present else _NO_KEY,
        siret=row["siret"],
        name=said("name"),
        kind=kind_of(said("kind")),
        affiliation=affiliation_of(said("affiliation")),
        department=departments.number_of(said("department")),
        parent=_parent(row, present, known),
        email_domains=tuple(domains),
        authority=Authority(*(said(f"authority_{part}") for part in ("title", "name", "email", "address"))),
        active=present.active if present else True,
    )


def _parent(row: Row, present: Organization | None, known: _Known) -> Organization | None:
    if "parent" not in row:
        return present.parent if present else None
    return known.parent(row["parent"]) if row["parent"] else None


def _differences(
    present: Organization, details: OrganizationDetails, person: Agent | None
) -> Iterable[tuple[str, str, str]]:
    kinds, links = dict(OrganizationKind.choices), dict(Affiliation.choices)
    pairs = {
        "name": (present.name, details.name),
        "kind": (kinds[present.kind], kinds[details.kind]),
        "affiliation": (links[present.affiliation], links[details.affiliation]),
        "department": (departments.named(present.department), departments.named(details.department)),
        "parent": (str(present.parent or ""), str(details.parent or "")),
        "authority_title": (present.authority_title, details.authority.title),
        "authority_name": (present.authority_name, details.authority.name),
        "authority_email": (present.authority_email, details.authority.email),
        "authority_address": (present.authority_address, details.authority.address),
        "email_domains": (", ".join(present.email_domains), ", ".join(details.email_domains)),
        "correspondent": (str(present.correspondent or ""), str(person or "")),
    }
    for name, (former, new) in pairs.items():
        if former != new:
            yield LABELS[name], french(str(former)), french(str(new))
