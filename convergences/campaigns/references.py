"""References and codes that people copy from paper: letters and digits that cannot be mistaken for one another."""

import re
import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
_UNTOLD = re.compile(r"[^0-9A-Z]")


def new_reference() -> str:
    """Return the reference of an employer in a campaign, `XXXX-XXXX`; it names and proves nothing."""
    return _word(8)


def new_code() -> str:
    """Return the code that only a letter holds, `XXXX-XXXX-XXXX`: 59 bits, tried a few times only."""
    return _word(12)


def typed(code: str) -> str:
    """Return a code as it is compared: capitals alone, whatever was typed between them."""
    return _UNTOLD.sub("", code.upper())


def _word(length: int) -> str:
    signs = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return "-".join(signs[start : start + 4] for start in range(0, length, 4))
