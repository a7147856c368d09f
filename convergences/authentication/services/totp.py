"""Applications of codes (RFC 6238): six digits every thirty seconds, each taken once, whatever the process.

SHA-1, because it is what every application supports, and its weakness is of collisions, of which none matters here.
"""

import datetime as dt
import hmac
import re
import uuid
from dataclasses import dataclass

import pyotp
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from convergences.audit.services import About, Actor, record
from convergences.authentication import naming, queries, seeds
from convergences.authentication.actions import Action
from convergences.authentication.errors import (
    CodeAlreadyUsed,
    SeedUnreadable,
    TooManyFactors,
    UnknownFactor,
    WrongConfirmation,
)
from convergences.authentication.models import ChangeKind, Session, Totp
from convergences.authentication.proofs import FactorProof
from convergences.authentication.services import changes, renewing
from convergences.directory.models import Agent
from convergences.directory.services import locks
from convergences.foundations import clock
from convergences.foundations.errors import Refusal

PERIOD = 30
DRIFT = 1  # periods before and after: a telephone half a minute late, and a code typed slowly
SEED_CHARACTERS = 32  # of base32: 160 bits (RFC 4226, section 4, R6)
UNNAMED = "Application de codes"
MOST = 5  # each one more is one more chance for who guesses
CONFIRMED_WITHIN = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True, repr=False)  # a trace must not show the seed
class Started:
    """A seed to be put in an application: its row, unconfirmed, the seed to type, and the address of the QR code."""

    totp: Totp
    secret: str
    uri: str


@transaction.atomic
def start(agent: Agent, name: str, *, session: Session) -> Started:
    """Make a seed for a new application of codes, which counts for nothing until `confirm`.

    A start that was left unfinished is forgotten. Raises `ProofNeeded`, `TooManyFactors`, `TotpNotOffered`.
    """
    locks.hold_agent(agent.pk)
    methods = queries.methods_of(agent)
    recovery = renewing.require_to_add(session, methods)
    if len(methods.totps) >= MOST and recovery is None:
        raise TooManyFactors(MOST)
    Totp.objects.filter(agent=agent, confirmed_at=None).delete()
    totp = Totp(agent=agent, name=naming.cleaned(name, default=UNNAMED), created_at=clock.now())
    seed = pyotp.random_base32(SEED_CHARACTERS)
    totp.sealed_seed = seeds.seal(totp, seed)
    totp.save()
    return _started(totp, seed)


def resume(agent: Agent, uid: uuid.UUID, *, session: Session) -> Started:
    """Show again a seed that is still to be confirmed. Raises `ProofNeeded`, `UnknownFactor`, `SeedUnreadable`."""
    renewing.require_to_add(session, queries.methods_of(agent))
    totp = _unconfirmed(agent, uid).first()
    if totp is None:
        raise UnknownFactor
    return _started(totp, seeds.unseal(totp))


@transaction.atomic
def confirm(agent: Agent, uid: uuid.UUID, code: str, *, session: Session, actor: Actor) -> FactorProof:
    """Make an application of codes count, once it has shown a right code; return what this proves of the agent.

    The code is taken by that: it serves for no sign-in. Raises `WrongConfirmation`, `ProofNeeded`, `UnknownFactor`.
    """
    locks.hold_agent(agent.pk)
    recovery = renewing.require_to_add(session, queries.methods_of(agent))
    totp = _unconfirmed(agent, uid).first()
    if totp is None:
        raise UnknownFactor
    step = _step_of(seeds.unseal(totp), code)
    if step is None:
        raise WrongConfirmation
    now = clock.now()
    if not _unconfirmed(agent, uid).update(confirmed_at=now, last_step=step, last_used_at=now):
        raise UnknownFactor
    record(Action.TOTP_ADDED, actor=actor, about=_about(agent), name=totp.name, factor=str(totp.uid))
    removed = renewing.finish(recovery, totp, session=session, actor=actor) if recovery else {}
    changes.told(agent, ChangeKind.TOTP_ADDED, added={"totp": [totp.pk]}, removed=removed, actor=actor)
    return FactorProof("totp", agent.pk)


def prove(agent: Agent, code: str) -> FactorProof | None:
    """Return the proof that a code of one of the agent's applications gives, and take it; None for a wrong one.

    Call it through `second_step.counted`. Raises `CodeAlreadyUsed`, `SeedUnreadable`.
    """
    refusal: Refusal | None = None
    for totp in Totp.objects.filter(agent=agent, **queries.CONFIRMED):
        try:
            step = _step_of(seeds.unseal(totp), code)
        except SeedUnreadable as unread:
            refusal = refusal or unread
            continue
        if step is not None:
            if _take(totp, step):
                return FactorProof("totp", agent.pk)
            refusal = CodeAlreadyUsed()
    if refusal is not None:
        raise refusal
    return None


def _take(totp: Totp, step: int) -> bool:
    """Take a period's code: the database lets one request do so, and none with an older code after it."""
    rows = Totp.objects.filter(pk=totp.pk, last_step__lt=step, **queries.CONFIRMED)
    return bool(rows.update(last_step=step, last_used_at=clock.now()))


def _step_of(seed: str, typed: str) -> int | None:
    """Return the period whose code this is, among those that are good now; every one is compared, in constant time."""
    code = re.sub(r"[\s.-]", "", typed)
    if not re.fullmatch(r"[0-9]{6}", code):
        return None
    generator, now = pyotp.TOTP(seed), int(clock.now().timestamp()) // PERIOD
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        if hmac.compare_digest(generator.generate_otp(step), code):
            found = step
    return found


def _unconfirmed(agent: Agent, uid: uuid.UUID) -> QuerySet[Totp]:
    since = clock.now() - CONFIRMED_WITHIN
    return Totp.objects.filter(agent=agent, uid=uid, confirmed_at__isnull=True, created_at__gt=since, **queries.ALIVE)


def _started(totp: Totp, seed: str) -> Started:
    issuer = settings.CONFIGURATION.center_name
    uri = pyotp.TOTP(seed).provisioning_uri(name=totp.agent.email or "", issuer_name=issuer)
    return Started(totp, seed, uri)


def _about(agent: Agent) -> About:
    return About(subject_id=agent.pk, subject_label=agent.full_name)
