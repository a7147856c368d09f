"""Tables of the ground."""

from django.db import models


class OutboxMessage(models.Model):
    """A mail that must leave, written in the transaction of its cause (DOMAIN, rule 10).

    `sealed_content` is the encrypted JSON of subject, text and HTML (a mail may hold a code); it is blanked once sent.
    """

    kind = models.CharField(max_length=40)
    recipient = models.EmailField(max_length=254)
    sealed_content = models.TextField()
    created_at = models.DateTimeField()
    send_after = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, default="", blank=True)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["send_after"],
                condition=models.Q(sent_at__isnull=True, dead_at__isnull=True),
                name="outbox_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.recipient}"


class SigningKey(models.Model):
    """A key pair that signs what applications receive; the private part is encrypted at rest (DOMAIN, rule 8)."""

    kid = models.CharField(max_length=64, unique=True)
    algorithm = models.CharField(max_length=10)
    public_jwk = models.JSONField()
    sealed_private_jwk = models.TextField()
    created_at = models.DateTimeField()
    signs_from = models.DateTimeField()
    signs_until = models.DateTimeField(null=True)
    published_until = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["algorithm", "signs_from"], name="signing_key_current")]

    def __str__(self) -> str:
        return f"{self.algorithm} {self.kid}"


class DemoLetter(models.Model):
    """A mail delivered to the demo's page instead of a server (`EMAIL_URL=mailbox:`). Empty in production."""

    recipient = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField()
    delivered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-delivered_at"], name="demo_letter_recent")]

    def __str__(self) -> str:
        return f"{self.subject} to {self.recipient}"


class Heartbeat(models.Model):
    """A worker says that it lives, a few times a minute; a row older than that is a worker that stopped or hangs."""

    worker = models.CharField(max_length=100, unique=True)
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.worker} at {self.beat_at:%H:%M:%S}"
