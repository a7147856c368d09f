"""The protocol's errors: each knows its code, its status, and whether it may travel to the client.

Descriptions are constants in ASCII (RFC 6749, section 4.1.2.1): nothing that was received is ever repeated in one.
"""

from convergences.foundations.errors import Refusal


class OidcRefusal(Exception):  # noqa: N818 - an answer
    """A refusal. `travels`: it may be sent to the redirection URI, now that both client and URI are known."""

    code = "server_error"
    status = 400
    travels = True

    def __init__(self, description: str = "") -> None:
        super().__init__(description or self.code)
        self.description = description


class InvalidRequest(OidcRefusal):
    """A parameter is missing, repeated or malformed (RFC 6749, sections 4.1.2.1 and 5.2)."""

    code = "invalid_request"


class RequestTooLarge(OidcRefusal):
    """More than any honest request holds; refused before anything is looked up."""

    code = "invalid_request"
    travels = False


class UnknownClient(OidcRefusal):
    """No such client: the user is told, and never redirected (RFC 6749, section 4.1.2.1)."""

    code = "invalid_client"
    travels = False


class RedirectUriRefused(OidcRefusal):
    """The redirection URI is not one of the client's: redirecting would make us an open redirector."""

    code = "invalid_request"
    travels = False


class UnauthorizedClient(OidcRefusal):
    """The client may not use this grant (RFC 6749, section 5.2)."""

    code = "unauthorized_client"


class AccessDenied(OidcRefusal):
    """Admission refused, and the client may know it (RFC 6749, section 4.1.2.1)."""

    code = "access_denied"


class UnsupportedResponseType(OidcRefusal):
    """Only `code` is served: no implicit flow (RFC 9700, section 2.1.2)."""

    code = "unsupported_response_type"


class InvalidScope(OidcRefusal):
    """The scope lacks `openid`, or exceeds what was granted (RFC 6749, section 5.2)."""

    code = "invalid_scope"


class LoginRequired(OidcRefusal):
    """`prompt=none`, and nobody is signed in as asked (OpenID Connect Core, section 3.1.2.6)."""

    code = "login_required"


class InteractionRequired(OidcRefusal):
    """`prompt=none`, and a page is needed (OpenID Connect Core, section 3.1.2.6)."""

    code = "interaction_required"


class AccountSelectionRequired(OidcRefusal):
    """`prompt=none`, and the agent must say for which employer (OpenID Connect Core, section 3.1.2.6)."""

    code = "account_selection_required"


class ConsentRequired(OidcRefusal):
    """`prompt=none`, and the agent has not agreed yet (OpenID Connect Core, section 3.1.2.6)."""

    code = "consent_required"


class UnmetAuthenticationRequirements(OidcRefusal):
    """An essential `acr` cannot be had (OpenID Connect Core Error Code unmet_authentication_requirements 1.0)."""

    code = "unmet_authentication_requirements"


class InvalidRequestObject(OidcRefusal):
    """The request object is not one that this client signed for us (RFC 9101, sections 6.2 and 7)."""

    code = "invalid_request_object"


class InvalidRequestUri(OidcRefusal):
    """The pushed request is unknown, another's, expired or already used (RFC 9126, section 2.2; RFC 9101, 7)."""

    code = "invalid_request_uri"


class RequestNotRead(InvalidRequestUri):
    """The request that the application keeps could not be read, or is not where it registered (RFC 9101, section 7)."""


class RequestUriNotSupported(OidcRefusal):
    """This client registered no address: what it pushed alone is read by reference (OpenID Connect Core, 6.2)."""

    code = "request_uri_not_supported"


class RegistrationNotSupported(OidcRefusal):
    """`registration` is not served (OpenID Connect Core, section 7.2.1)."""

    code = "registration_not_supported"


class InvalidClient(OidcRefusal):
    """The client did not prove who it is. One answer for an unknown client and a wrong secret: no list to be drawn."""

    code = "invalid_client"
    status = 401


class InvalidGrant(OidcRefusal):
    """The code or refresh token is unknown, expired, revoked, another's, or admission now refuses (section 5.2)."""

    code = "invalid_grant"


class UnsupportedGrantType(OidcRefusal):
    """The grant is none of those served (RFC 6749, section 5.2)."""

    code = "unsupported_grant_type"


class InvalidTarget(OidcRefusal):
    """The resource is malformed, unknown, or not for this client (RFC 8707, section 2)."""

    code = "invalid_target"


class InvalidDpopProof(OidcRefusal):
    """The proof of possession does not hold, or is not of the right key (RFC 9449, sections 5 and 7.1)."""

    code = "invalid_dpop_proof"


class UseDpopNonce(OidcRefusal):
    """The proof must be made again with the nonce that goes with this answer (RFC 9449, sections 8 and 9)."""

    code = "use_dpop_nonce"


class MissingToken(OidcRefusal):
    """No token was shown: the answer gives the scheme and no error code (RFC 6750, section 3.1)."""

    code = ""
    status = 401


class InvalidToken(OidcRefusal):
    """The token is unknown, expired, revoked, or admission now refuses (RFC 6750, section 3.1)."""

    code = "invalid_token"
    status = 401


class InsufficientScope(OidcRefusal):
    """The token does not reach this resource (RFC 6750, section 3.1)."""

    code = "insufficient_scope"
    status = 403


class InvalidClientMetadata(Refusal):
    """What an engineer wrote of a client cannot be; `field` is the name of RFC 7591."""

    code = "invalid_client_metadata"


class RegistrationNotAllowed(Refusal):
    """An application cannot be allowed to describe itself (RFC 7591, section 3)."""

    code = "registration_not_allowed"


class AlreadyConnected(Refusal):
    """The application has a client: it is changed, never replaced by another."""

    code = "already_connected"

    def __init__(self) -> None:
        super().__init__("Cette application est déjà raccordée : son raccordement se modifie, il ne se recrée pas.")
