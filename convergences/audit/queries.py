"""Reading the journal, newest first."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from convergences.audit.models import AuditEvent
from convergences.audit.words import known
from convergences.foundations.clock import PARIS
from convergences.foundations.text import searchable

FORGOTTEN_ICON = "history"


@dataclass(frozen=True, slots=True)
class JournalFilters:
    """What a reader looks for: words of a name, beginnings of actions (« directory. »), days of Paris (included)."""

    q: str = ""
    prefix_words: tuple[str, ...] = ()
    start: dt.date | None = None
    end: dt.date | None = None


def journal(
    *,
    organization_id: int | None = None,
    subject_id: int | None = None,
    actor_id: int | None = None,
    filters: JournalFilters | None = None,
) -> QuerySet[AuditEvent]:
    """Return the events of this organization, about this agent, or by this actor, that answer to the filters.

    No scope at all is the whole journal: the caller has checked that its reader may see it.
    """
    scope = {"organization_id": organization_id, "subject_id": subject_id, "actor_id": actor_id}
    events = AuditEvent.objects.filter(**{name: value for name, value in scope.items() if value is not None})
    if filters is not None:
        events = events.filter(_condition(filters))
    return events.order_by("-at", "-id")


def entries_about(agent_id: int) -> QuerySet[AuditEvent]:
    """Return what happened to this agent's account, whoever did it, in every organization."""
    return journal(subject_id=agent_id)


def label_of(action: str) -> tuple[str, str]:
    """Return the French label and the icon of a stored action; the action itself when the code has forgotten it."""
    word = known(action)
    return (word.label, word.icon) if word else (action, FORGOTTEN_ICON)


def _condition(filters: JournalFilters) -> Q:
    condition = Q()
    for word in searchable(filters.q).split():
        condition &= Q(search_text__contains=word)
    if filters.prefix_words:
        beginnings = Q()
        for prefix in filters.prefix_words:
            beginnings |= Q(action__startswith=prefix)
        condition &= beginnings
    if filters.start:
        condition &= Q(at__gte=_midnight(filters.start))
    if filters.end and filters.end < dt.date.max:
        condition &= Q(at__lt=_midnight(filters.end + dt.timedelta(days=1)))
    return condition


def _midnight(day: dt.date) -> dt.datetime:
    # Compared in UTC: year 1 in Paris is before the first instant that UTC can write.
    local = dt.datetime.combine(max(day, dt.date(1900, 1, 1)), dt.time.min, tzinfo=PARIS)
    return local.astimezone(dt.UTC)
