"""The sections `applications` and `subscriptions`."""

from typing import Any

from convergences.catalog.models import Application, Opening, Pilot, Subscription
from convergences.catalog.offers import Contract
from convergences.catalog.services import applications, openings, pilots, subscriptions
from convergences.catalog.sheet import ApplicationDetails, RoleDetails
from convergences.cli.declarative import connections
from convergences.cli.declarative.entries import ApplicationEntry, OpeningEntry, RoleEntry, SubscriptionEntry
from convergences.cli.declarative.run import Item, Run, Wrong
from convergences.directory import queries
from convergences.entitlements.services import assign_seats

FIELDS = (
    "name", "tagline", "category", "icon", "url", "status", "opens_on", "assurance", "remembers_devices",
    "affiliations", "attributes", "protocol", "planned_protocol", "position",
)  # fmt: skip


def bring(run: Run) -> None:
    """Create and modify applications, their roles, their connections and their waves."""
    for item in run.items("applications"):
        with run.applying(item):
            _bring(run, item)


def bring_subscriptions(run: Run) -> None:
    """Create and modify contracts."""
    for item in run.items("subscriptions"):
        with run.applying(item):
            _bring_subscription(run, item)


def bring_pilots(run: Run) -> None:
    """Name the pilots, once agents are there."""
    for item in run.items("applications"):
        with run.applying(item):
            for index, email in enumerate(item.entry.pilots):
                _bring_pilot(run, run.application(item.entry.slug), email, index)


def values(application: Application) -> dict[str, Any]:
    """Return what a file says of an application, but its slug, its connection, its waves and its pilots."""
    roles = [RoleEntry(key=role.key, name=role.name) for role in application.roles.all()]
    return {**{name: getattr(application, name) for name in FIELDS}, "roles": roles}


def _bring(run: Run, item: Item[ApplicationEntry]) -> None:
    slug = item.entry.slug
    present = Application.objects.filter(slug=slug).prefetch_related("roles").first()
    before = values(present) if present else {"position": 100}
    wanted = item.merged(before)
    details = ApplicationDetails(
        slug=slug,
        **{name: wanted[name] for name in FIELDS if name not in {"affiliations", "attributes", "planned_protocol"}},
        affiliations=tuple(wanted["affiliations"]),
        attributes=tuple(wanted["attributes"]),
        planned_protocol=wanted["planned_protocol"] or "",
        roles=tuple(RoleDetails(role.key, role.name) for role in wanted["roles"]),
    )
    defined = applications.define(details, actor=run.actor)
    if defined.created:
        run.plan.created("application", f"{slug} : {item.entry.name}")
    else:
        run.plan.changed("application", slug, _shown(before), _shown(values(run.application(slug))))
    connections.bring(run, item, defined.application)
    for index, opening in enumerate(item.entry.openings):
        inside = item.inside(opening, "openings", index)
        with run.applying(inside):
            _bring_opening(run, inside, defined.application)


def _shown(found: dict[str, Any]) -> dict[str, Any]:
    return found | {"roles": [f"{role.key} ({role.name})" for role in found["roles"]]}


def _bring_opening(run: Run, item: Item[OpeningEntry], application: Application) -> None:
    organization = run.organization(item.entry.organization, "organization")
    present = Opening.objects.filter(application=application, organization=organization).first()
    before = {"opens_on": present.opens_on, "wave": present.wave} if present else {}
    wanted = item.merged(before)
    made = openings.set(application, organization, wanted["opens_on"], wave=wanted["wave"], actor=run.actor)
    name = f"{application.slug} pour {organization.key}"
    if present is None:
        run.plan.created("opening", f"{name} le {made.opens_on}")
    else:
        run.plan.changed("opening", name, before, {"opens_on": made.opens_on, "wave": made.wave})


def _bring_pilot(run: Run, application: Application, email: str, index: int) -> None:
    agent = queries.by_email(email)
    if agent is None:
        raise Wrong(f"aucun agent n'a l'adresse « {email} »", "pilots", index)
    if not Pilot.objects.filter(application=application, agent=agent).exists():
        pilots.add(application, agent, actor=run.actor)
        run.plan.created("pilot", f"{agent.email} sur {application.slug}")


def _bring_subscription(run: Run, item: Item[SubscriptionEntry]) -> None:
    organization = run.organization(item.entry.organization, "organization")
    application = run.application(item.entry.application, "application")
    present = Subscription.objects.filter(application=application, organization=organization).first()
    before = subscription_values(present) if present else {}
    terms = {name: value for name, value in item.merged(before).items() if name in {"starts_on", "ends_on", "seats"}}
    made = subscriptions.set(organization, application, terms=Contract(**terms), actor=run.actor)
    name = f"{organization.key} à {application.slug}"
    if present is None:
        run.plan.created("subscription", name)
    else:
        run.plan.changed("subscription", name, before, subscription_values(made))
    assign_seats(made, actor=run.actor)


def subscription_values(subscription: Subscription) -> dict[str, Any]:
    """Return what a file says of a contract."""
    return {name: getattr(subscription, name) for name in ("starts_on", "ends_on", "seats")}
