"""After elections: employers are asked to confirm their référents by a day. Nobody loses anything, before or after it.

An answer accepted meanwhile confirms those whom it names, or ends the others if it replaces them (`deciding.accept`):
the mandate that it gives has no day to be confirmed by. Each employer is served in one transaction, under its lock,
with a mark (`Recall`): a worker killed at any instant, or several of them, tell nobody twice.
"""

import datetime as dt
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from convergences.audit.services import SYSTEM, About, Actor, record, record_each
from convergences.campaigns import mails, mandates
from convergences.campaigns.actions import Action
from convergences.campaigns.details import Filters
from convergences.campaigns.errors import NobodyToAsk, WrongDetails, WrongState
from convergences.campaigns.models import Mandate, Recall, Reconfirmation
from convergences.campaigns.queries import concerned
from convergences.directory.details import clean_text
from convergences.directory.errors import InvalidField
from convergences.directory.models import Membership, Organization, Role
from convergences.directory.services import guards, locks
from convergences.foundations import clock, outbox

AT_ONCE = 50
LONGEST = dt.timedelta(days=366)
REASON_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Reach:
    """What a reconfirmation would do: employers asked, référents to confirm, employers that no mail reaches."""

    employers: int
    referents: int
    unaddressed: int


def foresee(filters: Filters, reason: str, deadline: dt.date) -> Reach:
    """Return what a reconfirmation would do, in two queries. Raises as `start`, and writes nothing."""
    checked_reason(reason)
    checked_deadline(deadline)
    asked = concerned(filters.cleaned())
    counted = asked.aggregate(employers=Count("pk"), unaddressed=Count("pk", filter=Q(authority_email="")))
    if not counted["employers"]:
        raise NobodyToAsk
    return Reach(**counted, referents=mandates.holders().filter(organization__in=asked).count())


@transaction.atomic
def start(filters: Filters, reason: str, deadline: dt.date, *, actor: Actor) -> Reconfirmation:
    """Ask the employers of these filters to confirm their référents by a day; the worker serves them.

    Asked twice in a day, in the same words, it is asked once: somebody went back and pressed again.
    Raises `WrongDetails`, `InvalidField`, `NobodyToAsk`, `ForTheCentre`.
    """
    guards.check_centre(actor, Role.CORRESPONDENT)
    made = Reconfirmation(
        reason=checked_reason(reason),
        deadline=checked_deadline(deadline),
        filters={name: value for name, value in asdict(filters.cleaned()).items() if value},
        total=concerned(filters).count(),
        created_at=clock.now(),
        created_by=actor.label[:200],
    )
    if not made.total:
        raise NobodyToAsk
    if same := _asked_today(made):
        return same
    made.save()
    until = made.deadline.isoformat()
    record(Action.RECONFIRMATION_OPENED, actor=actor, reason=made.reason, until=until, employers=made.total)
    return made


def _asked_today(wanted: Reconfirmation) -> Reconfirmation | None:
    asked = Reconfirmation.objects.filter(
        reason=wanted.reason,
        deadline=wanted.deadline,
        created_at__gte=clock.start_of(clock.today()),
        withdrawn_at__isnull=True,
    )
    filters = Filters.kept(wanted.filters)
    return next((each for each in asked if Filters.kept(each.filters) == filters), None)


@transaction.atomic
def withdraw(reconfirmation: Reconfirmation, *, actor: Actor) -> None:
    """Take a reconfirmation back: its employers' référents are no longer to be confirmed. Raises `WrongState`."""
    guards.check_centre(actor, Role.CORRESPONDENT)
    held = Reconfirmation.objects.select_for_update().get(pk=reconfirmation.pk)
    if held.withdrawn_at is not None:
        raise WrongState("Cette reconfirmation est déjà retirée.")
    held.withdrawn_at = clock.now()
    held.save(update_fields=["withdrawn_at"])
    asked = Recall.objects.filter(reconfirmation=held).values("organization")
    of_them = Mandate.objects.filter(to_confirm_by__isnull=False, membership__organization__in=asked)
    Mandate.objects.filter(pk__in=of_them.values("pk")).update(to_confirm_by=None)
    said = {"reason": held.reason}
    record(Action.RECONFIRMATION_WITHDRAWN, actor=actor, reason=held.reason)
    employers = asked.values_list("organization", flat=True).iterator()
    record_each(Action.RECONFIRMATION_WITHDRAWN, ((About(organization_id=pk), said) for pk in employers), actor=actor)


def drain() -> int:
    """Serve the next employers of the oldest reconfirmation under way; return how many. For the worker."""
    asked = Reconfirmation.objects.filter(finished_at__isnull=True, withdrawn_at__isnull=True)
    under_way = asked.order_by("created_at", "pk").first()
    if under_way is None:
        return 0
    found = concerned(Filters.kept(under_way.filters)).filter(pk__gt=under_way.cursor).order_by("pk")
    ahead = list(found.filter(created_at__lte=under_way.created_at)[:AT_ONCE])
    for organization in ahead:
        _serve(under_way, organization)
    if not ahead:
        Reconfirmation.objects.filter(pk=under_way.pk, finished_at=None).update(finished_at=clock.now())
    return max(1, len(ahead))


@transaction.atomic
def _serve(asked: Reconfirmation, organization: Organization) -> None:
    held = locks.hold_organization(organization.pk)
    live = Reconfirmation.objects.select_for_update().get(pk=asked.pk)
    if live.withdrawn_at is not None or live.cursor >= held.pk:
        return  # taken back, or another worker was quicker
    live.cursor, live.done = held.pk, live.done + 1
    live.save(update_fields=["cursor", "done"])
    members = _mark(live, held)
    if not members or not held.active:
        return
    Recall.objects.update_or_create(
        organization=held, defaults={"reconfirmation": live, "told_at": clock.now(), "late_told_at": None}
    )
    record(
        Action.TO_CONFIRM,
        actor=Actor(agent_id=None, label=live.created_by),
        about=About(organization_id=held.pk),
        until=live.deadline.isoformat(),
        reason=live.reason,
    )
    _post(held, live, members, late=False)


def _mark(asked: Reconfirmation, organization: Organization) -> list[Membership]:
    """Give each référent's mandate the day to be confirmed by; one is written for who has none yet. Return them."""
    members = list(_people(mandates.holders().filter(organization=organization)))
    standing = mandates.standing().filter(membership__in=members)
    known = set(standing.values_list("membership_id", flat=True))
    Mandate.objects.filter(pk__in=[each.pk for each in standing]).update(to_confirm_by=asked.deadline)
    unknown = [member for member in members if member.pk not in known]
    Mandate.objects.filter(membership__in=unknown, ended_on__isnull=True).update(ended_on=clock.today())
    Mandate.objects.bulk_create(
        Mandate(
            membership=member,
            starts_on=clock.day_of(member.referent_since or member.created_at),
            to_confirm_by=asked.deadline,
        )
        for member in unknown
    )
    return members


def remind_late(today: dt.date) -> int:
    """Tell the employers whose day is past, each once; return how many were looked at. For the worker."""
    waiting = Recall.objects.filter(
        late_told_at__isnull=True, reconfirmation__deadline__lt=today, reconfirmation__withdrawn_at__isnull=True
    )
    found = list(waiting.select_related("reconfirmation").order_by("pk")[:AT_ONCE])
    for recall in found:
        _remind(recall)
    return len(found)


@transaction.atomic
def _remind(recall: Recall) -> None:
    unserved = Recall.objects.filter(pk=recall.pk, late_told_at__isnull=True, reconfirmation=recall.reconfirmation_id)
    if not unserved.update(late_told_at=clock.now()):
        return  # another worker was quicker, or another reconfirmation is asked
    organization = Organization.objects.get(pk=recall.organization_id)
    late = mandates.to_confirm().filter(membership__organization=organization, to_confirm_by__lt=clock.today())
    members = list(_people(Membership.objects.filter(pk__in=late.values("membership"))))
    if not members or not organization.active:
        return
    about = About(organization_id=organization.pk)
    record(Action.CONFIRMATION_LATE, actor=SYSTEM, about=about, reason=recall.reconfirmation.reason)
    _post(organization, recall.reconfirmation, members, late=True)


def _people(rows: QuerySet[Membership]) -> QuerySet[Membership]:
    return rows.select_related("agent", "organization").order_by("name_key", "pk")


def _post(organization: Organization, asked: Reconfirmation, members: list[Membership], *, late: bool) -> None:
    names = [member.full_name for member in members]
    to_authority, to_member = (
        (mails.late_to_confirm, mails.mandate_late) if late else (mails.to_confirm, mails.mandate_to_confirm)
    )
    if organization.authority_email:
        outbox.post(to_authority(organization, names, asked))
    for member in members:
        if member.email and member.suspended_at is None:
            outbox.post(to_member(member, asked))


def checked_reason(typed: str) -> str:
    """Return why référents are to be confirmed, as it is kept. Raises `WrongDetails`."""
    try:
        said = clean_text(typed, "Le motif", "reason", length=REASON_LENGTH)
    except InvalidField as refusal:
        raise WrongDetails(refusal.sentence, field="reason") from None
    if not said:
        raise WrongDetails("Dites pourquoi, par exemple : élections municipales de mars 2026.", field="reason")
    return said


def checked_deadline(day: dt.date) -> dt.date:
    """Return the day by which référents are to be confirmed. Raises `WrongDetails` for one that is past, or too far."""
    if not clock.today() < day <= clock.today() + LONGEST:
        raise WrongDetails("Choisissez une date à venir, dans un an au plus.", field="deadline")
    return day
