"""Tables about the centre's own agents: their roles over all organizations, and when they can be reached."""

import datetime as dt

from django.db import models
from django.db.models import Q


class Role(models.TextChoices):
    """Roles of the centre's own agents, over all organizations."""

    CORRESPONDENT = "correspondent", "Correspondant CIG"
    ENGINEER = "engineer", "Administrateur technique"
    AUDITOR = "auditor", "Auditeur / DPO"


class StaffRole(models.Model):
    """An agent of the centre holds a role over all organizations."""

    agent = models.ForeignKey("directory.Agent", on_delete=models.PROTECT, related_name="staff_roles")
    role = models.CharField(max_length=15, choices=Role.choices)
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "role"], name="staff_role_unique")]

    def __str__(self) -> str:
        return f"{self.agent_id} {self.role}"


class Presence(models.Model):
    """When a correspondant can be reached, and who replaces them while they are away. An absence ends by itself."""

    agent = models.OneToOneField("directory.Agent", on_delete=models.CASCADE, related_name="presence")
    hours = models.CharField(max_length=120, default="", blank=True)
    absent_from = models.DateField(null=True)
    absent_until = models.DateField(null=True)
    replaced_by = models.ForeignKey("directory.Agent", null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(absent_from__isnull=True, absent_until__isnull=True)
                | Q(absent_from__isnull=False, absent_until__isnull=False, absent_until__gte=models.F("absent_from")),
                name="presence_dates_ordered",
            )
        ]

    def __str__(self) -> str:
        return f"presence of {self.agent_id}"

    def is_away(self, day: dt.date) -> bool:
        """Say whether the correspondant is away on a day."""
        if self.absent_from is None or self.absent_until is None:
            return False
        return self.absent_from <= day <= self.absent_until
