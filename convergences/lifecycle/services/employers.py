"""What becomes of an employer as a whole: closed, opened again, absorbed by another.

Its référents are told by mail, and its agents of what they lose (`losses`).
"""

from collections.abc import Callable, Iterable

from django.db import transaction

from convergences.audit.services import Actor
from convergences.authentication.services import sessions
from convergences.directory import employers
from convergences.directory.models import Membership, Organization
from convergences.directory.services import merging, organizations
from convergences.directory.services.merging import Absorbed
from convergences.entitlements.effects import entering
from convergences.entitlements.services import take_over
from convergences.entitlements.taking_over import taken_over
from convergences.foundations import clock
from convergences.foundations.outbox import Mail, post
from convergences.lifecycle import employer_letters as letters
from convergences.lifecycle.losses import by_fusion, told_by_closing, told_by_fusion
from convergences.lifecycle.services import losses


@transaction.atomic
def close(organization: Organization, *, reason: str = "", actor: Actor) -> Organization:
    """Close an employer and tell its référents, and its other agents who enter nothing for it any more.

    Raises what `organizations.close` raises; then nothing is done.
    """
    told, shut_out = _referents(organization), told_by_closing(organization)
    entered = entering(organization, clock.today())
    closed = organizations.close(organization, reason=reason, actor=actor)
    losses.note(closed, losses.of_agents(entered, shut_out))
    _post(letters.closed, told)
    return closed


@transaction.atomic
def reopen(organization: Organization, *, actor: Actor) -> Organization:
    """Open an employer again and tell its référents. Raises what `organizations.reopen` raises."""
    opened = organizations.reopen(organization, actor=actor)
    _post(letters.reopened, _referents(organization))
    return opened


@transaction.atomic
def merge(absorbed: Organization, remaining: Organization, *, reason: str = "", actor: Actor) -> Absorbed:
    """Make all of an employer's agents those of another, with the rights that it may use, and close the first.

    All or nothing. Visits made for the absorbed employer end by themselves: their attachment is closed, and who may
    still enter does so for the other. Raises what `directory.services.merging.absorb` raises.
    """
    gone, stays, people, there = merging.hold(absorbed, remaining)
    leaving, staying = _referents(gone), _referents(stays)
    taken = taken_over(gone, stays)
    lost = by_fusion(taken, gone, stays)
    told = dict(told_by_fusion(lost, gone, stays).values_list("pk", "agent_id"))
    done = merging.absorb(gone, stays, reason=reason, actor=actor)
    take_over(taken, done.moved, between=(gone, stays), actor=actor)
    losses.note(gone, losses.of_agents(lost, told), remaining=stays)
    sessions.end_all_of(done.suspended, reason="suspended", actor=actor)
    still = {each.agent_id for each in staying}
    _post(lambda each: letters.absorbed(each, stays), (each for each in leaving if each.agent_id not in still))
    _post(lambda each: letters.grown(each, gone, agents=len(people) - len(there)), staying)
    return done


def _referents(organization: Organization) -> list[Membership]:
    """Return the référents to tell: those in activity, invited ones included."""
    return employers.referents_of_each([organization.pk])[organization.pk]


def _post(write: Callable[[Membership], Mail], told: Iterable[Membership]) -> None:
    for each in told:
        if each.email:
            post(write(each))
