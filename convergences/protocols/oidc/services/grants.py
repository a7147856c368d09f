"""Grants: families of tokens that die together."""

from convergences.audit.services import SYSTEM, About, record
from convergences.foundations import clock
from convergences.protocols.oidc.actions import Action
from convergences.protocols.oidc.models import Client, Grant
from convergences.protocols.oidc.scopes import OFFLINE


def is_offline(client: Client, scope: str) -> bool:
    """Tell whether a grant of this scope outlives the session (OpenID Connect Core, section 11)."""
    return OFFLINE in scope.split() and "refresh_token" in client.grant_types


def revoke(grant: Grant, word: Action) -> None:
    """Revoke a family because of what just came; journaled, for somebody may have stolen something.

    Call it in a transaction. A family already revoked stays as it is: a thief who insists fills no journal.
    """
    now = clock.now()
    if not Grant.objects.filter(pk=grant.pk, revoked_at=None).update(revoked_at=now, revoke_reason=word.value):
        return
    membership = grant.visit.membership
    about = About(
        subject_id=membership.agent_id,
        subject_label=membership.agent.full_name,
        organization_id=membership.organization_id,
        application=grant.client.application.slug,
    )
    record(word, actor=SYSTEM, about=about, client_id=grant.client.client_id)


def close(grant: Grant) -> None:
    """End a family at its client's own wish (RFC 7009): nothing to be alarmed of."""
    Grant.objects.filter(pk=grant.pk, revoked_at=None).update(revoked_at=clock.now(), revoke_reason="by_client")
