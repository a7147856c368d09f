"""Tables of authentication: ways in, second factors, sessions."""

from convergences.authentication.models.factors import (
    ChangeKind,
    Passkey,
    Proposal,
    Recovery,
    RecoveryCode,
    SecurityChange,
    SpentChallenge,
    Totp,
)
from convergences.authentication.models.sessions import Level, MailCode, RememberedDevice, Session
from convergences.authentication.models.ways_in import AttemptCounter, KnownBrowser, Password, Purpose, SingleUseCode

__all__ = [
    "AttemptCounter",
    "ChangeKind",
    "KnownBrowser",
    "Level",
    "MailCode",
    "Passkey",
    "Password",
    "Proposal",
    "Purpose",
    "Recovery",
    "RecoveryCode",
    "RememberedDevice",
    "SecurityChange",
    "Session",
    "SingleUseCode",
    "SpentChallenge",
    "Totp",
]
