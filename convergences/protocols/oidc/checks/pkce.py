"""What a code is bound to: a verifier (RFC 7636, RFC 9700 section 2.1.1), and a key where one is named (RFC 9449)."""

import re

from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.errors import InvalidRequest

# The S256 of anything is 43 characters of base64url (RFC 7636, section 4.2).
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_THUMBPRINT = _CHALLENGE


def has_a_challenge_if_it_must(asked: Asked) -> None:
    """A public client gives a challenge: without one a stolen code is as good as a token (RFC 9700, 2.1.1).

    So does any that is set to (ASVS 5.0, 10.4.6): a code slipped into another's browser then serves nobody.
    """
    if asked.known_client.needs_pkce and not asked.one("code_challenge"):
        raise InvalidRequest("code_challenge is required")


def challenge_is_s256(asked: Asked) -> None:
    """The method is S256: `plain`, also the default of a silent request, shows the verifier (RFC 9700, 2.1.1)."""
    challenge, method = asked.one("code_challenge"), asked.one("code_challenge_method")
    if not challenge and not method:
        return
    if not challenge:
        raise InvalidRequest("code_challenge is missing")
    if method != "S256":
        raise InvalidRequest("code_challenge_method must be S256")
    if not _CHALLENGE.fullmatch(challenge):
        raise InvalidRequest("code_challenge is malformed")


def key_is_a_thumbprint(asked: Asked) -> None:
    """`dpop_jkt` is the SHA-256 thumbprint of the key that alone may exchange the code (RFC 9449, section 10)."""
    named = asked.one("dpop_jkt")
    if named and not _THUMBPRINT.fullmatch(named):
        raise InvalidRequest("dpop_jkt is malformed")
