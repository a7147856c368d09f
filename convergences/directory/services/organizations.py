"""Declaring an organization, changing it, closing it. Operators and correspondants only."""

from typing import Any

from django.db import IntegrityError, transaction

from convergences.audit.services import About, Actor, record
from convergences.directory.actions import Action
from convergences.directory.details import clean_email
from convergences.directory.errors import CentreStaysOpen, InvalidField, WrongState
from convergences.directory.models import Agent, Organization, OrganizationKind, Role
from convergences.directory.organization_details import OrganizationDetails
from convergences.directory.services import guards, locks
from convergences.foundations import clock

MAX_DEPTH = 10
_RING = "Une organisation ne peut pas dépendre d'elle-même."


@transaction.atomic
def create(details: OrganizationDetails, *, actor: Actor) -> Organization:
    """Declare an organization and return it.

    Raises `InvalidField` (malformed value, SIRET or handle already declared), `ForTheCentre`.
    """
    guards.check_centre(actor, Role.CORRESPONDENT)
    made = Organization(created_at=clock.now())
    _fill(made, details.cleaned())
    _save(made)
    record(Action.ORGANIZATION_CREATED, actor=actor, about=_about(made))
    return made


@transaction.atomic
def modify(organization: Organization, details: OrganizationDetails, *, actor: Actor) -> tuple[str, ...]:
    """Change an organization, and return the fields that changed; nothing is journaled when none did.

    Raises `InvalidField` (also for a parent that hangs from the organization itself), `ForTheCentre`.
    """
    guards.check_centre(actor, Role.CORRESPONDENT)
    held = locks.hold_organization(organization.pk)
    changed = _fill(held, details.cleaned())
    if changed:
        _check_no_ring(held)
        _save(held)
        record(Action.ORGANIZATION_MODIFIED, actor=actor, about=_about(held), fields=changed)
    return tuple(changed)


def hold(organization: Organization) -> Organization:
    """Return the organization as it is now, held until the transaction ends: to compare with it before changing it."""
    return locks.hold_organization(organization.pk)


@transaction.atomic
def close(organization: Organization, *, reason: str = "", actor: Actor) -> Organization:
    """Close an employer: nobody enters anything for it any more, and nobody manages it. Nothing is lost.

    Attachments, designations and rights are kept for the day it opens again; admission refuses meanwhile, and ends open
    visits. Raises `WrongState` (closed already), `CentreStaysOpen`, `ForTheCentre`.
    """
    guards.check_centre(actor, Role.CORRESPONDENT)
    held = locks.hold_organization(organization.pk)
    if held.kind == OrganizationKind.CENTER:
        raise CentreStaysOpen
    if not held.active:
        raise WrongState("Cet employeur est déjà fermé.")
    return _turn(held, Action.ORGANIZATION_CLOSED, reason=reason, actor=actor)


@transaction.atomic
def reopen(organization: Organization, *, actor: Actor) -> Organization:
    """Open again an employer that was closed; one that another absorbed opens without the agents who left it.

    Raises `WrongState` (open already), `ForTheCentre`.
    """
    guards.check_centre(actor, Role.CORRESPONDENT)
    held = locks.hold_organization(organization.pk)
    if held.active:
        raise WrongState("Cet employeur est déjà ouvert.")
    return _turn(held, Action.ORGANIZATION_REOPENED, reason="", actor=actor)


def _turn(held: Organization, action: Action, *, reason: str, actor: Actor) -> Organization:
    held.active, held.merged_into = not held.active, None
    held.save(update_fields=["active", "merged_into"])
    record(action, actor=actor, about=_about(held), **({"reason": reason} if reason else {}))
    return held


@transaction.atomic
def set_correspondent(organization: Organization, agent: Agent | None, *, actor: Actor) -> None:
    """Say which correspondant of the centre follows the organization. Raises `InvalidField`, `ForTheCentre`."""
    guards.check_centre(actor, Role.CORRESPONDENT)
    held = locks.hold_organization(organization.pk)
    if agent is not None and not agent.staff_roles.filter(role=Role.CORRESPONDENT).exists():
        raise InvalidField("Cet agent n'est pas correspondant du centre.", field="correspondent")
    if held.correspondent_id == (agent.pk if agent else None):
        return
    held.correspondent = agent
    held.save(update_fields=["correspondent"])
    record(Action.ORGANIZATION_MODIFIED, actor=actor, about=_about(held), fields=["correspondent"])


@transaction.atomic
def attach(organization: Organization, parent: Organization, *, actor: Actor) -> Organization:
    """Say from which employer an establishment hangs: known and shown, it gives no right to anybody; return it.

    Raises `InvalidField` (it would hang from itself, or is the centre), `ForTheCentre`.
    """
    guards.check_centre(actor, Role.CORRESPONDENT)
    held = locks.hold_organization(organization.pk)
    if held.kind == OrganizationKind.CENTER:
        raise InvalidField("Le centre de gestion ne se rattache à personne.", field="parent")
    if held.parent_id != parent.pk:
        held.parent = parent
        _check_no_ring(held)
        held.save(update_fields=["parent"])
        record(Action.ORGANIZATION_MODIFIED, actor=actor, about=_about(held), fields=["parent"])
    return held


@transaction.atomic
def set_official_address(organization: Organization, email: str, *, actor: Actor) -> Organization:
    """Say where the autorité territoriale receives its mail; return the organization. Raises as `modify` does."""
    guards.check_centre(actor, Role.CORRESPONDENT)
    clean = clean_email(email, field="authority_email")
    held = locks.hold_organization(organization.pk)
    if held.authority_email != clean:
        held.authority_email = clean
        held.save(update_fields=["authority_email"])
        record(Action.ORGANIZATION_MODIFIED, actor=actor, about=_about(held), fields=["authority_email"])
    return held


def _fill(organization: Organization, clean: OrganizationDetails) -> list[str]:
    wanted: dict[str, Any] = {
        "key": clean.key,
        "siret": clean.siret,
        "name": clean.name,
        "kind": clean.kind,
        "affiliation": clean.affiliation,
        "department": clean.department,
        "parent_id": clean.parent.pk if clean.parent else None,
        "email_domains": list(clean.email_domains),
        "authority_title": clean.authority.title,
        "authority_name": clean.authority.name,
        "authority_email": clean.authority.email,
        "authority_address": clean.authority.address,
        "active": clean.active,
    }
    changed = [name for name, value in wanted.items() if getattr(organization, name) != value]
    for name in changed:
        setattr(organization, name, wanted[name])
    return [name.removesuffix("_id") for name in changed]


def _check_no_ring(organization: Organization) -> None:
    above = organization.parent
    for _step in range(MAX_DEPTH):
        if above is None:
            return
        if above.pk == organization.pk:
            break
        above = above.parent
    raise InvalidField(_RING, field="parent")


def _save(organization: Organization) -> None:
    others = Organization.objects.exclude(pk=organization.pk)
    if others.filter(siret=organization.siret).exists():
        raise InvalidField("Une organisation porte déjà ce numéro SIRET.", field="siret")
    if others.filter(key=organization.key).exists():
        raise InvalidField("Une organisation porte déjà ce nom court.", field="key")
    try:
        with transaction.atomic():
            organization.save()
    except IntegrityError:
        raise InvalidField("Une organisation porte déjà ce numéro SIRET ou ce nom court.", field="siret") from None


def _about(organization: Organization) -> About:
    return About(subject_label=organization.name, organization_id=organization.pk)
