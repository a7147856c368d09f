"""Ten codes to be kept on paper, for who has lost the telephone or the key. Each serves once.

A code has 39 bits: a bare hash of it would be found in minutes by who reads the table, and a keyed one would die with
the key. It is hashed by argon2id, salted by its set: one hash tells whether a code is of the set.
"""

import re
import secrets
import uuid

from argon2.low_level import Type, hash_secret_raw
from django.db import transaction

from convergences.audit.services import About, Actor, record
from convergences.authentication import hashing, letters, queries
from convergences.authentication.actions import Action
from convergences.authentication.browsers import Browser, acting
from convergences.authentication.errors import NoCodesAlone
from convergences.authentication.models import ChangeKind, RecoveryCode, Session
from convergences.authentication.proofs import FactorProof
from convergences.authentication.services import changes, fresh
from convergences.directory.models import Agent
from convergences.directory.services import locks
from convergences.foundations import clock, outbox

NUMBER = 10
HALF = 4
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # neither 0 nor O, 1, I, L: read aloud, copied by hand


def make(agent: Agent, *, session: Session, actor: Actor) -> list[str]:
    """Make ten codes and return them: they are shown once, and kept nowhere. The set of before serves no more.

    Raises `ProofNeeded`, `NoCodesAlone` (an agent without a real factor), `Overloaded`.
    """
    batch = uuid.uuid4()
    codes = [_code() for _ in range(NUMBER)]
    digests = [_digest(batch, _plain(code)) for code in codes]
    with transaction.atomic():
        locks.hold_agent(agent.pk)
        methods = queries.methods_of(agent)
        fresh.require(session, methods)
        if not methods.any:
            raise NoCodesAlone
        removed, now = _remove(agent), clock.now()
        RecoveryCode.objects.bulk_create(
            [RecoveryCode(agent=agent, batch=batch, digest=each, created_at=now) for each in digests]
        )
        record(Action.RECOVERY_CODES_MADE, actor=actor, about=_about(agent), number=NUMBER)
        added = list(RecoveryCode.objects.filter(agent=agent, batch=batch).values_list("pk", flat=True))
        changes.told(agent, ChangeKind.CODES_MADE, added={"codes": added}, removed={"codes": removed}, actor=actor)
    return codes


def left(agent: Agent) -> int:
    """Return how many codes the agent may still use."""
    return RecoveryCode.objects.filter(agent=agent, used_at__isnull=True, **queries.ALIVE).count()


def prove(agent: Agent, code: str, *, browser: Browser) -> FactorProof | None:
    """Return the proof that one of the agent's codes gives, and take it; None for a wrong one or one that has served.

    The agent is told by mail. Call it through `second_step.counted`. Raises `Overloaded`.
    """
    typed = _plain(code)
    living = RecoveryCode.objects.filter(agent=agent, used_at__isnull=True, **queries.ALIVE)
    if len(typed) != 2 * HALF or not queries.has_second_factor(agent.pk):
        return None
    # More than one set only when « Ce n'est pas moi » has given one back.
    digests = [_digest(batch, typed) for batch in living.values_list("batch", flat=True).distinct()]
    with transaction.atomic():
        if not living.filter(digest__in=digests).update(used_at=clock.now()):
            return None
        remaining = left(agent)
        record(Action.RECOVERY_CODE_USED, actor=acting(agent, browser), about=_about(agent), left=remaining)
        outbox.post(letters.recovery_code_used(agent, browser, remaining))
    return FactorProof("recovery_code", agent.pk)


def _remove(agent: Agent) -> list[int]:
    """Remove the set of before; return what had not served of it."""
    living = RecoveryCode.objects.filter(agent=agent, **queries.ALIVE)
    left_over = list(living.filter(used_at__isnull=True).values_list("pk", flat=True))
    living.update(removed_at=clock.now())
    return left_over


def _code() -> str:
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(HALF)) for _ in range(2))


def _plain(typed: str) -> str:
    """Return a code as it was made, however it was typed: case, spaces and dashes are nothing."""
    return re.sub(r"[^0-9A-Z]", "", typed[:40].upper())


def _digest(batch: uuid.UUID, plain: str) -> str:
    made = hashing.HASHER
    with hashing.turn():
        return hash_secret_raw(
            plain.encode(),
            batch.bytes,
            time_cost=made.time_cost,
            memory_cost=made.memory_cost,
            parallelism=made.parallelism,
            hash_len=made.hash_len,
            type=Type.ID,
        ).hex()


def _about(agent: Agent) -> About:
    return About(subject_id=agent.pk, subject_label=agent.full_name)
