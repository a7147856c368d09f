"""Reading the directory. Lists of members come with their agent and photo, in a constant number of queries."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, DateTimeField, F, Q, QuerySet, When

from convergences.directory.errors import UnknownMember
from convergences.directory.models import (
    Agent,
    AgentState,
    Membership,
    Organization,
    OrganizationKind,
    Profile,
)
from convergences.foundations import clock
from convergences.foundations.text import searchable

RESTORE_DELAY = dt.timedelta(days=30)
MAX_QUERY = 100
MAX_WORDS = 8


def current(today: dt.date, prefix: str = "") -> Q:
    """Return what a membership must be to count today: accepted, neither closed nor suspended, within its dates.

    `prefix` reaches the membership from another table: ``current(today, "membership__")``.
    """
    return Q(
        Q(**{f"{prefix}ends_on__isnull": True}) | Q(**{f"{prefix}ends_on__gte": today}),
        **{
            f"{prefix}closed_at__isnull": True,
            f"{prefix}suspended_at__isnull": True,
            f"{prefix}confirmed_at__isnull": False,
            f"{prefix}starts_on__lte": today,
        },
    )


def referent(today: dt.date, prefix: str = "") -> Q:
    """Return what a membership must be to be a référent's today, besides `current`; `prefix` as there."""
    return Q(
        Q(**{f"{prefix}referent_until__isnull": True}) | Q(**{f"{prefix}referent_until__gte": today}),
        **{f"{prefix}profile": Profile.REFERENT},
    )


# --- agents


def by_email(email: str) -> Agent | None:
    """Return the account whose identifier is this address, whatever its case, or None."""
    return Agent.objects.filter(email=email.strip().lower()).first()


def managed_organizations(agent: Agent) -> list[Organization]:
    """Return the active organizations where the agent is référent today, by name."""
    if agent.state != AgentState.ACTIVE:
        return []
    today = clock.today()
    held = Membership.objects.filter(current(today), referent(today), agent=agent)
    return list(Organization.objects.filter(active=True, pk__in=held.values("organization_id")).order_by("name"))


def current_memberships(agent: Agent) -> list[Membership]:
    """Return the memberships that count today, with their organization and the given agent, for every page."""
    rows = Membership.objects.filter(current(clock.today()), agent=agent).select_related("organization")
    found = list(rows.order_by("organization__name", "pk"))
    for membership in found:
        membership.agent = agent
    return found


def open_memberships(agent: Agent) -> list[Membership]:
    """Return the memberships accepted and not closed, even suspended or out of their dates."""
    return list(_of(agent).filter(closed_at__isnull=True, confirmed_at__isnull=False))


def employers_of(agent: Agent) -> list[Membership]:
    """Return every membership that is not closed, whatever its dates, accepted or not: for the centre's staff alone."""
    return list(_of(agent).filter(closed_at__isnull=True))


def open_membership(uid: uuid.UUID) -> Membership:
    """Return one membership of anybody, not closed, for the centre's staff alone; raises `UnknownMember`."""
    rows = Membership.objects.filter(closed_at__isnull=True)
    return _one(rows.select_related("organization", "agent", "agent__photo"), uid)


def attachments(agent: Agent) -> list[Membership]:
    """Return the memberships that wait for the agent's answer."""
    return list(_of(agent).filter(closed_at__isnull=True, confirmed_at__isnull=True))


def attachment(agent: Agent, uid: uuid.UUID | str) -> Membership:
    """Return one membership that waits for this agent's answer; raises `UnknownMember`."""
    return _one(_of(agent).filter(closed_at__isnull=True, confirmed_at__isnull=True), uid)


def _of(agent: Agent) -> QuerySet[Membership]:
    return (
        Membership.objects.filter(agent=agent)
        .select_related("organization", "agent", "agent__photo")
        .order_by("organization__name", "pk")
    )


# --- people of an organization


def referents_of(organization_id: int) -> list[Membership]:
    """Return the référents in activity, by name: those whom a page may name."""
    today = clock.today()
    return list(
        Membership.objects.filter(current(today), referent(today))
        .filter(organization_id=organization_id, agent__state=AgentState.ACTIVE)
        .select_related("organization", "agent", "agent__photo")
        .order_by("name_key", "pk")
    )


def referents_by_organization(organization_ids: Iterable[int]) -> dict[int, list[Membership]]:
    """Return the référents in activity of each of these organizations, by name; one query."""
    found: dict[int, list[Membership]] = {pk: [] for pk in organization_ids}
    today = clock.today()
    rows = Membership.objects.filter(current(today), referent(today)).filter(
        organization_id__in=list(found), agent__state=AgentState.ACTIVE
    )
    for member in rows.select_related("agent").order_by("name_key", "pk"):
        found[member.organization_id].append(member)
    return found


def organization(key: str) -> Organization | None:
    """Return the organization of this handle, or None."""
    return Organization.objects.filter(key=key).select_related("parent").first()


def centre() -> Organization | None:
    """Return the centre de gestion, or None before it is declared."""
    return Organization.objects.filter(kind=OrganizationKind.CENTER).order_by("pk").first()


# --- members, as their employer sees them


@dataclass(frozen=True, slots=True)
class MemberFilters:
    """What a référent asks of the list. Unknown values of `state`, `profile` and `sort` ask nothing."""

    q: str = ""
    state: str = ""
    profile: str = ""
    sort: str = "name"


_SORTS = {
    "name": ("name_key",),
    "-name": ("-name_key",),
    "department": ("department", "name_key"),
    "-department": ("-department", "name_key"),
    "last_sign_in": (F("seen_at").asc(nulls_first=True), "name_key"),
    "-last_sign_in": (F("seen_at").desc(nulls_last=True), "name_key"),
}


def members(organization: Organization, filters: MemberFilters) -> QuerySet[Membership]:
    """Return the members that the filters keep, with agent and photo.

    `state="deleted"` gives those whom one may still restore; every other list leaves the deleted out. `q` asks for
    every word, in any order, without accents or case. A page narrows the list further by what another room knows.
    """
    rows = Membership.objects.filter(organization=organization).filter(_in_state(filters.state))
    for word in searchable(filters.q[:MAX_QUERY].replace("-", " ")).split()[:MAX_WORDS]:
        rows = rows.filter(search_text__contains=word)
    if filters.profile in Profile.values:
        rows = rows.filter(profile=filters.profile)
    # Ordering by the agent's own date would tell that an account which has not accepted is in use elsewhere.
    seen = Case(When(confirmed_at__isnull=False, then=F("agent__last_sign_in_at")), output_field=DateTimeField())
    order = _SORTS.get(filters.sort, _SORTS["name"])
    return rows.annotate(seen_at=seen).select_related("agent", "agent__photo").order_by(*order, "pk")


def _in_state(state: str) -> Q:
    """What a membership is in each state, for the database; `state_of` says the same of one row."""
    if state == "deleted":
        return Q(closed_at__gt=clock.now() - RESTORE_DELAY)
    opened = Q(closed_at__isnull=True)
    suspended = Q(suspended_at__isnull=False)
    over = ~suspended & Q(ends_on__isnull=False, ends_on__lt=clock.today())
    living = opened & Q(suspended_at__isnull=True) & (Q(ends_on__isnull=True) | Q(ends_on__gte=clock.today()))
    accepted = Q(confirmed_at__isnull=False)
    states = {
        "active": living & accepted & Q(agent__state=AgentState.ACTIVE),
        "invited": living & (~accepted | Q(agent__state=AgentState.INVITED)),
        "suspended": opened & (suspended | (living & accepted & Q(agent__state=AgentState.SUSPENDED))),
        "ended": opened & over,
    }
    return states.get(state, opened)


def state_of(membership: Membership) -> str:
    """Return what the employer sees: active, invited, suspended, ended (its last day is past) or deleted."""
    if membership.closed_at:
        return "deleted"
    if membership.suspended_at:
        return "suspended"
    if membership.ends_on and membership.ends_on < clock.today():
        return "ended"
    if not membership.confirmed_at:
        return "invited"
    known = {AgentState.ACTIVE: "active", AgentState.INVITED: "invited", AgentState.SUSPENDED: "suspended"}
    return known.get(AgentState(membership.agent.state), "deleted")


def member_counts(organization: Organization) -> dict[str, int]:
    """Return how many members there are in all, and in each state, in one query."""
    states = ("active", "invited", "suspended", "ended", "deleted")
    counts: dict[str, int] = Membership.objects.filter(organization=organization).aggregate(
        all=Count("pk", filter=_in_state("")), **{state: Count("pk", filter=_in_state(state)) for state in states}
    )
    return counts


def member(organization: Organization, uid: uuid.UUID | str) -> Membership:
    """Return one member, with agent and photo; one deleted less than 30 days ago too. Raises `UnknownMember`."""
    kept = Q(closed_at__isnull=True) | Q(closed_at__gt=clock.now() - RESTORE_DELAY)
    rows = Membership.objects.filter(kept, organization=organization)
    return _one(rows.select_related("organization", "agent", "agent__photo"), uid)


def members_by_uid(organization: Organization, uids: Iterable[uuid.UUID]) -> list[Membership]:
    """Return those of these members whom the organization has, not deleted, by name; strangers are left out."""
    rows = Membership.objects.filter(organization=organization, closed_at__isnull=True, uid__in=list(uids))
    return list(rows.select_related("organization", "agent", "agent__photo").order_by("name_key", "pk"))


def departments(organization: Organization) -> list[str]:
    """Return the departments that the organization's members are in, in alphabetical order."""
    found = (
        Membership.objects.filter(organization=organization, closed_at__isnull=True)
        .exclude(department="")
        .values_list("department", flat=True)
        .distinct()
    )
    return sorted(found, key=searchable)


def _one(rows: QuerySet[Membership], uid: uuid.UUID | str) -> Membership:
    found = rows.filter(uid=_uuid(uid)).first()
    if found is None:
        raise UnknownMember
    return found


def _uuid(uid: uuid.UUID | str) -> uuid.UUID:
    try:
        return uid if isinstance(uid, uuid.UUID) else uuid.UUID(uid)
    except ValueError:
        return uuid.UUID(int=0)  # in nobody's name: the caller's query finds nothing
