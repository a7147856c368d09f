"""The database as a declarative file, without any secret: applying it changes nothing.

What a file cannot say is left out: accounts that are deleted, attachments that wait for an agent's answer, rights whose
last day is past.
"""

from collections.abc import Callable, Iterator
from typing import Any, TextIO

from django.db.models import Prefetch
from ruamel.yaml import YAML

from convergences.catalog.models import Application, Opening, Pilot, Subscription
from convergences.cli.declarative import agents, applications, connections, memberships, organizations
from convergences.cli.declarative.entries import SubscriptionEntry
from convergences.cli.declarative.ways import WAYS
from convergences.directory.models import Agent, AgentState, Membership, Organization
from convergences.entitlements.models import Entitlement
from convergences.entitlements.standing import spent
from convergences.foundations import clock

_HEAD = "# Fichier écrit par « convergences export-config ». Il ne contient aucun secret.\n"
_SHOWN_STATES = (AgentState.INVITED, AgentState.ACTIVE, AgentState.SUSPENDED)
_CHUNK = 500
_DEFAULTS = [("suspended", False), ("active", True)]


def write(output: TextIO) -> None:
    """Write the file, one entry at a time: a large directory is never held in memory."""
    output.write(_HEAD)
    for name, entries in SECTIONS.items():
        _write_section(output, name, entries())


def _write_section(output: TextIO, name: str, entries: Iterator[dict[str, Any]]) -> None:
    yaml = YAML(typ="rt")
    yaml.default_flow_style = None
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    for number, entry in enumerate(entries):
        if number == 0:
            output.write(f"\n{name}:\n")
        yaml.dump([entry], output)


def _organizations() -> Iterator[dict[str, Any]]:
    rows = Organization.objects.select_related("parent", "correspondent").order_by("key")
    for row in rows.iterator(_CHUNK):
        correspondent = row.correspondent.email if row.correspondent else None
        yield _filled({"key": row.key} | organizations.values(row) | {"correspondent": correspondent})


def _applications() -> Iterator[dict[str, Any]]:
    blocks = {name: connections.blocks(way) for name, way in WAYS.items()}
    rows = Application.objects.prefetch_related(
        "roles",
        Prefetch("openings", Opening.objects.select_related("organization").order_by("organization__key")),
        Prefetch("pilots", Pilot.objects.select_related("agent").order_by("agent__email")),
    )
    for row in rows.order_by("position", "slug"):
        entry = {"slug": row.slug} | applications.values(row)
        entry["roles"] = [{"key": role.key, "name": role.name} for role in row.roles.all()]
        entry["openings"] = [
            _filled({"organization": o.organization.key, "opens_on": o.opens_on, "wave": o.wave})
            for o in row.openings.all()
        ]
        entry["pilots"] = [pilot.agent.email for pilot in row.pilots.all() if pilot.agent.email]
        # An empty block: the application is still to be described.
        block = {row.protocol: blocks[row.protocol].get(row.pk, {})} if row.protocol in blocks else {}
        yield _filled(entry) | block


def _subscriptions() -> Iterator[dict[str, Any]]:
    rows = Subscription.objects.select_related("organization", "application")
    for row in rows.order_by("organization__key", "application__slug").iterator(_CHUNK):
        where = {"organization": row.organization.key, "application": row.application.slug}
        yield _filled(where | _aliased(applications.subscription_values(row)))


def _agents() -> Iterator[dict[str, Any]]:
    accepted = Membership.objects.filter(closed_at__isnull=True, confirmed_at__isnull=False)
    rows = Agent.objects.filter(state__in=_SHOWN_STATES, pk__in=accepted.values("agent_id")).prefetch_related(
        Prefetch("memberships", accepted.select_related("organization").order_by("organization__key")), "staff_roles"
    )
    for chunk in _chunks(rows.order_by("email").iterator(_CHUNK)):
        rights = _rights([m.pk for agent in chunk for m in agent.memberships.all()])
        for agent in chunk:
            yield _agent(agent, rights)


def _chunks(rows: Iterator[Agent]) -> Iterator[list[Agent]]:
    chunk: list[Agent] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    yield chunk


def _rights(membership_ids: list[int]) -> dict[int, list[Entitlement]]:
    found: dict[int, list[Entitlement]] = {}
    rows = Entitlement.objects.filter(membership_id__in=membership_ids, closed_at__isnull=True)
    for right in rows.exclude(spent(clock.today())).select_related("application").order_by("application__slug"):
        found.setdefault(right.membership_id, []).append(right)
    return found


def _agent(agent: Agent, rights: dict[int, list[Entitlement]]) -> dict[str, Any]:
    roles = sorted(role.role for role in agent.staff_roles.all())
    entry = {"email": agent.email} | agents.values(agent) | {"state": agent.state, "staff_roles": roles}
    entry["memberships"] = [_membership(row, rights.get(row.pk, [])) for row in agent.memberships.all()]
    return _filled(entry)


def _membership(row: Membership, rights: list[Entitlement]) -> dict[str, Any]:
    entry = {"organization": row.organization.key, "profile": row.profile} | _aliased(memberships.values(row))
    entry["suspended"] = row.suspended_at is not None
    entry["entitlements"] = [
        _filled({"application": right.application.slug} | _aliased(memberships.right_values(right))) for right in rights
    ]
    return _filled(entry)


_ALIASES = {name: field.alias for name, field in SubscriptionEntry.model_fields.items() if field.alias}


def _aliased(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values under the names that a file gives them: `from`, `until`."""
    return {_ALIASES.get(name, name): value for name, value in values.items()}


def _filled(entry: dict[str, Any]) -> dict[str, Any]:
    """Return what says something: no empty text, list or date, and no flag that stands at its default."""
    return {
        name: str(value) if isinstance(value, str) else value
        for name, value in entry.items()
        if value not in (None, "", [], {}) and (name, value) not in _DEFAULTS
    }


SECTIONS: dict[str, Callable[[], Iterator[dict[str, Any]]]] = {
    "organizations": _organizations,
    "applications": _applications,
    "subscriptions": _subscriptions,
    "agents": _agents,
}
