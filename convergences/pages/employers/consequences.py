"""What a fusion would do, read before it is confirmed: people, rights, subscriptions, campaigns, what hangs from it."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from convergences.admission import queries as admission
from convergences.campaigns import employers as campaigns
from convergences.campaigns.models import Invitation
from convergences.catalog import queries as catalog
from convergences.catalog.models import Application, Subscription
from convergences.directory import employers as directory
from convergences.directory import merging
from convergences.directory.models import Membership, Organization
from convergences.entitlements.taking_over import Fate, Taken, taken_over
from convergences.foundations.sealing import digest
from convergences.lifecycle import losses

WHY_LOST = {Fate.UNSUBSCRIBED: "pas d’abonnement", Fate.WITHDRAWN: "application fermée"}


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes of the rights on one application, and why some are lost."""

    application: Application
    kept: int
    waiting: int
    held: int
    lost: int
    why: str


@dataclass(frozen=True, slots=True)
class Fusion:
    """All that a fusion would do."""

    absorbed: Organization
    remaining: Organization
    agents: int
    both: int
    suspended: int
    visits: int
    leaving: list[Membership]
    staying: list[Membership]
    lines: list[Line]
    contracts: list[Subscription]
    campaigns: list[Invitation]
    attached: list[Organization]
    told: int

    @property
    def arriving(self) -> int:
        """How many agents are new to the employer that stays."""
        return self.agents - self.both

    @property
    def lost(self) -> int:
        """How many rights end."""
        return sum(line.lost for line in self.lines)

    @property
    def domains(self) -> list[str]:
        """The domains of addresses that the remaining employer gains; none when it expects any address."""
        known = self.remaining.email_domains
        return [each for each in self.absorbed.email_domains if known and each not in known]

    @property
    def mark(self) -> str:
        """Return a mark of what the page shows: another one once something has changed meanwhile."""
        lines = [[each.application.slug, each.kept, each.waiting, each.held, each.lost] for each in self.lines]
        people = [[each.pk for each in group] for group in (self.leaving, self.staying)]
        asked = [[each.pk, each.state] for each in self.campaigns]
        both = [self.absorbed.pk, self.remaining.pk, self.agents, self.both, self.suspended, self.told]
        return digest(json.dumps([both, lines, people, asked, [each.pk for each in self.attached]]))[:16]


def fusion(absorbed: Organization, remaining: Organization) -> Fusion:
    """Return what merging these two would do, in a constant number of queries. `told`: agents who lose and are told."""
    taken = taken_over(absorbed, remaining, named=False)
    referents = directory.referents_of_each([absorbed.pk, remaining.pk])
    there = merging.already_there(absorbed, remaining)
    return Fusion(
        absorbed=absorbed,
        remaining=remaining,
        agents=merging.people(absorbed).count(),
        both=there.count(),
        suspended=there.filter(suspended_at__isnull=False).count(),
        visits=admission.open_visits_for(absorbed),
        leaving=referents[absorbed.pk],
        staying=referents[remaining.pk],
        lines=_lines(taken),
        contracts=catalog.contracts(absorbed),
        campaigns=campaigns.awaited(absorbed.pk),
        attached=[each for each in directory.attached_to(absorbed) if each.pk != remaining.pk],
        told=losses.told_by_fusion(losses.by_fusion(taken, absorbed, remaining), absorbed, remaining).count(),
    )


def _lines(taken: Iterable[Taken]) -> list[Line]:
    counted: Counter[tuple[int, Fate]] = Counter()
    applications: dict[int, Application] = {}
    for each in taken:
        applications[each.right.application_id] = each.right.application
        counted[each.right.application_id, each.fate] += 1
    found = sorted(applications.values(), key=lambda each: (each.position, each.name))
    return [_line(each, {fate: counted[each.pk, fate] for fate in Fate}) for each in found]


def _line(application: Application, counted: dict[Fate, int]) -> Line:
    return Line(
        application=application,
        kept=counted[Fate.KEPT],
        waiting=counted[Fate.WAITS],
        held=counted[Fate.HELD],
        lost=sum(counted[fate] for fate in WHY_LOST),
        why=next((why for fate, why in WHY_LOST.items() if counted[fate]), ""),
    )
