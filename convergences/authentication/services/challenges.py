"""Challenges of passkeys: nothing is written when one is given, so that a page that asks for one only reads.

The browser carries it sealed, with what it is for and whom it binds; answering it spends it, once in all processes.
"""

import datetime as dt
import json
import secrets
from dataclasses import dataclass
from enum import Enum

from cryptography.fernet import InvalidToken
from django.db import IntegrityError, transaction
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from convergences.authentication.errors import ChallengeOver
from convergences.authentication.models import Session, SpentChallenge
from convergences.authentication.proofs import Who
from convergences.foundations import clock
from convergences.foundations.sealing import digest, seal, unseal

LASTS = dt.timedelta(minutes=10)
BYTES = 32
_USE = "authentication/passkey-challenge"


class For(Enum):
    """What a challenge is for: an answer to one is no answer to another."""

    ADD = "add"
    PROVE = "prove"
    SIGN_IN = "sign_in"


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge that was given, and until when it may be answered."""

    value: bytes
    until: dt.datetime


def bound_to(who: Who) -> str:
    """Return the name of whom a challenge is given to: one session, or one password typed right."""
    if isinstance(who, Session):
        return f"session {who.uid}"
    return f"pending {who.agent_id} {who.password_changed_at.isoformat()} {who.at.isoformat()}"


def give(purpose: For, who: Who | None) -> tuple[bytes, str]:
    """Return a new challenge, and the same sealed for the browser to bring back."""
    value = secrets.token_bytes(BYTES)
    content = {
        "value": bytes_to_base64url(value),
        "for": purpose.value,
        "who": bound_to(who) if who else "",
        "until": (clock.now() + LASTS).timestamp(),
    }
    return value, seal(json.dumps(content), use=_USE)


def opened(sealed: str, purpose: For, who: Who | None) -> Challenge:
    """Return what was given for this purpose to this person; raises `ChallengeOver` for anything else, or too late."""
    try:
        content = json.loads(unseal(sealed, use=_USE))
    except (InvalidToken, UnicodeEncodeError):
        raise ChallengeOver from None
    until = dt.datetime.fromtimestamp(content["until"], tz=dt.UTC)
    meant = content["for"] == purpose.value and content["who"] == (bound_to(who) if who else "")
    if not meant or until <= clock.now():
        raise ChallengeOver
    return Challenge(base64url_to_bytes(content["value"]), until)


def spend(challenge: Challenge) -> None:
    """Take the challenge, in the current transaction; raises `ChallengeOver` when it was taken before."""
    try:
        with transaction.atomic():
            SpentChallenge.objects.create(
                digest=digest(bytes_to_base64url(challenge.value)), expires_at=challenge.until
            )
    except IntegrityError:
        raise ChallengeOver from None
