"""Seeds of applications of codes, encrypted under a key of their own: SECRET_KEY and the database do not open them.

A seed is sealed with the row that it belongs to: copied to another agent's row, it opens nothing.
"""

import structlog
from cryptography.fernet import InvalidToken
from django.conf import settings

from convergences.authentication.errors import SeedUnreadable, TotpNotOffered
from convergences.authentication.models import Totp
from convergences.foundations.sealing import seal_under, unseal_under

log = structlog.get_logger(__name__)

_USE = "totp"


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
        _opened(totp, keys()[:1])
    except InvalidToken:
        return False
    return True


def _opened(totp: Totp, secrets: tuple[str, ...]) -> str:
    if not secrets:
        raise InvalidToken
    owner, _line, seed = unseal_under(secrets, totp.sealed_seed, use=_USE).partition("\n")
    if owner != _owner(totp):
        raise InvalidToken
    return seed


def _owner(totp: Totp) -> str:
    return f"{totp.agent_id} {totp.uid}"
