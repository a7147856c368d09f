"""Reading employers over all organizations: for the centre's correspondants alone."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import chain, count

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.text import slugify

from convergences.directory import departments
from convergences.directory.models import AgentState, Membership, Organization, OrganizationKind
from convergences.directory.queries import MAX_QUERY, MAX_WORDS, current, referent
from convergences.foundations import clock
from convergences.foundations.text import searchable

_KEY = 50
NONE, ONE, SEVERAL = "none", "one", "several"
_SORTS = {
    "name": ("name_key", "pk"),
    "-name": ("-name_key", "-pk"),
    "department": ("department", "name_key", "pk"),
    "-department": ("-department", "-name_key", "-pk"),
}


@dataclass(frozen=True, slots=True)
class EmployerFilters:
    """What a correspondant looks for. `referents`: none (the centre aside), one, several; `correspondent_id`: whose."""

    q: str = ""
    department: str = ""
    kind: str = ""
    affiliation: str = ""
    referents: str = ""
    correspondent_id: int | None = None
    active: bool = True
    sort: str = "name"


def employers(filters: EmployerFilters) -> QuerySet[Organization]:
    """Return the employers that the filters keep. `q`: words of a name, or a SIRET's first digits."""
    found = Organization.objects.filter(active=filters.active).filter(_named(filters.q))
    for column in ("department", "kind", "affiliation", "correspondent_id"):
        if value := getattr(filters, column):
            found = found.filter(**{column: value})
    if filters.referents:
        found = found.filter(_with_referents(filters.referents))
    return found.order_by(*_SORTS.get(filters.sort, _SORTS["name"]))


def _named(q: str) -> Q:
    typed = q[:MAX_QUERY]
    digits = "".join(typed.split())
    if digits.isascii() and digits.isdigit():
        return Q(siret__startswith=digits) | Q(name_key__contains=searchable(typed))
    words = searchable(typed.replace("-", " ")).split()[:MAX_WORDS]
    asked = Q() if words or not typed.strip() else Q(pk__in=())  # signs alone name nobody
    for word in words:
        asked &= Q(name_key__contains=word)
    return asked


def named_referents() -> QuerySet[Membership]:
    """Return the référents whose designation counts today, those who never signed in yet included."""
    today = clock.today()
    return Membership.objects.filter(
        current(today),
        referent(today),
        agent__state__in=(AgentState.ACTIVE, AgentState.INVITED),
    )


def _with_referents(number: str) -> Q:
    if number == NONE:
        return ~Q(kind=OrganizationKind.CENTER) & Q(~Exists(named_referents().filter(organization=OuterRef("pk"))))
    counted = named_referents().order_by().values("organization").annotate(number=Count("pk"))
    kept = counted.filter(number=1) if number == ONE else counted.filter(number__gte=2)
    return Q(pk__in=kept.values("organization"))


def without_referent() -> QuerySet[Organization]:
    """Return the open employers that nobody administers, the centre aside."""
    return employers(EmployerFilters(referents=NONE)).order_by()


def referents_of_each(organization_ids: Collection[int]) -> dict[int, list[Membership]]:
    """Return the named référents of each of these organizations, by name, with agent and photo; one query."""
    found: dict[int, list[Membership]] = {pk: [] for pk in organization_ids}
    rows = named_referents().filter(organization__in=list(found)).select_related("agent", "agent__photo")
    for member in rows.order_by("name_key", "pk"):
        found[member.organization_id].append(member)
    return found


def accounts_of_each(organization_ids: Collection[int] | None = None) -> dict[int, int]:
    """Return how many accounts each of these organizations has, or every one, in one query."""
    rows = Membership.objects.filter(closed_at__isnull=True)
    if organization_ids is not None:
        rows = rows.filter(organization__in=list(organization_ids))
    return dict(rows.order_by().values_list("organization").annotate(Count("pk")))


def addresses_of_referents() -> dict[int, list[tuple[str, str]]]:
    """Return the name and address of every employer's named référents, by organization: for a file of them all."""
    found: dict[int, list[tuple[str, str]]] = {}
    rows = named_referents().order_by("organization", "name_key", "pk")
    for pk, given, family, email in rows.values_list(
        "organization_id", "agent__given_name", "agent__family_name", "agent__email"
    ).iterator():
        found.setdefault(pk, []).append((f"{given} {family}".strip(), email or ""))
    return found


def departments_of_employers() -> list[str]:
    """Return the departments where there are employers, in order."""
    return list(Organization.objects.order_by("department").values_list("department", flat=True).distinct())


def department_choices() -> list[tuple[str, str]]:
    """Return them as a form's choices: the number, then name and number."""
    return [(number, departments.named(number)) for number in departments_of_employers()]


def by_number_or_name(typed: str) -> list[Organization]:
    """Return the employers that somebody means by a SIRET or by a whole name, two at most."""
    digits = "".join(typed.split())
    asked = Q(siret=digits) if digits.isdigit() else Q(name_key=searchable(typed))
    return list(Organization.objects.filter(asked).order_by("pk")[:2])


def attached_to(organization: Organization) -> list[Organization]:
    """Return the open employers attached to this one, by name."""
    return list(organization.attached.filter(active=True).order_by("name_key", "pk"))


def also_elsewhere(organization: Organization) -> int:
    """Return how many of the employer's agents another open employer keeps."""
    others = Membership.objects.filter(closed_at__isnull=True, organization__active=True, agent=OuterRef("agent"))
    rows = Membership.objects.filter(organization=organization, closed_at__isnull=True)
    return rows.filter(Exists(others.exclude(organization=organization))).count()


def employer(key: str) -> Organization | None:
    """Return the employer of this handle, open or closed, with what it hangs from and who follows it, or None."""
    return Organization.objects.filter(key=key).select_related("parent", "merged_into", "correspondent__photo").first()


def member_by_email(organization: Organization, typed: str) -> Membership | None:
    """Return the agent of an employer who has accepted it and has this address, or None."""
    rows = Membership.objects.filter(organization=organization, closed_at__isnull=True, confirmed_at__isnull=False)
    return rows.filter(agent__email=typed.strip().lower()).first()


def keys() -> set[str]:
    """Return the handles that employers have, open or closed."""
    return set(Organization.objects.values_list("key", flat=True))


def free_key(name: str, taken: Collection[str]) -> str:
    """Return a handle for a new employer, made of its name and, when it is taken, of a number."""
    base = slugify(searchable(name))[:_KEY].strip("-") or "employeur"
    numbered = (f"{base}-{number}" for number in count(2))
    return next(key for key in chain([base], numbered) if key not in taken)
