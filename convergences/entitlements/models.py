"""Tables of rights."""

import uuid

from django.db import models
from django.db.models import Q


class Entitlement(models.Model):
    """This membership may open this application with these roles (habilitation, droit d'accès).

    A change closes the row and writes another: the table is its own history. `seat` is the number this right occupies
    under a subscription with limited seats; its uniqueness in the database is what makes two simultaneous grants of the
    last seat impossible. `ends_on` is the last day, included.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey("directory.Membership", on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey("directory.Organization", on_delete=models.PROTECT, related_name="+")
    application = models.ForeignKey("catalog.Application", on_delete=models.PROTECT, related_name="+")
    roles = models.JSONField(default=list)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    seat = models.PositiveIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=300, default="", blank=True)
    granted_at = models.DateTimeField()
    granted_by_id = models.BigIntegerField(null=True)
    granted_by = models.CharField(max_length=200, default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=200, default="", blank=True)
    close_reason = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["membership", "application"],
                condition=Q(closed_at__isnull=True),
                name="entitlement_open_unique",
                violation_error_message="Cet agent a déjà un droit sur cette application.",
            ),
            models.UniqueConstraint(
                fields=["organization", "application", "seat"],
                condition=Q(closed_at__isnull=True, seat__isnull=False),
                name="entitlement_seat_unique",
                violation_error_message="Toutes les places de l’abonnement sont prises.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="entitlement_dates_ordered",
                violation_error_message="La date de fin précède la date de début.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "ends_on"],
                condition=Q(closed_at__isnull=True, ends_on__isnull=False),
                name="entitlement_expiring",
            ),
            models.Index(
                fields=["ends_on"],
                condition=Q(closed_at__isnull=True, ends_on__isnull=False),
                name="entitlement_by_end",
            ),
            models.Index(
                fields=["organization", "application"], condition=Q(closed_at__isnull=True), name="entitlement_current"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} on {self.application_id}"
