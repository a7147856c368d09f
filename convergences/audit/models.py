"""The journal's table."""

from django.db import models


class AuditEvent(models.Model):
    """One line of the journal. Append-only: triggers of the database refuse updates (but sealing) and deletions.

    Identifiers are plain numbers and texts, never foreign keys: the journal survives whom it names.
    """

    at = models.DateTimeField()
    action = models.CharField(max_length=60)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=200)
    subject_id = models.BigIntegerField(null=True)
    subject_label = models.CharField(max_length=200, default="")
    organization_id = models.BigIntegerField(null=True)
    application = models.CharField(max_length=60, default="")
    details = models.JSONField(default=dict)
    address = models.CharField(max_length=45, default="")
    browser = models.CharField(max_length=80, default="")
    search_text = models.CharField(max_length=420, default="")
    sequence = models.BigIntegerField(null=True, unique=True)
    seal = models.CharField(max_length=64, default="")

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "-at"], name="audit_organization"),
            models.Index(fields=["subject_id", "-at"], name="audit_subject"),
            models.Index(fields=["actor_id", "-at"], name="audit_actor"),
            models.Index(fields=["-at"], name="audit_recent"),
            models.Index(fields=["id"], condition=models.Q(sequence__isnull=True), name="audit_unsealed"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action}"


class AuditOrigin(models.Model):
    """Where the journal begins, once its oldest events were purged (a single row, or none).

    `seal` is that of the last event purged: the first one kept is chained to it. `events`: how many went in all;
    `anomalies`: how many faults they showed, which no purge may wipe out; `until`: when the last of them happened.
    `code`: an HMAC of all this, so that whoever removes events cannot say that they were purged.
    """

    sequence = models.BigIntegerField(default=0)
    seal = models.CharField(max_length=64, default="")
    events = models.BigIntegerField(default=0)
    anomalies = models.BigIntegerField(default=0)
    until = models.DateTimeField(null=True)
    code = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"purged up to {self.sequence}"


class AuditHead(models.Model):
    """The last sealed position (a single row): a journal cut at its end no longer meets it."""

    sequence = models.BigIntegerField(default=0)
    seal = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return f"sealed up to {self.sequence}"
