"""A client brings a code and receives tokens (RFC 6749, section 4.1.3; OpenID Connect Core, section 3.1.3)."""

import datetime as dt
import hmac
import re
from dataclasses import dataclass, field
from typing import Any

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.db import transaction

from convergences.admission.decisions import Enter
from convergences.catalog.models import Application
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.foundations.sql import rows
from convergences.foundations.sql.prepared import Prepared, given
from convergences.protocols.oidc import claims, lifetimes, standing, subjects
from convergences.protocols.oidc.actions import Action
from convergences.protocols.oidc.errors import InvalidGrant
from convergences.protocols.oidc.models import AuthorizationCode, Client, Grant
from convergences.protocols.oidc.services import grants, tokens

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
# The lock makes the second of two simultaneous exchanges wait, and see `used_at`.
_CODE = Prepared(
    lambda: (
        AuthorizationCode.objects.select_for_update(of=("self",))
        .select_related("visit__session")
        .filter(digest=given("digest"), client=given("client"))
    )
)


@dataclass(frozen=True, slots=True)
class Presented:
    """What the client shows with its code."""

    code: str
    redirect_uri: str
    code_verifier: str
    dpop_jkt: str = ""
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """What a client is given, in clear for the only time. Of a refresh, `code` is None and `subject` empty."""

    grant: Grant
    scope: str
    access_token: str
    refresh_token: str = ""
    code: AuthorizationCode | None = None
    subject: str = ""
    told: dict[str, Any] = field(default_factory=dict)


def exchange(client: Client, presented: Presented) -> Given:
    """Exchange a code, once, even when it comes several times at the same instant.

    A code that comes again revokes what it gave (RFC 6749, section 4.1.2). Raises `InvalidGrant`, without saying which
    of its reasons, `InvalidTarget` when more is asked than was granted.
    """
    now = clock.now()
    with transaction.atomic():
        code = _locked(client, presented.code)
        if code is None or not _is_theirs(client, code, presented):
            raise InvalidGrant("The code is invalid")
        given = _take(client, code, presented, now) if code.used_at is None else None
        if given is None:
            _revoke_what_it_gave(code)
    # Outside the transaction, which must keep the revocation.
    if given is None:
        raise InvalidGrant("The code is invalid")
    return given


def _locked(client: Client, clear: str) -> AuthorizationCode | None:
    return _CODE.first(digest=digest(clear), client=client.pk)


def _is_theirs(client: Client, code: AuthorizationCode, presented: Presented) -> bool:
    if client.needs_pkce and not code.code_challenge:
        return False  # given before the client was made to bind its codes
    if code.dpop_jkt and code.dpop_jkt != presented.dpop_jkt:
        return False  # RFC 9449, section 10
    return code.redirect_uri == presented.redirect_uri and _proves(presented.code_verifier, code.code_challenge)


def _proves(verifier: str, challenge: str) -> bool:
    """Tell whether the verifier answers the challenge; one without the other is a downgrade (RFC 9700, 4.8.2)."""
    if not challenge or not verifier:
        return not challenge and not verifier
    if not _VERIFIER.fullmatch(verifier):
        return False
    return hmac.compare_digest(str(create_s256_code_challenge(verifier)), challenge)


def _take(client: Client, code: AuthorizationCode, presented: Presented, now: dt.datetime) -> Given:
    application = client.application
    offline = grants.is_offline(client, code.scope)
    entry = standing.of(code.visit, application, offline=False, now=now)
    if now >= code.expires_at or entry is None:
        raise InvalidGrant("The code is invalid")
    expiry = now + lifetimes.OFFLINE_GRANT if offline else code.visit.session.expires_at
    grant = rows.insert(
        Grant(
            client=client,
            visit=code.visit,
            scope=code.scope,
            claims=code.claims,
            resources=code.resources,
            offline=offline,
            # A client that proves who it is binds its refresh tokens by that already (RFC 9449, section 5).
            dpop_jkt=presented.dpop_jkt if client.is_public else "",
            granted_at=now,
            expires_at=expiry,
        )
    )
    access = tokens.give_access(grant, scope=code.scope, dpop_jkt=presented.dpop_jkt, resources=presented.resources)
    code.used_at, code.grant = now, grant
    rows.update(code, "used_at", "grant")
    may_refresh = "refresh_token" in client.grant_types
    return Given(
        grant=grant,
        scope=code.scope,
        access_token=access,
        refresh_token=tokens.give_first_refresh(grant) if may_refresh else "",
        code=code,
        subject=subjects.of(client, entry.membership.agent),
        told=_told(code, entry, application),
    )


def _told(code: AuthorizationCode, entry: Enter, application: Application) -> dict[str, Any]:
    """Return what the request adds to the ID token (OpenID Connect Core, sections 2 and 5.5)."""
    person = claims.Person(entry.membership, entry.roles)
    named = code.claims.get("id_token", ())
    asked = claims.released(person, scope="", application=application, also=named) if named else {}
    own = {"nonce": code.nonce, "acr": code.claims.get("acr")}
    return {**asked, **{name: value for name, value in own.items() if value}}


def _revoke_what_it_gave(code: AuthorizationCode) -> None:
    if code.grant is not None:
        grants.revoke(code.grant, Action.CODE_REPLAYED)
