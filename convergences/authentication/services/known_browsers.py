"""Browsers in which an agent has signed in before: they are counted apart, so that nobody locks somebody else out."""

import secrets

from convergences.authentication.limits import (
    CODES_FROM_ADDRESS,
    CODES_FROM_BROWSER,
    Source,
    of_account,
    of_address,
    of_known_browser,
)
from convergences.authentication.models import KnownBrowser
from convergences.directory.models import Agent
from convergences.foundations import clock
from convergences.foundations.sealing import digest

TOKEN_BYTES = 32


def source_of(identifier: str, token: str) -> tuple[Source, bool]:
    """Return whose attempts these are, and whether the browser is known to this identifier's agent.

    One query whether the identifier is known or not. The token proves nothing but itself: it opens a counter, no door.
    """
    token_digest = digest(token)
    known = KnownBrowser.objects.filter(agent__email=identifier, token_digest=token_digest).exists()
    return (of_known_browser(identifier, token_digest) if known else of_account(identifier)), known


def source_of_codes(address: str, token: str) -> Source:
    """Return whose requests for mails these are: those of a browser that we know, or of its network.

    A neighbour who has spent what a network may ask for stops no colleague who has signed in here before.
    """
    ours = KnownBrowser.objects.filter(token_digest=digest(token)).exists()
    return Source(CODES_FROM_BROWSER, digest(token)) if ours else of_address(address, limit=CODES_FROM_ADDRESS)


def remember(agent: Agent, token: str) -> str:
    """Remember that the agent signed in here; return the browser's token, a new one unless it has one of ours.

    A token that we never gave is not taken: planted beforehand, it would share its counter with whoever planted it.
    """
    now = clock.now()
    ours = bool(token) and KnownBrowser.objects.filter(token_digest=digest(token)).exists()
    kept = token if ours else secrets.token_urlsafe(TOKEN_BYTES)
    KnownBrowser.objects.update_or_create(
        agent=agent,
        token_digest=digest(kept),
        defaults={"last_used_at": now},
        create_defaults={"created_at": now, "last_used_at": now},
    )
    return kept
