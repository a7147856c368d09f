"""Seeds of applications of codes, encrypted under a key of their own: SECRET_KEY and the database do not open them.

A seed is sealed with the row that it belongs to: copied to another agent's row, it opens nothing.
"""

from collections import Counter
from dataclasses import dataclass

import structlog
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction

from convergences.authentication.errors import SeedUnreadable, TotpNotOffered
from convergences.authentication.models import Totp
from convergences.foundations.sealing import seal_under, unseal_under

log = structlog.get_logger(__name__)

_USE = "totp"
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Resealed:
    """What became of the seeds: sealed again under the key of today, under it already, opened by no key of ours."""

    sealed: int
    already: int
    unreadable: int


def keys() -> tuple[str, ...]:
    """Return the keys of this installation, the one that seals first; empty when it has none."""
    said = settings.CONFIGURATION
    return tuple(key for key in (said.second_factor_key, *said.second_factor_key_fallbacks) if key)


def offered() -> bool:
    """Say whether seeds can be kept here: without a key that seals, applications of codes are not offered."""
    return bool(settings.CONFIGURATION.second_factor_key)


def seal(totp: Totp, seed: str) -> str:
    """Encrypt the seed of a row; raises `TotpNotOffered` without a key."""
    if not offered():
        raise TotpNotOffered
    return seal_under(keys(), f"{_owner(totp)}\n{seed}", use=_USE)


def unseal(totp: Totp) -> str:
    """Return the seed of a row; raises `SeedUnreadable` when no key of ours opens it, or it is another row's."""
    try:
        return _opened(totp, keys())
    except InvalidToken:
        log.error("second_factor.seed_unreadable", totp=str(totp.uid), remedy="SECOND_FACTOR_KEY_FALLBACKS")
        raise SeedUnreadable from None


def opens_with_first(totp: Totp) -> bool:
    """Say whether the seed is sealed under the key that seals now, so that the former ones may leave."""
    try:
        _opened(totp, keys()[:1] if offered() else ())
    except InvalidToken:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Survey:
    """How many seeds are under the key of today, under a former one, under none of ours."""

    present: int
    former: int
    unreadable: int


def survey() -> Survey:
    """Return which keys the seeds are under; reads them all."""
    counts = Counter(_state(totp) for totp in Totp.objects.only("uid", "agent_id", "sealed_seed").iterator())
    return Survey(counts["present"], counts["former"], counts["unreadable"])


def reseal(*, at_once: int = _AT_ONCE) -> Resealed:
    """Encrypt every seed again under the key that seals now; then the former ones may leave the fallbacks.

    By batches, each in its own transaction: cut short, it goes on where it stopped when it is called again. Raises
    `TotpNotOffered` without a key.
    """
    if not offered():
        raise TotpNotOffered
    counts = Counter[str]()
    last = 0
    while batch := list(Totp.objects.filter(pk__gt=last).order_by("pk")[:at_once]):
        with transaction.atomic():
            counts.update(map(_resealed, batch))
        last = batch[-1].pk
    return Resealed(counts["former"], counts["present"], counts["unreadable"])


def _state(totp: Totp) -> str:
    if opens_with_first(totp):
        return "present"
    try:
        _opened(totp, keys())
    except InvalidToken:
        return "unreadable"
    return "former"


def _resealed(totp: Totp) -> str:
    state = _state(totp)
    if state == "former":
        again = seal(totp, _opened(totp, keys()))
        # Only over what was read: another command of the same kind may run.
        Totp.objects.filter(pk=totp.pk, sealed_seed=totp.sealed_seed).update(sealed_seed=again)
    return state


def _opened(totp: Totp, secrets: tuple[str, ...]) -> str:
    if not secrets:
        raise InvalidToken
    owner, _line, seed = unseal_under(secrets, totp.sealed_seed, use=_USE).partition("\n")
    if owner != _owner(totp):
        raise InvalidToken
    return seed


def _owner(totp: Totp) -> str:
    return f"{totp.agent_id} {totp.uid}"
