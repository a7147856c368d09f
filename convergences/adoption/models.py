"""Figures that the worker writes once a day, so that looking at them costs the same whatever the number of agents."""

from django.db import models
from django.db.models import Q


class Headcount(models.Model):
    """How many accounts an employer has, and how many of them nobody has ever opened (`waiting`)."""

    organization = models.OneToOneField("directory.Organization", on_delete=models.CASCADE, related_name="+")
    accounts = models.PositiveIntegerField()
    waiting = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["-waiting", "organization"], condition=Q(waiting__gt=0), name="headcount_by_waiting")
        ]

    def __str__(self) -> str:
        return f"accounts of {self.organization_id}"


class RightsFigure(models.Model):
    """How many rights on an application served at the end of a month; at the last count, for the month that goes on.

    A month that is over and was counted since is never counted again: its figures outlive the rights that made them.
    """

    application = models.ForeignKey("catalog.Application", on_delete=models.CASCADE, related_name="+")
    month = models.DateField()  # its first day
    rights = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "month"], name="rights_figure_once")]
        indexes = [models.Index(fields=["month", "counted_at"], name="rights_figure_by_month")]

    def __str__(self) -> str:
        return f"rights on {self.application_id}, {self.month:%Y-%m}"
