"""Reading the whole chain again, in constant memory, and saying what does not hold."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Max

from convergences.audit import triggers
from convergences.audit.columns import CONTENT
from convergences.audit.models import AuditEvent, AuditHead, AuditOrigin
from convergences.audit.sealing import head_is_genuine, keys, origin_is_genuine, same, seal_of

CHUNK = 2000
MOST_SHOWN = 100


class Kind(StrEnum):
    """What may be wrong."""

    ALTERED = "altered"
    MISSING = "missing"
    CUT = "cut"
    BEYOND_HEAD = "beyond_head"
    HEAD_ALTERED = "head_altered"
    HEAD_MISSING = "head_missing"
    ORIGIN_ALTERED = "origin_altered"
    PURGED_UNSOUND = "purged_unsound"
    ANCHOR = "anchor"
    ANCHOR_PURGED = "anchor_purged"
    UNPROTECTED = "unprotected"


SENTENCES = {
    Kind.ALTERED: "L’événement n° {0} a été modifié, remplacé ou déplacé.",
    Kind.MISSING: "Du n° {0} au n° {1}, les événements manquent.",
    Kind.CUT: "Le journal est coupé : il s’arrête au n° {0} au lieu du n° {1}.",
    Kind.BEYOND_HEAD: "Des événements portent un numéro au-delà du n° {0}, le dernier qui ait été scellé.",
    Kind.HEAD_ALTERED: "La marque de fin du journal (n° {0}) a été modifiée.",
    Kind.HEAD_MISSING: "La marque de fin du journal a disparu.",
    Kind.ORIGIN_ALTERED: "La marque de début du journal (n° {0}) a été modifiée : ce qui précède n’a pas été purgé.",
    Kind.PURGED_UNSOUND: "Avant leur purge, les événements jusqu’au n° {0} montraient des anomalies : {1}.",
    Kind.ANCHOR_PURGED: "L’événement n° {0} a été purgé à son terme : donnez un sceau plus récent, à partir du n° {1}.",
    Kind.ANCHOR: "L’événement n° {0} ne porte pas le sceau attendu.",
    Kind.UNPROTECTED: "La base ne protège plus le journal : déclencheurs absents ({0}).",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not hold, where, and the sentence for an operator."""

    kind: Kind
    sequence: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place and its seal, noted outside the database (the worker's logs have them)."""

    sequence: int
    seal: str


@dataclass(slots=True)
class Report:
    """What `verify` found; `problems` holds the first ones, `problem_count` counts them all."""

    checked: int = 0
    unsealed: int = 0
    last_sequence: int = 0
    last_seal: str = ""
    purged: int = 0
    purged_until: str = ""
    problem_count: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Say whether nothing is wrong."""
        return self.problem_count == 0

    def add(self, kind: Kind, sequence: int, *words: object) -> None:
        """Count a problem, and keep it if there is room: a journal wholly rewritten must not fill the memory."""
        self.problem_count += 1
        if len(self.problems) < MOST_SHOWN:
            sentence = SENTENCES[kind].format(*words).replace(" n° ", " n°\u00a0").replace(" :", "\u00a0:")
            self.problems.append(Problem(kind, sequence, sentence))


def verify(anchor: Anchor | None = None) -> Report:
    """Check every seal, the numbering, the end of the journal, the anchor if given, and the database's triggers.

    What this cannot show: an event removed in the seconds before it was sealed, and, without an anchor kept elsewhere,
    a whole database put back as it was on an earlier day.
    """
    while True:
        origin = origin_now()
        report = _verified(origin, anchor)
        if origin_now().sequence == origin.sequence:  # else events were purged under our eyes: read again
            return report


def origin_now() -> AuditOrigin:
    """Return where the journal begins; one that is not kept when nothing was ever purged."""
    return AuditOrigin.objects.order_by("pk").first() or AuditOrigin()


def from_origin(origin: AuditOrigin) -> Report:
    """Return a report that has read nothing yet: the first event to come is chained to the last one purged."""
    report = Report(last_sequence=origin.sequence, last_seal=origin.seal)
    if not origin_is_genuine(origin):
        report.add(Kind.ORIGIN_ALTERED, origin.sequence, origin.sequence)
    return report


def _verified(origin: AuditOrigin, anchor: Anchor | None) -> Report:
    report = from_origin(origin)
    report.purged, report.purged_until = origin.events, origin.until.isoformat() if origin.until else ""
    if origin.anomalies:
        report.add(Kind.PURGED_UNSOUND, origin.sequence, origin.sequence, origin.anomalies)
    _check_purged_anchor(report, origin, anchor)
    # The highest number before the head: sealing writes both at once, so an honest head is never behind it.
    highest = AuditEvent.objects.aggregate(highest=Max("sequence"))["highest"] or 0
    head = AuditHead.objects.order_by("pk").first()
    limit = head.sequence if head else highest
    for sequence, seal, values in _sealed_up_to(limit):
        check_one(report, sequence, seal, values)
        if anchor and sequence == anchor.sequence and not same(seal, anchor.seal):
            report.add(Kind.ANCHOR, sequence, sequence)
    if anchor and anchor.sequence > limit:
        report.add(Kind.CUT, limit, limit, anchor.sequence)
    _check_end(report, head, highest)
    report.unsealed = AuditEvent.objects.filter(sequence__isnull=True).count()
    gone = triggers.missing(connection)
    if gone:
        report.add(Kind.UNPROTECTED, 0, ", ".join(gone))
    return report


def _check_purged_anchor(report: Report, origin: AuditOrigin, anchor: Anchor | None) -> None:
    if anchor is None or anchor.sequence > origin.sequence:
        return
    if anchor.sequence < origin.sequence:
        report.add(Kind.ANCHOR_PURGED, anchor.sequence, anchor.sequence, origin.sequence)
    elif not same(origin.seal, anchor.seal):
        report.add(Kind.ANCHOR, anchor.sequence, anchor.sequence)


def _sealed_up_to(limit: int) -> Iterator[tuple[int, str, Any]]:
    place: int | None = None
    while True:
        sealed = AuditEvent.objects.filter(sequence__lte=limit)
        if place is not None:
            sealed = sealed.filter(sequence__gt=place)
        chunk = _read(sealed.order_by("sequence")[:CHUNK])
        yield from chunk
        if len(chunk) < CHUNK:
            return
        place = chunk[-1][0]


def _read(sealed: Any) -> list[tuple[int, str, Any]]:
    try:
        return [(row[0], row[1], row[2:]) for row in sealed.values_list("sequence", "seal", *CONTENT)]
    except (ValueError, TypeError):
        # Overwritten with what is no date or no JSON: find which, the others still hold.
        return [(sequence, seal, _readable(sequence)) for sequence, seal in sealed.values_list("sequence", "seal")]


def _readable(sequence: int) -> Any:
    try:
        return AuditEvent.objects.values_list(*CONTENT).get(sequence=sequence)
    except (ValueError, TypeError):
        return None


def check_one(report: Report, sequence: int, seal: str, values: Any) -> None:
    """Check one event, the one after those that the report has read."""
    expected = report.last_sequence + 1
    report.checked += 1
    if sequence > expected:
        # What precedes is gone: this event's own seal cannot be computed, the chain is taken up again after it.
        report.add(Kind.MISSING, expected, expected, sequence - 1)
    elif sequence < expected:
        report.add(Kind.ALTERED, sequence, sequence)
        return
    elif not _holds(report.last_seal, sequence, seal, values):
        report.add(Kind.ALTERED, sequence, sequence)
    report.last_sequence, report.last_seal = sequence, seal


def _holds(previous: str, sequence: int, seal: str, values: Any) -> bool:
    if values is None or values[1] is None:
        return False
    return any(same(seal_of(key, previous, sequence, values), seal) for key in keys())


def _check_end(report: Report, head: AuditHead | None, highest: int) -> None:
    if head is None:
        report.add(Kind.HEAD_MISSING, highest)
        return
    if report.last_sequence < head.sequence:
        report.add(Kind.CUT, report.last_sequence, report.last_sequence, head.sequence)
    elif not head_is_genuine(head, report.last_seal):
        report.add(Kind.HEAD_ALTERED, head.sequence, head.sequence)
    if highest > head.sequence:
        report.add(Kind.BEYOND_HEAD, highest, head.sequence)
