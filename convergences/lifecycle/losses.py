"""Who loses access by an act on their employer, and may be written to about it. Nothing here writes.

Told are those who have come at least once, and work there today: nobody else has anything to miss.
"""

from collections.abc import Collection, Iterable, Set
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from convergences.catalog import queries as catalog
from convergences.catalog.models import Application, Pilot
from convergences.catalog.offers import Offer
from convergences.directory.models import Agent, AgentState, Membership, Organization
from convergences.directory.queries import current, referents_of
from convergences.directory.staff import contact_line, contact_named
from convergences.entitlements.effects import entering
from convergences.entitlements.models import Entitlement
from convergences.entitlements.taking_over import Fate, Taken
from convergences.foundations import clock

Pairs = Set[tuple[int, int]]


def reachable(members: Collection[int] | None = None) -> QuerySet[Membership]:
    """Return the attachments, or these of them, whose agents are told what becomes of their access."""
    rows = Membership.objects.filter(
        current(clock.today()),
        agent__state=AgentState.ACTIVE,
        agent__activated_at__isnull=False,
        agent__email__isnull=False,
    )
    return rows if members is None else rows.filter(pk__in=members)


def told_by_closing(organization: Organization) -> dict[int, int]:
    """Return who is told if this employer closes, by attachment; its référents have a mail of their own."""
    referents = {each.pk for each in referents_of(organization.pk)}
    losing = {member for member, _application in entering(organization, clock.today())} - referents
    here = reachable().filter(organization=organization).values_list("pk", "agent_id")
    return {member: agent for member, agent in here if member in losing}


def told_by_fusion(lost: Pairs, absorbed: Organization, remaining: Organization) -> QuerySet[Membership]:
    """Return the attachments of who is told of these losses: not those whom the remaining employer had suspended."""
    there = Membership.objects.filter(organization=remaining, agent=OuterRef("agent"), closed_at__isnull=True)
    rows = reachable({member for member, _application in lost}).filter(organization=absorbed)
    return rows.exclude(Exists(there.filter(suspended_at__isnull=False)))


def by_fusion(taken: Iterable[Taken], absorbed: Organization, remaining: Organization) -> set[tuple[int, int]]:
    """Return the (attachment, application) pairs that a fusion takes away, for a while or for good; in six queries."""
    put_off = _put_off(absorbed, remaining)
    pilots = set(Pilot.objects.filter(application__in=put_off).values_list("agent_id", "application_id"))
    lost = set()
    for each in taken:
        right, application = each.right, each.right.application_id
        waits = application in put_off and (right.membership.agent_id, application) not in pilots
        if each.fate in {Fate.UNSUBSCRIBED, Fate.WAITS} or (each.fate == Fate.KEPT and waits):
            lost.add((right.membership_id, application))
    return lost


def _put_off(absorbed: Organization, remaining: Organization) -> set[int]:
    """Return the applications that are open for the first employer, and not yet for the other."""
    today, later = clock.today(), catalog.offers(remaining)
    return {
        pk
        for pk, offer in catalog.offers(absorbed).items()
        if offer.has_opened(today) and not later[pk].has_opened(today)
    }


@dataclass(frozen=True, slots=True)
class Facts:
    """What the mails to several agents of one employer say, read once: whom to ask, what they still enter, and where.

    `entering`: (agent, application) pairs of the present employer. `held`: those on which a right is open.
    `elsewhere`: the agents whom another employer keeps.
    """

    organization: Organization
    remaining: Organization | None
    referents: list[str]
    contact: str
    applications: dict[int, Application]
    offers: dict[int, Offer]
    members: dict[int, Membership]
    entering: Pairs
    held: Pairs
    elsewhere: Set[int]

    @property
    def employer(self) -> Organization:
        """The employer for which the agents work today."""
        return self.remaining or self.organization


def facts(organization: Organization, remaining: Organization | None, agents: Collection[int]) -> Facts:
    """Return what is said to these agents; in a constant number of queries."""
    employer = remaining or organization
    members = {
        each.agent_id: each
        for each in reachable().filter(organization=employer, agent__in=agents).select_related("agent")
    }
    keys = {each.pk: each.agent_id for each in members.values()}
    known = {each.pk: each for each in catalog.every_application()}
    rights = Entitlement.objects.filter(membership__in=keys, closed_at__isnull=True)
    still = entering(employer, clock.today(), among=keys)
    referents = referents_of(employer.pk) if employer.active else []
    return Facts(
        organization=organization,
        remaining=remaining,
        referents=[each.full_name for each in referents],
        contact=contact_named(employer) if referents else contact_line(employer),
        applications=known,
        offers=catalog.offers(employer, known.values()),
        members=members,
        entering={(keys[member], application) for member, application in still},
        held={(keys[pk], application) for pk, application in rights.values_list("membership_id", "application_id")},
        elsewhere=_elsewhere(employer, members),
    )


def _elsewhere(employer: Organization, agents: Collection[int]) -> set[int]:
    others = Membership.objects.filter(current(clock.today()), organization__active=True, agent=OuterRef("pk"))
    rows = Agent.objects.filter(Exists(others.exclude(organization=employer)), pk__in=list(agents))
    return set(rows.values_list("pk", flat=True))
