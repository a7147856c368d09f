"""Sealing: each event gets its place and a code that depends on all those before it.

The code is an HMAC under a key derived from SECRET_KEY: whoever can write in the database but does not hold the secret
cannot rebuild the chain. The worker does it, seconds after the event, so that requests never queue on one another.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from convergences.audit.columns import CONTENT
from convergences.audit.models import AuditEvent, AuditHead, AuditOrigin
from convergences.foundations.sealing import derived_key

log = structlog.get_logger(__name__)

BATCH = 500


def keys() -> list[bytes]:
    """Return the keys of the chain: the one that seals, then those that only verify."""
    return [derived_key(secret, "audit-chain") for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def seal_of(key: bytes, previous: str, sequence: int, values: Sequence[Any]) -> str:
    """Return the seal of the event whose `CONTENT` are `values`, at this place, after this seal."""
    content = {name: value for name, value in zip(CONTENT, values, strict=True) if name != "at"}
    content["at"] = values[1].isoformat(timespec="microseconds")
    canonical = json.dumps([sequence, previous, content], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hmac.new(key, canonical.encode(), hashlib.sha256).hexdigest()


def head_seal(key: bytes, sequence: int, last: str) -> str:
    """Return the head's own code: a head moved back to an earlier event needs the secret too."""
    return hmac.new(key, f"head/{sequence}/{last}".encode(), hashlib.sha256).hexdigest()


def head_is_genuine(head: AuditHead, last: str) -> bool:
    """Say whether the head was written by us for this last seal."""
    return any(same(head.seal, head_seal(key, head.sequence, last)) for key in keys())


def origin_code(key: bytes, origin: AuditOrigin) -> str:
    """Return the code of the journal's beginning: events removed by hand cannot pass for events purged."""
    until = origin.until.isoformat(timespec="microseconds") if origin.until else ""
    said = f"origin/{origin.sequence}/{origin.seal}/{origin.events}/{origin.anomalies}/{until}"
    return hmac.new(key, said.encode(errors="replace"), hashlib.sha256).hexdigest()


def origin_is_genuine(origin: AuditOrigin) -> bool:
    """Say whether the beginning was written by a purge of ours; the first event of all needs no code."""
    if origin.sequence == 0:
        return True
    return any(same(origin.code, origin_code(key, origin)) for key in keys())


def same(one: str, other: str) -> bool:
    """Compare two seals in constant time; a seal overwritten with any text at all must not raise."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))


def seal_pending(limit: int = BATCH) -> int:
    """Seal the events that wait, oldest first, and return how many; 0 as well when another worker is at it.

    A journal that no longer meets its head goes on after a hole in the numbering, which `verify` shows for ever:
    stopping would leave what follows unprotected, going on without a mark would cover up what happened.
    """
    if not AuditEvent.objects.filter(sequence__isnull=True).exists():
        return 0
    with transaction.atomic():  # IMMEDIATE on SQLite: one sealer at a time there too
        head = claimed_head()
        if head is None:
            return 0
        place, last = _end_of_chain(head)
        waiting = AuditEvent.objects.filter(sequence__isnull=True).order_by("id").values_list(*CONTENT)[:limit]
        sealed, last = _chained(place, last, list(waiting))
        if not sealed:
            return 0
        with connection.cursor() as cursor:
            cursor.executemany("UPDATE audit_auditevent SET sequence = %s, seal = %s WHERE id = %s", sealed)
        head.sequence = sealed[-1][0]
        head.seal = head_seal(keys()[0], head.sequence, last)
        head.save()
    # For whoever keeps the logs elsewhere: `audit verify --anchor` compares with it.
    log.info("audit.sealed", sequence=head.sequence, seal=last)
    return len(sealed)


def claimed_head() -> AuditHead | None:
    """Return the head, locked; an unsaved one when it has disappeared; None when another worker holds it."""
    heads = AuditHead.objects.order_by("pk")
    if connection.features.has_select_for_update_skip_locked:
        head = heads.select_for_update(skip_locked=True).first()
    else:
        head = heads.first()
    if head is None and not heads.exists():
        return AuditHead(pk=1)
    return head


def _end_of_chain(head: AuditHead) -> tuple[int, str]:
    highest = AuditEvent.objects.aggregate(highest=Max("sequence"))["highest"] or 0
    last = AuditEvent.objects.filter(sequence=highest).values_list("seal", flat=True).first() or ""
    if highest == head.sequence and head_is_genuine(head, last):
        return highest, last
    log.critical("audit.broken_head", head=head.sequence, highest=highest, remedy="convergences audit verify")
    return max(head.sequence, highest) + 1, last


def _chained(place: int, last: str, waiting: list[Any]) -> tuple[list[tuple[int, str, int]], str]:
    key = keys()[0]
    sealed = []
    for values in waiting:
        place += 1
        last = seal_of(key, last, place, values)
        sealed.append((place, last, values[0]))
    return sealed, last
