"""The section `organizations`."""

from typing import Any

from convergences.cli.declarative.entries import AuthorityEntry, OrganizationEntry
from convergences.cli.declarative.run import Item, Run, Wrong
from convergences.directory import queries
from convergences.directory.models import Organization
from convergences.directory.organization_details import Authority, OrganizationDetails
from convergences.directory.services import organizations

FIELDS = ("siret", "name", "kind", "affiliation", "department", "email_domains", "active")
AUTHORITY = tuple(AuthorityEntry.model_fields)


def bring(run: Run) -> None:
    """Create and modify organizations; a parent may stand after its children in the files."""
    for item in _parents_first(run):
        with run.applying(item):
            _bring(run, item)


def bring_correspondents(run: Run) -> None:
    """Say who follows each organization, once agents and their roles are there."""
    for item in run.items("organizations"):
        if "correspondent" in item.entry.model_fields_set:
            with run.applying(item):
                _bring_correspondent(run, item.entry)


def values(organization: Organization) -> dict[str, Any]:
    """Return what a file says of an organization, but its handle and its correspondent."""
    found: dict[str, Any] = {name: getattr(organization, name) for name in FIELDS}
    found["parent"] = organization.parent.key if organization.parent else None
    found["authority"] = {name: getattr(organization, f"authority_{name}") for name in AUTHORITY}
    return found


def _parents_first(run: Run) -> list[Item[OrganizationEntry]]:
    waiting: list[Item[OrganizationEntry]] = list(run.items("organizations"))
    ordered: list[Item[OrganizationEntry]] = []
    while waiting:
        expected = {item.entry.key for item in waiting}
        later = [item for item in waiting if item.entry.parent in expected]
        if len(later) == len(waiting):
            _refuse_ring(run, waiting)
        ordered += [item for item in waiting if item.entry.parent not in expected]
        waiting = later
    return ordered


def _refuse_ring(run: Run, ring: list[Item[OrganizationEntry]]) -> None:
    for item in ring:
        sentence = f"{item.entry.key} dépend d'elle-même par « parent » : corrigez l'un des parents"
        run.problems.append(item.source.problem(item.at("parent"), sentence))
    run.stop_if_wrong()


def _bring(run: Run, item: Item[OrganizationEntry]) -> None:
    key = item.entry.key
    present = Organization.objects.filter(key=key).select_related("parent").first()
    before = values(present) if present else {}
    details = _details(run, key, item.merged(before))
    if present is None:
        organizations.create(details, actor=run.actor)
        run.plan.created("organization", f"{key} : {item.entry.name}")
        return
    organizations.modify(present, details, actor=run.actor)
    after = values(Organization.objects.select_related("parent").get(pk=present.pk))
    run.plan.changed("organization", key, before, after)


def _details(run: Run, key: str, wanted: dict[str, Any]) -> OrganizationDetails:
    authority = wanted["authority"]
    return OrganizationDetails(
        key=key,
        **{name: wanted[name] for name in FIELDS if name != "email_domains"},
        email_domains=tuple(wanted["email_domains"]),
        parent=run.organization(wanted["parent"], "parent") if wanted["parent"] else None,
        authority=Authority(**(authority if isinstance(authority, dict) else authority.model_dump())),
    )


def _bring_correspondent(run: Run, entry: OrganizationEntry) -> None:
    organization = run.organization(entry.key)
    wanted = queries.by_email(entry.correspondent) if entry.correspondent else None
    if entry.correspondent and wanted is None:
        raise Wrong(f"aucun agent n'a l'adresse « {entry.correspondent} »", "correspondent")
    present = organization.correspondent
    organizations.set_correspondent(organization, wanted, actor=run.actor)
    before, after = (agent.email if agent else None for agent in (present, wanted))
    run.plan.changed("organization", entry.key, {"correspondent": before}, {"correspondent": after})
