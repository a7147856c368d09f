"""The order of the checks, and the endpoint that each guards. What comes first decides what an error may reveal."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from convergences.protocols.oidc.checks import client, envelope, individual, meaning, pkce, shape
from convergences.protocols.oidc.checks.asked import Asked


class Endpoint(Enum):
    """Endpoints that a browser brings a request to, and the one where a client leaves it beforehand."""

    AUTHORIZE = "authorize"
    PUSH = "push"
    LOGOUT = "logout"


@dataclass(frozen=True, slots=True)
class Check:
    """One check and where it applies."""

    passes: Callable[[Asked], None]
    endpoints: frozenset[Endpoint]


EVERYWHERE = frozenset(Endpoint)
FROM_A_CLIENT = frozenset({Endpoint.AUTHORIZE, Endpoint.PUSH})
PUSH = frozenset({Endpoint.PUSH})
AUTHORIZE = frozenset({Endpoint.AUTHORIZE})
LOGOUT = frozenset({Endpoint.LOGOUT})

CHECKS: tuple[Check, ...] = (
    Check(shape.is_of_bounded_size, EVERYWHERE),
    Check(client.client_is_known, FROM_A_CLIENT),
    # What the browser carries beside a pushed or signed request counts for nothing from here.
    Check(envelope.pushed_request_is_taken, AUTHORIZE),
    Check(envelope.kept_request_is_read, AUTHORIZE),
    Check(envelope.nothing_is_pushed_by_reference, PUSH),
    Check(envelope.request_object_is_opened, FROM_A_CLIENT),
    Check(client.redirect_uri_is_registered, FROM_A_CLIENT),
    Check(envelope.is_pushed_if_it_must, AUTHORIZE),
    # From here on, an error of authorization travels to the client.
    Check(shape.answers_in_a_known_way, FROM_A_CLIENT),
    Check(shape.repeats_nothing, EVERYWHERE),
    Check(shape.holds_no_null, FROM_A_CLIENT),
    Check(shape.has_plain_state_and_nonce, EVERYWHERE),
    Check(shape.registers_nothing, FROM_A_CLIENT),
    Check(shape.asks_for_a_code, FROM_A_CLIENT),
    Check(pkce.has_a_challenge_if_it_must, FROM_A_CLIENT),
    Check(pkce.challenge_is_s256, FROM_A_CLIENT),
    Check(pkce.key_is_a_thumbprint, FROM_A_CLIENT),
    Check(meaning.scope_holds_openid, FROM_A_CLIENT),
    Check(meaning.resources_are_its_own, FROM_A_CLIENT),
    Check(meaning.prompt_is_understood, FROM_A_CLIENT),
    Check(meaning.max_age_is_a_number, FROM_A_CLIENT),
    Check(meaning.hint_is_ours, EVERYWHERE),
    Check(individual.claims_are_understood, FROM_A_CLIENT),
    Check(client.logout_names_a_client, LOGOUT),
    Check(client.post_logout_redirect_uri_is_registered, LOGOUT),
)


def run(asked: Asked, endpoint: Endpoint) -> None:
    """Run the checks of an endpoint in order; raises the `OidcRefusal` of the first that fails."""
    for check in CHECKS:
        if endpoint in check.endpoints:
            check.passes(asked)
