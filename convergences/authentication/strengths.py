"""What each way in is worth: the words of RFC 8176 and a level of ProConnect's scale. What happened, never more."""

from dataclasses import dataclass, replace

from convergences.authentication.models import Level, RememberedDevice, Session
from convergences.authentication.proofs import FactorKind

ORDER = ("pwd", "otp", "pop", "mail", "mfa")
# A mail code is no second factor: a mailbox opens with the same password too often.
SECOND_FACTORS = frozenset({"otp", "pop"})
_LEVELS = (Level.ONE_FACTOR, Level.TWO_STEPS, Level.TWO_FACTORS)


@dataclass(frozen=True, slots=True)
class Strength:
    """What was proved, its level, and the remembered device that stood for the rest, if any."""

    factors: tuple[str, ...]
    level: Level
    device: RememberedDevice | None = None

    @property
    def second_factor(self) -> bool:
        """A second factor was proved, here and now."""
        return bool(SECOND_FACTORS & set(self.factors))


PASSWORD = Strength(("pwd",), Level.ONE_FACTOR)
PASSKEY_ALONE = Strength(("pop", "mfa"), Level.TWO_FACTORS)
ADDED: dict[FactorKind, Strength] = {
    "totp": Strength(("otp", "mfa"), Level.TWO_FACTORS),
    "passkey": Strength(("pop", "mfa"), Level.TWO_FACTORS),
    "passkey_unverified": Strength(("pop", "mfa"), Level.TWO_STEPS),
    "recovery_code": Strength(("otp",), Level.TWO_STEPS),
    "mail": Strength(("mail",), Level.TWO_STEPS),
}


def after_password(kind: FactorKind) -> Strength:
    """Return what a password and this factor are worth together."""
    return _together(PASSWORD.factors, PASSWORD.level, ADDED[kind])


def with_device(device: RememberedDevice) -> Strength:
    """Return what a password is worth in a trusted device: no more, for nothing else was proved today."""
    return replace(PASSWORD, device=device)


def of_session(session: Session, added: Strength) -> Strength:
    """Return what a session is worth once this is proved in it too: it only ever rises."""
    return _together(tuple(session.factors), Level(session.level), added)


def _together(factors: tuple[str, ...], level: Level, added: Strength) -> Strength:
    words = {*factors, *added.factors}
    ordered = tuple(word for word in ORDER if word in words)
    return Strength(ordered, max(level, added.level, key=_LEVELS.index))
