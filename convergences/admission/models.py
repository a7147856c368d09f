"""Tables of admission."""

import uuid

from django.db import models
from django.db.models import Q


class Visit(models.Model):
    """Session S entered application A by protocol P, for one membership.

    Visits whose session is over, right removed, agent inactive or application closed must end: that is a query, drained
    by the worker, which asks the protocol's room to tell the application (`end_requested_at`, then `ended_at`).
    `told_at`: the application has acknowledged. `given_up_at`: it never did. With neither, there was no way to tell it.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey("authentication.Session", on_delete=models.PROTECT, related_name="+")
    application = models.ForeignKey("catalog.Application", on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey("directory.Membership", on_delete=models.PROTECT, related_name="+")
    protocol = models.CharField(max_length=8)
    entered_at = models.DateTimeField()
    last_entered_at = models.DateTimeField()
    end_requested_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=40, default="", blank=True)
    ended_at = models.DateTimeField(null=True)
    telling_attempts = models.PositiveSmallIntegerField(default=0)
    tell_after = models.DateTimeField(null=True)
    telling_error = models.CharField(max_length=300, default="", blank=True)
    told_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "application", "membership", "protocol"],
                condition=Q(end_requested_at__isnull=True),
                name="visit_open_unique",
            )
        ]
        indexes = [
            models.Index(
                fields=["membership"], condition=Q(end_requested_at__isnull=True), name="visit_open_by_member"
            ),
            models.Index(fields=["end_requested_at"], condition=Q(ended_at__isnull=True), name="visit_ending"),
            models.Index(fields=["given_up_at"], condition=Q(given_up_at__isnull=False), name="visit_given_up"),
        ]

    def __str__(self) -> str:
        return f"visit {self.uid}"


class EmployerChoice(models.Model):
    """For which employer an agent of several opens an application: asked once per application, may be changed."""

    agent = models.ForeignKey("directory.Agent", on_delete=models.CASCADE, related_name="+")
    application = models.ForeignKey("catalog.Application", on_delete=models.CASCADE, related_name="+")
    membership = models.ForeignKey("directory.Membership", on_delete=models.CASCADE, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "application"], name="employer_choice_unique")]

    def __str__(self) -> str:
        return f"{self.agent_id} opens {self.application_id} for {self.membership_id}"
