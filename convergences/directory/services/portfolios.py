"""Handing employers over from one correspondant to another, all of them in one act."""

from django.db import transaction

from convergences.audit.services import About, Actor, record_each
from convergences.directory import portfolios, rules
from convergences.directory.actions import Action
from convergences.directory.errors import InvalidField, WrongState
from convergences.directory.models import Agent, Organization, Role
from convergences.directory.services import guards


@transaction.atomic
def transfer(from_id: int | None, to: Agent, *, seen: str, actor: Actor) -> int:
    """Make `to` the correspondant of all the employers that `from_id` follows, or that nobody does; return how many.

    `seen` is the mark of the employers that the preview showed: raises `WrongState` when they are others now,
    `InvalidField` when `to` is no correspondant or follows them already, `ForTheCentre`.
    """
    guards.check_centre(actor, Role.CORRESPONDENT)
    if not rules.has_role(to, Role.CORRESPONDENT):
        raise InvalidField("Choisissez quelqu'un qui est correspondant du centre.", field="to")
    if from_id == to.pk:
        raise InvalidField("Choisissez quelqu'un d'autre : ces employeurs sont déjà les siens.", field="to")
    held = list(portfolios.followed_by(from_id).select_for_update(no_key=True, of=("self",)).order_by("pk"))
    if portfolios.mark(held) != seen:
        raise WrongState("La liste des employeurs a changé depuis l'aperçu : relisez-la.")
    Organization.objects.filter(pk__in=[each.pk for each in held]).update(correspondent=to)
    abouts = (About(subject_label=each.name, organization_id=each.pk) for each in held)
    said = {"correspondent": to.full_name}
    return record_each(Action.CORRESPONDENT_CHANGED, ((about, said) for about in abouts), actor=actor)
