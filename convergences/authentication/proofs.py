"""Who stands before a second step, and what a factor that was checked has proved."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from convergences.authentication.models import Session

FactorKind = Literal["totp", "passkey", "passkey_unverified", "recovery_code", "mail"]


@dataclass(frozen=True, slots=True)
class Pending:
    """A right password was typed at `at`, and nothing is open yet. It falls when the password changes."""

    agent_id: int
    password_changed_at: dt.datetime
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class FactorProof:
    """A factor of this agent has just been checked: made by the verbs that check, and by nothing else.

    `passkey_unverified`: the key was touched, and asked its holder for neither code nor finger.
    """

    kind: FactorKind
    agent_id: int


Who = Pending | Session
