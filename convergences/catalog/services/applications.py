"""Declaring an application, and changing its sheet. Operators and the centre's engineers."""

from dataclasses import dataclass, replace
from typing import Any

from django.db import IntegrityError, transaction

from convergences.audit.services import About, Actor, record
from convergences.catalog.actions import Action
from convergences.catalog.errors import SlugTaken
from convergences.catalog.models import Application, ApplicationRole
from convergences.catalog.sheet import ApplicationDetails, RoleDetails
from convergences.directory.models import Role
from convergences.directory.services import guards
from convergences.foundations import clock


@dataclass(frozen=True, slots=True)
class Defined:
    """The application as it now is, whether it was made now, and the fields that changed."""

    application: Application
    created: bool
    fields: tuple[str, ...]


@transaction.atomic
def define(details: ApplicationDetails, *, actor: Actor) -> Defined:
    """Make the application of this slug what the details say; nothing is journaled when it was so already.

    A role that is no longer declared disappears from the catalogue: rights that hold it no longer give it.
    Raises `InvalidField`, `ForTheCentre`.
    """
    guards.check_centre(actor, Role.ENGINEER)
    clean = details.cleaned()
    held = Application.objects.select_for_update(no_key=True).filter(slug=clean.slug).first()
    application = held or Application(slug=clean.slug, created_at=clock.now())
    changed = _fill(application, clean)
    if held is None or changed:
        application.save()
    if _set_roles(application, clean.roles):
        changed.append("roles")
    about = About(application=application.slug)
    if held is None:
        record(Action.APPLICATION_DEFINED, actor=actor, about=about, name=application.name)
    elif changed:
        record(Action.APPLICATION_MODIFIED, actor=actor, about=about, fields=changed)
    return Defined(application, created=held is None, fields=tuple(changed))


def create(details: ApplicationDetails, *, actor: Actor) -> Application:
    """Make a new application. Raises `SlugTaken` where `define` would change the one that is there, and as it does."""
    try:
        with transaction.atomic():
            made = define(details, actor=actor)
            if not made.created:
                raise SlugTaken(made.application.name)
            return made.application
    except IntegrityError:  # made by somebody else at this very instant
        raise SlugTaken(details.name) from None


@transaction.atomic
def change(application: Application, *, actor: Actor, **fields: Any) -> Defined:
    """Change these fields of an application's details, and no other: as it is now, not as a page once showed it.

    Raises as `define` does.
    """
    present = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    return define(replace(ApplicationDetails.of(present), **fields), actor=actor)


def _fill(application: Application, clean: ApplicationDetails) -> list[str]:
    wanted: dict[str, Any] = {
        "name": clean.name,
        "url": clean.url,
        "tagline": clean.tagline,
        "category": clean.category,
        "icon": clean.icon,
        "status": clean.status,
        "opens_on": clean.opens_on,
        "assurance": clean.assurance,
        "remembers_devices": clean.remembers_devices,
        "affiliations": list(clean.affiliations),
        "attributes": list(clean.attributes),
        "protocol": clean.protocol,
        "planned_protocol": clean.planned_protocol,
        "position": clean.position,
    }
    changed = [name for name, value in wanted.items() if getattr(application, name) != value]
    for name in changed:
        setattr(application, name, wanted[name])
    return changed


def _set_roles(application: Application, roles: tuple[RoleDetails, ...]) -> bool:
    known = {role.key: role for role in ApplicationRole.objects.filter(application=application)}
    changed = False
    for position, wanted in enumerate(roles):
        role = known.pop(wanted.key, None)
        if role is not None and (role.name, role.position) == (wanted.name, position):
            continue
        role = role or ApplicationRole(application=application, key=wanted.key)
        role.name, role.position = wanted.name, position
        role.save()
        changed = True
    for gone in known.values():
        gone.delete()
        changed = True
    return changed
