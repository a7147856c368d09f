"""A client renews its access token, and its refresh token with it (RFC 6749, section 6; RFC 9700, section 4.14.2)."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from convergences.authentication.services import sessions
from convergences.foundations import clock
from convergences.foundations.sealing import digest
from convergences.foundations.sql.prepared import Prepared, given
from convergences.protocols.oidc import lifetimes, standing
from convergences.protocols.oidc.actions import Action
from convergences.protocols.oidc.errors import InvalidDpopProof, InvalidGrant, InvalidScope
from convergences.protocols.oidc.models import Client, RefreshToken
from convergences.protocols.oidc.services import grants, tokens
from convergences.protocols.oidc.services.exchange import Given

_TOKEN = Prepared(
    lambda: (
        RefreshToken.objects.select_for_update(of=("self",))
        .select_related("grant__visit__session")
        .filter(digest=given("digest"), grant__client=given("client"))
    )
)


@dataclass(frozen=True, slots=True)
class Renewal:
    """What the new access token is to be: its scope and resources, or those of the grant; the key that may use it."""

    scope: str = ""
    dpop_jkt: str = ""
    resources: tuple[str, ...] = ()


def refresh(client: Client, presented: str, wanted: Renewal = Renewal()) -> Given:
    """Give a new access token and the successor of the refresh token.

    A token that was already replaced ends its family, but for a lost answer asked again at once. Raises `InvalidGrant`
    without saying which of its reasons, `InvalidScope` when more is asked than was granted.
    """
    now = clock.now()
    with transaction.atomic():
        token = _locked(client, presented)
        if token is None or token.grant.revoked_at is not None or now >= token.grant.expires_at:
            raise InvalidGrant("The refresh token is invalid")
        if token.grant.dpop_jkt and token.grant.dpop_jkt != wanted.dpop_jkt:
            # Without the key the token is worth nothing: whoever shows it does not end the family of who has the key.
            raise InvalidDpopProof("The refresh token is bound to another key")
        reused = token.used_at is not None and not _is_lost_answer(token, now)
        if reused:
            grants.revoke(token.grant, Action.REFRESH_REUSED)
        else:
            given = _renew(client, token, presented, wanted)
    # Outside the transaction, which must keep the revocation.
    if reused:
        raise InvalidGrant("The refresh token is invalid")
    return given


def _locked(client: Client, clear: str) -> RefreshToken | None:
    return _TOKEN.first(digest=digest(clear), client=client.pk)


def _is_lost_answer(token: RefreshToken, now: dt.datetime) -> bool:
    """Tell whether a second presentation is an answer that got lost: soon, seldom, and its successor never seen."""
    if token.used_at is None or now - token.used_at > lifetimes.LOST_ANSWER or token.uses >= lifetimes.LOST_ANSWER_USES:
        return False
    return not RefreshToken.objects.filter(predecessor=token, used_at__isnull=False).exists()


def _renew(client: Client, token: RefreshToken, presented: str, wanted: Renewal) -> Given:
    grant = token.grant
    narrowed = _narrowed(grant.scope, wanted.scope)
    if standing.of(grant.visit, client.application, offline=grant.offline, now=clock.now()) is None:
        raise InvalidGrant("The refresh token is invalid")
    if not grant.offline:
        # Working in an application is working: the session's idle time counts from here too.
        sessions.touch(grant.visit.session)
    successor = tokens.replace(token, presented)
    access = tokens.give_access(grant, scope=narrowed, dpop_jkt=wanted.dpop_jkt, resources=wanted.resources)
    return Given(grant=grant, scope=narrowed, access_token=access, refresh_token=successor)


def _narrowed(granted: str, asked: str) -> str:
    words = asked.split()
    if not set(words) <= set(granted.split()):
        raise InvalidScope("The scope exceeds what was granted")
    return " ".join(words) or granted
