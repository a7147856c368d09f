"""A client gives a token back (RFC 7009)."""

from django.db import transaction
from django.db.models import Q

from convergences.foundations.sealing import digest
from convergences.protocols.oidc.models import AccessToken, Client, RefreshToken
from convergences.protocols.oidc.services import grants


def revoke(client: Client, presented: str) -> None:
    """End what this token gives: a refresh token ends its whole family, an access token itself only (section 2.1).

    A token that is unknown or another client's is left alone without a word (section 2.2).
    """
    with transaction.atomic():
        token = (
            RefreshToken.objects.select_related("grant").filter(digest=digest(presented), grant__client=client).first()
        )
        if token is not None:
            grants.close(token.grant)
            return
        theirs = Q(grant__client=client) | Q(client=client)
        AccessToken.objects.filter(theirs, digest=digest(presented)).delete()
