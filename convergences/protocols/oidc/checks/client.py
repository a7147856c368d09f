"""Who asks, and where the answer may go."""

from convergences.protocols.oidc import queries, redirects
from convergences.protocols.oidc.checks.asked import Asked
from convergences.protocols.oidc.errors import RedirectUriRefused, UnknownClient


def client_is_known(asked: Asked) -> None:
    """The client exists. Else the user is told, and not redirected (RFC 6749, section 4.1.2.1)."""
    given = asked.parameters.get("client_id", ())
    client = queries.client(given[0]) if len(given) == 1 else None
    if client is None:
        raise UnknownClient("The client is unknown")
    asked.client = client


def redirect_uri_is_registered(asked: Asked) -> None:
    """`redirect_uri` is given, once, and equals a registered one (OpenID Connect Core, 3.1.2.1; RFC 9700, 2.1)."""
    given = asked.parameters.get("redirect_uri", ())
    client = asked.known_client
    if len(given) != 1 or not redirects.is_registered(
        given[0], client.redirect_uris, any_loopback_port=client.is_public
    ):
        raise RedirectUriRefused("redirect_uri is not registered")
    asked.return_to = given[0]


def logout_names_a_client(asked: Asked) -> None:
    """`client_id`, or the hint's audience, names the client; both agree (RP-Initiated Logout 1.0, section 2)."""
    audience = str(asked.hint.get("aud", ""))
    client_id = asked.one("client_id") or audience
    if audience and client_id != audience:
        raise UnknownClient("client_id is not the audience of id_token_hint")
    asked.client = queries.client(client_id) if client_id else None


def post_logout_redirect_uri_is_registered(asked: Asked) -> None:
    """`post_logout_redirect_uri` equals a registered one of a client that is named (RP-Initiated Logout, section 3)."""
    uri = asked.one("post_logout_redirect_uri")
    if not uri:
        return
    if asked.client is None or not redirects.is_registered(
        uri, asked.client.post_logout_redirect_uris, any_loopback_port=asked.client.is_public
    ):
        raise RedirectUriRefused("post_logout_redirect_uri is not registered")
    asked.return_to = uri
