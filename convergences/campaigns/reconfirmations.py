"""Tables of what is asked after elections: that employers confirm their référents."""

import uuid

from django.db import models
from django.db.models import Q


class Reconfirmation(models.Model):
    """The centre asks employers, after elections, to confirm their référents by a day (included). It cuts nobody.

    `filters` as a campaign's. Drained by the worker; `cursor` is the last employer served.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    reason = models.CharField(max_length=120)
    deadline = models.DateField()
    filters = models.JSONField(default=dict)
    cursor = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, default="", blank=True)
    finished_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(finished_at__isnull=True, withdrawn_at__isnull=True),
                name="reconfirmation_under_way",
            )
        ]

    def __str__(self) -> str:
        return self.reason


class Recall(models.Model):
    """What was said to an employer of the last reconfirmation asked of it: marks that nothing is said twice."""

    organization = models.OneToOneField("directory.Organization", on_delete=models.PROTECT, related_name="+")
    reconfirmation = models.ForeignKey(Reconfirmation, on_delete=models.PROTECT, related_name="recalls")
    told_at = models.DateTimeField()
    late_told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["reconfirmation"], condition=Q(late_told_at__isnull=True), name="recall_not_late_yet")
        ]

    def __str__(self) -> str:
        return f"recall of {self.organization_id}"
