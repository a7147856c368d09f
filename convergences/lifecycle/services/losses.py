"""Telling agents which applications they enter no more, by an act on their employer: one mail each, some minutes later.

The pause lets a correspondant take a mistake back, and makes one mail of several applications. What is then said is
what is true then. A batch is of one employer; each agent's rows go in the transaction that posts their mail, so that a
worker killed at any instant, or several of them, tell nobody twice and forget nobody.
"""

import datetime as dt
from collections.abc import Iterable

import structlog
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from convergences.catalog.models import Application, Subscription
from convergences.directory.models import Organization
from convergences.entitlements.effects import entering
from convergences.foundations import clock
from convergences.foundations.outbox import post
from convergences.lifecycle import loss_letters
from convergences.lifecycle.losses import Facts, Pairs, facts, reachable
from convergences.lifecycle.models import EndedContract, LostAccess

log = structlog.get_logger(__name__)

PAUSE = dt.timedelta(minutes=10)
AGAIN = dt.timedelta(hours=1)
AT_ONCE = 50
ROWS_AT_ONCE = 500
LATELY = dt.timedelta(days=7)


def note(organization: Organization, lost: Iterable[tuple[int, int]], *, remaining: Organization | None = None) -> int:
    """Write down, in the act's transaction, the (agent, application) pairs to tell of; return how many."""
    now, today = clock.now(), clock.today()
    rows = [
        LostAccess(
            agent_id=agent,
            application_id=application,
            organization=organization,
            remaining=remaining,
            lost_on=today,
            tell_after=now + PAUSE,
        )
        for agent, application in sorted(lost)
    ]
    LostAccess.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    return len(rows)


def of_agents(pairs: Pairs, agents: dict[int, int]) -> set[tuple[int, int]]:
    """Return the (agent, application) pairs of these (attachment, application) ones, for the attachments known."""
    return {(agents[member], application) for member, application in pairs if member in agents}


def note_changed(organization: Organization, application: Application, before: Pairs) -> int:
    """Write down who entered an application before a change of its offer and does no more; return how many."""
    lost = before - entering(organization, clock.today(), only=application)
    told = reachable([member for member, _application in lost]) if lost else reachable().none()
    return note(organization, of_agents(lost, dict(told.values_list("pk", "agent_id"))))


def note_ended(today: dt.date) -> int:
    """Write down whom contracts shut out whose last day is just past, each once; return how many contracts.

    For the worker: no act does it, the door refuses from that morning on.
    """
    ended = Subscription.objects.filter(ends_on__range=(today - LATELY, today - dt.timedelta(days=1)))
    marked = EndedContract.objects.filter(
        organization=OuterRef("organization"), application=OuterRef("application"), ended_on=OuterRef("ends_on")
    )
    found = list(ended.exclude(Exists(marked)).select_related("organization", "application").order_by("pk")[:AT_ONCE])
    for contract in found:
        _note_ended(contract)
    return len(found)


def _note_ended(contract: Subscription) -> None:
    last = contract.ends_on
    if last is None:
        return
    try:
        with transaction.atomic():
            EndedContract.objects.create(
                organization=contract.organization, application=contract.application, ended_on=last
            )
            before = entering(contract.organization, last, only=contract.application)
            note_changed(contract.organization, contract.application, before)
    except IntegrityError:
        return  # another worker was quicker


def tell_due() -> int:
    """Post the mails of the next agents of one employer; return how many were looked at. For the worker."""
    due = LostAccess.objects.filter(tell_after__lte=clock.now()).order_by("tell_after", "pk")
    first = due.select_related("organization", "remaining").first()
    if first is None:
        return 0
    rows = due.filter(organization=first.organization, remaining=first.remaining)
    agents = list(dict.fromkeys(rows.values_list("agent_id", flat=True)[:ROWS_AT_ONCE]))[:AT_ONCE]
    said = facts(first.organization, first.remaining, agents)
    for agent in agents:
        try:
            _tell(agent, said)
        except Exception:  # one mail that cannot be written keeps nobody else's from leaving
            log.exception("losses.not_told", agent=agent)
            rows.filter(agent=agent).update(tell_after=clock.now() + AGAIN)
    return len(agents)


@transaction.atomic
def _tell(agent: int, said: Facts) -> None:
    """Post one agent's mail, if there is something to say still, and take their rows away."""
    rows = LostAccess.objects.filter(agent=agent, organization=said.organization, remaining=said.remaining)
    held = list(rows.select_for_update().order_by("pk"))  # another worker was quicker: none
    lost = {row.application_id: row.lost_on for row in held}
    LostAccess.objects.filter(pk__in=[row.pk for row in held]).delete()
    member = said.members.get(agent)
    still = {pk: day for pk, day in lost.items() if _is_lost(agent, pk, said)}
    if member is not None and still:
        post(loss_letters.lost(member, still, said))


def _is_lost(agent: int, application: int, said: Facts) -> bool:
    """Say whether the loss stands: not given back since, nor taken away by somebody who told of it.

    A right that a fusion did not take over is gone: that is what is said.
    """
    return (agent, application) not in said.entering and (
        (agent, application) in said.held or said.remaining is not None
    )
