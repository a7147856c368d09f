"""A small world for properties, and an oracle that answers from DOMAIN's one sentence, independently of the product.

A `World` holds two employers, three agents (one works for both), three applications and their sessions and visits. Its
`ACTS` do, one at a time, what the years bring: rights, suspensions, departures, openings, subscriptions, closings,
days. Acts go through the product's own services where there is one, and are refused in silence where it refuses; the
rest is written into the tables. After any sequence, each door is asked, and must answer as the oracle does.

A protocol's tests reuse it: `world = World.build()`, `world.play(steps)`, then compare their own doors with
`world.may_enter(agent, application, organization)`, or with `world.visit_stands(visit)` for what goes on afterwards.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import time_machine

from convergences.admission.decisions import SessionAssurance
from convergences.admission.models import Visit
from convergences.authentication.models import Session
from convergences.catalog.models import Application, Subscription
from convergences.directory.models import Agent, Membership, Organization
from convergences.entitlements.models import Entitlement
from tests.admission.acts import ACTS, STEPS, Step
from tests.admission.oracle import Oracle
from tests.cast import LONG_AGO, application, join, member, organization

__all__ = ["ACTS", "STEPS", "Step", "World", "assurance", "within_seats"]
BEGINNING = dt.datetime(2027, 3, 26, 22, 30, tzinfo=dt.UTC)  # late in the evening, two days before the clock changes
DAY = dt.timedelta(days=1)


@dataclass
class World(Oracle):
    """Who and what there is. `now` moves by the act `wait`; `travel` makes it the clock's.

    At the beginning every employer is subscribed to what it may be, every right is given, every application entered.
    """

    organizations: list[Organization]
    memberships: list[Membership]
    applications: list[Application]
    sessions: dict[int, Session] = field(default_factory=dict)
    now: dt.datetime = BEGINNING

    @classmethod
    def build(cls) -> "World":
        """Write the world into the tables, every agent signed in with two factors."""
        with time_machine.travel(BEGINNING, tick=False):
            towns = [
                organization("pantin", "21930055500014", "Ville de Pantin"),
                organization("oph", "27930001400018", "OPH de Bobigny", affiliation="subscriber"),
            ]
            camille, alex, sam = (member(towns[i], name) for i, name in ((0, "Camille A"), (0, "Alex B"), (1, "Sam C")))
            roles = [("reader", "Consulter"), ("manager", "Gérer")]
            applications = [
                application("bip", "BIP", roles, affiliations=["affiliated"]),
                application("octime", "Octime", roles, affiliations=[]),
                application("snapi", "SNAPI-CAP", roles, assurance="second_factor", protocol="oidc"),
            ]
            world = cls(towns, [camille, alex, sam, join(camille.agent, towns[1])], applications)
            for agent in world.agents:
                world.sign_in(agent, second_factor=True)
            world._settle()
            return world

    def _settle(self) -> None:
        """Begin with every right given and every application entered: then each act that follows may cut something."""
        for row in (Subscription(organization=town, application=self.applications[1]) for town in self.organizations):
            row.starts_on, row.seats = LONG_AGO, 4
            row.save()
        pairs = [
            (m, a)
            for m in self.memberships
            for a in self.applications
            if not (a.slug == "bip" and m.organization.key == "oph")
        ]
        for seat, (membership, offered) in enumerate(pairs, 1):
            Entitlement.objects.create(
                membership=membership,
                organization=membership.organization,
                application=offered,
                roles=["reader"],
                starts_on=LONG_AGO,
                seat=seat % 4 + 1 if offered.slug == "octime" else None,
                granted_at=self.now,
            )
            self._inside(membership, offered)

    def _inside(self, membership: Membership, offered: Application) -> None:
        Visit.objects.create(
            session=self.sessions[membership.agent_id],
            application=offered,
            membership=membership,
            protocol=offered.protocol,
            entered_at=self.now,
            last_entered_at=self.now,
        )

    @property
    def agents(self) -> list[Agent]:
        """The agents, each once."""
        return list({m.agent_id: m.agent for m in self.memberships}.values())

    def travel(self) -> Any:
        """Make the world's instant the clock's, as a context."""
        return time_machine.travel(self.now, tick=False)

    def sign_in(self, agent: Agent, *, second_factor: bool = False) -> Session:
        """Write a session that nothing but time or a suspension will end."""
        self.sessions[agent.pk] = Session.objects.create(
            token_digest=f"{agent.pk}-{Session.objects.count()}",
            agent=agent,
            factors=["pwd", "otp"] if second_factor else ["pwd"],
            authenticated_at=self.now,
            second_factor_at=self.now if second_factor else None,
            created_at=self.now,
            last_seen_at=self.now,
            idle_at=self.now + dt.timedelta(days=60),
            expires_at=self.now + dt.timedelta(days=60),
        )
        return self.sessions[agent.pk]

    def play(self, steps: Sequence[Step]) -> None:
        """Do these acts in order."""
        for step in steps:
            with self.travel():
                ACTS[step.act](self, step)


def within_seats(world: World) -> bool:
    """No more agents may enter than a current contract has seats."""
    contracts = Subscription.objects.filter(seats__isnull=False, starts_on__lte=world.today)
    return all(
        sum(world.may_enter(agent, row.application, row.organization) for agent in world.agents) <= (row.seats or 0)
        for row in contracts.exclude(ends_on__lt=world.today).select_related("application", "organization")
    )


def assurance(session: Session) -> SessionAssurance:
    """The session's assurance, read anew."""
    return SessionAssurance.of(Session.objects.get(pk=session.pk))
