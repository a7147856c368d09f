"""A login identifier, however it was typed."""

import unicodedata

from convergences.foundations.sealing import keyed_digest

LONGEST = 254  # RFC 5321, section 4.5.3.1.3


def normalised(typed: str) -> str:
    """Return the identifier as accounts keep it: trimmed, NFC, lower case; never longer than an address may be."""
    # PostgreSQL takes neither NUL nor half characters; an identifier that holds them is nobody's, not a breakdown.
    sound = typed.replace("\x00", "?").encode(errors="replace").decode()
    return unicodedata.normalize("NFC", sound.strip()[: LONGEST + 1]).lower()


def identifier_digest(identifier: str) -> str:
    """Return what stands for a normalised identifier where it may be nobody's: the journal, codes, counters.

    Keyed, because addresses of agents are few enough to be found again from a bare hash.
    """
    return keyed_digest(identifier, use="authentication/identifier")
