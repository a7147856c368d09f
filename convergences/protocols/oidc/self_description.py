"""What an application may say of itself when it registers (RFC 7591, section 2), and what stays the engineer's.

What it may say is named; whatever else a description can hold, today or later, is the engineer's: an application never
gives itself a machine's scope, another's audience, or the right not to ask its users.
"""

from collections.abc import Mapping
from typing import Any

from convergences.protocols.oidc import metadata, queries, scopes
from convergences.protocols.oidc.metadata import refuse
from convergences.protocols.oidc.models import Client

OWN = frozenset(
    {
        "redirect_uris",
        "post_logout_redirect_uris",
        "backchannel_logout_uri",
        "backchannel_logout_session_required",
        "frontchannel_logout_uri",
        "frontchannel_logout_session_required",
        "token_endpoint_auth_method",
        "grant_types",
        "response_types",
        "scope",
        "jwks",
        "jwks_uri",
        "request_uris",
        "id_token_signed_response_alg",
        "userinfo_signed_response_alg",
        "request_object_signing_alg",
        "dpop_bound_access_tokens",
        "require_pushed_authorization_requests",
    }
)
# Said when it registers; changing them later would have its users known by other names.
OWN_ONCE = frozenset({"subject_type", "sector_identifier_uri"})
OURS = frozenset(
    {
        "client_id",
        "client_secret",
        "client_id_issued_at",
        "client_secret_expires_at",
        "registration_access_token",
        "registration_client_uri",
    }
)
# What is not understood is ignored, as RFC 7591 wants; these are understood, and would promise what nothing holds.
UNSERVED = frozenset(
    {
        "id_token_encrypted_response_alg",
        "id_token_encrypted_response_enc",
        "userinfo_encrypted_response_alg",
        "userinfo_encrypted_response_enc",
        "request_object_encryption_alg",
        "request_object_encryption_enc",
        "introspection_encrypted_response_alg",
        "introspection_encrypted_response_enc",
        "introspection_signed_response_alg",
        "authorization_signed_response_alg",
        "authorization_encrypted_response_alg",
        "authorization_encrypted_response_enc",
        "tls_client_certificate_bound_access_tokens",
        "require_signed_request_object",
        "default_max_age",
        "software_statement",
    }
)
_MACHINE_GRANT = "client_credentials"
_ENGINEERS = "seul l’ingénieur du centre change ce réglage"


def own(given: Mapping[str, Any], *, present: Client | None) -> dict[str, Any]:
    """Return what `clients.define` may take of this description; `present`: the client that it would change.

    What the application leaves out is emptied (RFC 7592, section 2.2); what is the engineer's stays as it is. Raises
    `InvalidClientMetadata`, whose `field` is the name at fault.
    """
    described = queries.metadata_of(present) if present is not None else {}
    may_say = OWN if present is not None else OWN | OWN_ONCE
    for name in sorted(set(given) & (OWN | OWN_ONCE | UNSERVED) - metadata.FIELDS.keys()):
        if given[name] not in (None, False):
            raise refuse(name, "ce réglage n’est pas servi ; retirez-le")
    for name in sorted(set(given) & metadata.FIELDS.keys() - may_say - OURS):
        if (given[name] or None) != (described.get(name) or None):
            raise refuse(name, _ENGINEERS)
    _refuse_machine(given, described)
    kept = {name: value for name, value in described.items() if name not in may_say}
    return {**kept, **{name: value for name, value in given.items() if name in may_say & metadata.FIELDS.keys()}}


def _refuse_machine(given: Mapping[str, Any], described: Mapping[str, Any]) -> None:
    """Refuse what would let the application act without an agent, unless an engineer gave it that already."""
    grants, scope = given.get("grant_types"), given.get("scope")
    if isinstance(grants, list) and _MACHINE_GRANT in grants and _MACHINE_GRANT not in described.get("grant_types", ()):
        raise refuse("grant_types", f"{_MACHINE_GRANT} : {_ENGINEERS}")
    if isinstance(scope, str) and set(scopes.of_machine(scope)) - set(scopes.of_machine(described.get("scope", ""))):
        raise refuse("scope", f"choisissez parmi {', '.join(scopes.SUPPORTED)}")
