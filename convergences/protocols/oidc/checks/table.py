"""The order of the checks, and the endpoint that each guards. What comes first decides what an error may reveal."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from convergences.protocols.oidc.checks import client, meaning, pkce, shape
from convergences.protocols.oidc.checks.asked import Asked


class Endpoint(Enum):
    """Endpoints that a browser brings a request to."""

    AUTHORIZE = "authorize"
    LOGOUT = "logout"


@dataclass(frozen=True, slots=True)
class Check:
    """One check and where it applies."""

    passes: Callable[[Asked], None]
    endpoints: frozenset[Endpoint]


BOTH = frozenset(Endpoint)
AUTHORIZE = frozenset({Endpoint.AUTHORIZE})
LOGOUT = frozenset({Endpoint.LOGOUT})

CHECKS: tuple[Check, ...] = (
    Check(shape.is_of_bounded_size, BOTH),
    Check(client.client_is_known, AUTHORIZE),
    Check(client.redirect_uri_is_registered, AUTHORIZE),
    # From here on, an error of authorization travels to the client.
    Check(shape.repeats_nothing, BOTH),
    Check(shape.has_plain_state_and_nonce, BOTH),
    Check(shape.asks_no_request_object, AUTHORIZE),
    Check(shape.asks_for_a_code, AUTHORIZE),
    Check(shape.answers_in_the_query, AUTHORIZE),
    Check(pkce.has_a_challenge_if_public, AUTHORIZE),
    Check(pkce.challenge_is_s256, AUTHORIZE),
    Check(meaning.scope_holds_openid, AUTHORIZE),
    Check(meaning.prompt_is_understood, AUTHORIZE),
    Check(meaning.max_age_is_a_number, AUTHORIZE),
    Check(meaning.hint_is_ours, BOTH),
    Check(client.logout_names_a_client, LOGOUT),
    Check(client.post_logout_redirect_uri_is_registered, LOGOUT),
)


def run(asked: Asked, endpoint: Endpoint) -> None:
    """Run the checks of an endpoint in order; raises the `OidcRefusal` of the first that fails."""
    for check in CHECKS:
        if endpoint in check.endpoints:
            check.passes(asked)
