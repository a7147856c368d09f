"""Tables of authentication. Secrets are kept as digests only (DOMAIN, rule 8)."""

from django.db import models


class Password(models.Model):
    """An agent's password, argon2id. No row: first visit is still to come."""

    agent = models.OneToOneField("directory.Agent", on_delete=models.CASCADE, related_name="+")
    hash = models.CharField(max_length=200)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"password of {self.agent_id}"


class Purpose(models.TextChoices):
    """What a single-use code opens."""

    FIRST_VISIT = "first_visit", "Première visite"
    RESET = "reset", "Réinitialisation"


class SingleUseCode(models.Model):
    """A code of 6 digits and the link of the same mail, for one password chosen once.

    A row is written for an unknown identifier too (`agent` null): the work, and so the time, is the same (rule 7).
    `code_digest` is blanked when the code is typed, `used_at` is set when the password is chosen.
    """

    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    agent = models.ForeignKey("directory.Agent", null=True, on_delete=models.CASCADE, related_name="+")
    identifier_digest = models.CharField(max_length=64)
    code_digest = models.CharField(max_length=64, default="", blank=True)
    link_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["purpose", "identifier_digest", "-created_at"], name="code_by_identifier"),
            models.Index(fields=["expires_at"], name="code_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.pk}"


class AttemptCounter(models.Model):
    """Attempts of one source under one limit: an account, an address, a known browser on an account.

    `key` is a keyed digest. `failures` is forgiven little by little (`forgiven_at` is where that stands);
    `window_count` is what happened since `window_started_at`.
    """

    key = models.CharField(max_length=64, unique=True)
    failures = models.PositiveIntegerField(default=0)
    forgiven_at = models.DateTimeField()
    window_count = models.PositiveIntegerField(default=0)
    window_started_at = models.DateTimeField()
    blocked_until = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["updated_at"], name="attempts_by_age")]

    def __str__(self) -> str:
        return f"{self.failures} failures"


class KnownBrowser(models.Model):
    """A browser in which an agent has signed in: it keeps its own counter, so that nobody locks somebody else out."""

    agent = models.ForeignKey("directory.Agent", on_delete=models.CASCADE, related_name="+")
    token_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "token_digest"], name="known_browser_unique")]
        indexes = [
            models.Index(fields=["token_digest"], name="known_browser_token"),
            models.Index(fields=["last_used_at"], name="known_browser_by_age"),
        ]

    def __str__(self) -> str:
        return f"browser of {self.agent_id}"
