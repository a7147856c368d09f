"""Second factors and what becomes of them. Seeds are encrypted, codes are digests (DOMAIN, rule 8).

A factor counts while `removed_at` and `frozen_at` are null (and, for an application of codes, once `confirmed_at` is
set). What is removed is erased after a week; contested meanwhile, it is frozen: it guards the account and
opens nothing.
"""

import uuid

from django.db import models
from django.db.models import Q


class Totp(models.Model):
    """An application that shows codes (RFC 6238). `last_step`: the last period whose code was taken, never again."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey("directory.Agent", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    sealed_seed = models.TextField()
    last_step = models.BigIntegerField(default=-1)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["agent"], name="totp_by_agent"),
            models.Index(fields=["removed_at"], condition=Q(removed_at__isnull=False), name="totp_removed"),
        ]

    def __str__(self) -> str:
        return f"codes of {self.agent_id}"


class Passkey(models.Model):
    """A WebAuthn credential. `credential_id` in base64url; `public_key` is COSE; `synced`: backup eligible (flag BE).

    `sign_count` may only grow where it is kept; one that goes back is a copy, and freezes the passkey.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey("directory.Agent", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    credential_id = models.CharField(max_length=1400, unique=True)
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField(default=0)
    transports = models.JSONField(default=list)
    discoverable = models.BooleanField(default=False)
    synced = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["agent"], name="passkey_by_agent"),
            models.Index(fields=["removed_at"], condition=Q(removed_at__isnull=False), name="passkey_removed"),
        ]

    def __str__(self) -> str:
        return f"passkey of {self.agent_id}"


class SpentChallenge(models.Model):
    """A WebAuthn challenge that was answered: it is taken once, whatever the process."""

    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="spent_challenge_expiry")]

    def __str__(self) -> str:
        return f"challenge until {self.expires_at}"


class RecoveryCode(models.Model):
    """One of the ten codes of a set, kept as a keyed digest. A new set removes the former; a code serves once."""

    agent = models.ForeignKey("directory.Agent", on_delete=models.CASCADE, related_name="+")
    batch = models.UUIDField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "digest"], name="recovery_code_unique")]
        indexes = [models.Index(fields=["removed_at"], condition=Q(removed_at__isnull=False), name="codes_removed")]

    def __str__(self) -> str:
        return f"recovery code of {self.agent_id}"


class ChangeKind(models.TextChoices):
    """A change of the ways in, of which the agent is told by mail and which they may contest."""

    TOTP_ADDED = "totp_added", "Application de codes ajoutée"
    TOTP_REMOVED = "totp_removed", "Application de codes retirée"
    PASSKEY_ADDED = "passkey_added", "Clé d’accès ajoutée"
    PASSKEY_REMOVED = "passkey_removed", "Clé d’accès retirée"
    CODES_MADE = "codes_made", "Codes de secours créés"
    RECOVERY_STARTED = "recovery_started", "Récupération demandée"
    RECOVERY_OPENED = "recovery_opened", "Récupération possible"
    RECOVERY_FINISHED = "recovery_finished", "Retour par une récupération"


class SecurityChange(models.Model):
    """A change of the ways in and the secret of its mail, by which the agent says « Ce n'est pas moi ».

    `added` and `removed` name what to freeze then: `{"totp": [ids], "passkey": [ids], "codes": [...]}`.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey("directory.Agent", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=ChangeKind.choices)
    link_digest = models.CharField(max_length=64, unique=True)
    added = models.JSONField(default=dict)
    removed = models.JSONField(default=dict)
    made_by = models.CharField(max_length=200, default="", blank=True)  # empty: by the agent
    browser = models.CharField(max_length=80, default="", blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    contested_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["agent", "-created_at"], name="change_by_agent"),
            models.Index(fields=["expires_at"], name="change_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.agent_id}"


class Recovery(models.Model):
    """A way back for an agent who has lost every second factor: started by who answers for them, finished by the agent.

    Usable from `opens_at` (a delay during which the agent is told) until `expires_at`; a code by mail finishes it.
    `address_digest`: the mailbox that the agent had then, which is the only one that may finish it. `session`: where
    that code was typed, at `proved_at`; a new means is added there, which sets `finished_at`.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey("directory.Agent", on_delete=models.CASCADE, related_name="+")
    started_by = models.ForeignKey(
        "directory.Agent", null=True, on_delete=models.PROTECT, related_name="+"
    )  # none: operator
    organization = models.ForeignKey("directory.Organization", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    opens_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    told_open_at = models.DateTimeField(null=True)
    address_digest = models.CharField(max_length=64, default="", blank=True)
    session = models.ForeignKey("authentication.Session", null=True, on_delete=models.SET_NULL, related_name="+")
    proved_at = models.DateTimeField(null=True)
    code_digest = models.CharField(max_length=64, default="", blank=True)
    code_expires_at = models.DateTimeField(null=True)
    code_tries = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agent"],
                condition=Q(finished_at__isnull=True, cancelled_at__isnull=True),
                name="recovery_one_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["opens_at"], name="recovery_opening")]

    def __str__(self) -> str:
        return f"recovery of {self.agent_id}"


class Proposal(models.Model):
    """The portal proposed a second factor to this agent, once, and they have seen or answered it."""

    agent = models.OneToOneField("directory.Agent", on_delete=models.CASCADE, related_name="+")
    answered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"proposal to {self.agent_id}"
