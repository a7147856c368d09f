"""What has died is forgotten, so that tables stay the size of what lives."""

import datetime as dt

from django.db import transaction

from convergences.protocols.oidc.models import (
    AccessToken,
    AuthorizationCode,
    Grant,
    PushedRequest,
    RegistrationToken,
    RemoteDocument,
    UsedProof,
)

# A replayed code or an old refresh token must be recognised for as long as somebody may still show it.
KEPT = dt.timedelta(days=1)
BATCH = 500
UNREAD = dt.timedelta(days=30)


def forget_expired(now: dt.datetime) -> int:
    """Delete codes, tokens and grants that expired more than a day ago; return how many grants went.

    At most `BATCH` grants a call, so that no transaction lasts: call it again while it returns that many.
    """
    limit = now - KEPT
    with transaction.atomic():
        PushedRequest.objects.filter(expires_at__lt=limit).delete()
        UsedProof.objects.filter(expires_at__lt=now).delete()
        RemoteDocument.objects.filter(tried_at__lt=now - UNREAD).delete()
        RegistrationToken.objects.filter(expires_at__lt=now).delete()
        AccessToken.objects.filter(expires_at__lt=limit).delete()
        AuthorizationCode.objects.filter(expires_at__lt=limit, grant__isnull=True).delete()
        grants = list(Grant.objects.filter(expires_at__lt=limit).values_list("pk", flat=True)[:BATCH])
        Grant.objects.filter(pk__in=grants).delete()
    return len(grants)
