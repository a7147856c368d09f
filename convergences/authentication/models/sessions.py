"""Sessions, and the browsers that agents ask us to remember."""

import uuid

from django.db import models
from django.db.models import Q


class Level(models.TextChoices):
    """How strongly a session was authenticated, on ProConnect's scale of 2026; the identity is the employer's word."""

    ONE_FACTOR = "eidas1", "Un mot de passe"
    TWO_STEPS = "eidas1-mfa", "Un mot de passe et un code de secours ou reçu par e-mail"
    TWO_FACTORS = "eidas2", "Deux facteurs"


class RememberedDevice(models.Model):
    """A browser in which a second step was made and need not be made again for a while, for applications that allow it.

    The browser holds a secret of 256 bits, the table its digest.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey("directory.Agent", on_delete=models.CASCADE, related_name="+")
    token_digest = models.CharField(max_length=64, unique=True)
    browser = models.CharField(max_length=80, default="", blank=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["agent", "-last_used_at"], name="remembered_by_agent"),
            models.Index(fields=["expires_at"], name="remembered_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"device {self.uid}"


class Session(models.Model):
    """A sign-in on one browser, kept by the server. `uid` is its public name (OpenID Connect's `sid`).

    `factors` holds RFC 8176 words (`pwd`, `otp`…) and `level` what they are worth (`Level`); `authenticated_at` is the
    sign-in, `password_at` and `second_factor_at` the last time that each was proved in this session. A
    `remembered_device` stands for a second factor proved earlier in this browser, where an application allows it.
    `idle_at` is pushed by use, `expires_at` never moves.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    token_digest = models.CharField(max_length=64, unique=True)
    agent = models.ForeignKey("directory.Agent", on_delete=models.PROTECT, related_name="+")
    factors = models.JSONField(default=list)
    authenticated_at = models.DateTimeField()
    password_at = models.DateTimeField(null=True)
    second_factor_at = models.DateTimeField(null=True)
    level = models.CharField(max_length=12, choices=Level.choices, default=Level.ONE_FACTOR)
    remembered_device = models.ForeignKey(RememberedDevice, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    idle_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=40, default="", blank=True)
    address = models.CharField(max_length=45, default="", blank=True)
    browser = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["agent", "-created_at"], name="session_by_agent"),
            models.Index(fields=["agent"], condition=Q(ended_at__isnull=True), name="session_open_by_agent"),
            models.Index(fields=["idle_at"], condition=Q(ended_at__isnull=True), name="session_idle"),
        ]

    def __str__(self) -> str:
        return f"session {self.uid}"


class MailCode(models.Model):
    """The code that was sent by mail for one session, whose agent has no second factor.

    A keyed digest, bound to the session, the agent and the mailbox; blanked once it has served.
    """

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="+")
    code_digest = models.CharField(max_length=64, default="", blank=True)
    code_expires_at = models.DateTimeField()
    code_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["code_expires_at"], name="mail_code_expiry")]

    def __str__(self) -> str:
        return f"mail code of session {self.session_id}"
