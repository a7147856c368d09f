"""Reading who follows which employers, for the centre's correspondants."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from convergences.directory import staff
from convergences.directory.models import Agent, Organization, OrganizationKind
from convergences.foundations.sealing import digest


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The employers that somebody follows, or nobody (`agent` None); `stands`: that person is a correspondant still."""

    agent: Agent | None
    number: int
    stands: bool = True


def portfolios() -> list[Portfolio]:
    """Return who follows how many employers, those who have left too, then the employers without anybody."""
    counted = Organization.objects.exclude(kind=OrganizationKind.CENTER).order_by().values_list("correspondent")
    numbers: dict[int | None, int] = dict(counted.annotate(Count("pk")))
    here = set(staff.correspondents().values_list("pk", flat=True))
    people = Agent.objects.filter(pk__in=[pk for pk in numbers if pk]).order_by("family_name", "given_name", "pk")
    found = [Portfolio(agent, numbers[agent.pk], stands=agent.pk in here) for agent in people]
    return [*found, Portfolio(None, numbers[None])] if None in numbers else found


def mark(employers: Iterable[Organization]) -> str:
    """Return the mark of a list of employers: another one once somebody is added to it, or gone."""
    return digest(",".join(str(pk) for pk in sorted(each.pk for each in employers)))[:16]


def followed_by(agent_id: int | None) -> QuerySet[Organization]:
    """Return the employers that an agent follows, or nobody does, open or closed, by name."""
    rows = Organization.objects.exclude(kind=OrganizationKind.CENTER).filter(correspondent=agent_id)
    return rows.order_by("name_key", "pk")
