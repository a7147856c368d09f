"""Tables of what leaves for many employers: mailings, and the volumes of letters. `models` gives them to Django."""

import uuid

from django.db import models
from django.db.models import Q


class MailingKind(models.TextChoices):
    """What a mailing sends."""

    LAUNCH = "launch", "Envoi du formulaire"
    REMINDER = "reminder", "Relance"
    LETTERS = "letters", "Courriers"


class LetterScope(models.TextChoices):
    """Which of the employers that have not answered letters are made for."""

    FIRST = "first", "Ceux qui n’ont pas encore eu de courrier"
    UNADDRESSED = "unmailed", "Ceux qui n’ont pas d’adresse e-mail officielle"
    SILENT = "silent", "Tous ceux qui n’ont pas répondu"


class Mailing(models.Model):
    """A long work of a campaign: mails or letters for many employers. Restartable: what is done is on each invitation.

    `only`: the invitations chosen, all those concerned when empty; `narrowed`: a part of the employers, for a reminder.
    `cursor`: the last employer enrolled, or the last invitation seen; a launch enrols first (`enrolled_at`).
    `scope`: who letters are for; `posted_at`: when they were.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey("campaigns.Campaign", on_delete=models.PROTECT, related_name="mailings")
    kind = models.CharField(max_length=10, choices=MailingKind.choices)
    day = models.DateField()
    only = models.JSONField(default=list)
    narrowed = models.JSONField(default=dict)
    cursor = models.BigIntegerField(default=0)
    enrolled_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, default="", blank=True)
    finished_at = models.DateTimeField(null=True)
    scope = models.CharField(max_length=10, choices=LetterScope.choices, default="", blank=True)
    posted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "kind", "day"], condition=Q(created_by=""), name="mailing_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["campaign"],
                condition=Q(kind=MailingKind.LETTERS, finished_at__isnull=True),
                name="mailing_letters_one_at_once",
            ),
        ]
        indexes = [models.Index(fields=["created_at"], condition=Q(finished_at__isnull=True), name="mailing_under_way")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.campaign_id}"


class Volume(models.Model):
    """Letters of a mailing that are one PDF: those of its invitations from `first` to `last` made at `made_at`.

    The codes of the letters take effect with the volume, together or not at all. `file` is sealed: it holds codes. It
    goes some days later (`deleted_at`). `maker`: the worker that draws it, or did; `tries`: how often in vain.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="volumes")
    number = models.PositiveIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    maker = models.CharField(max_length=120)
    tries = models.PositiveSmallIntegerField(default=0)
    letters = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    file = models.FileField(upload_to="letters/", blank=True)
    made_at = models.DateTimeField(null=True)
    downloaded_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["mailing", "number"], name="volume_unique")]
        indexes = [models.Index(fields=["made_at"], condition=~Q(file=""), name="volume_with_file")]

    def __str__(self) -> str:
        return f"volume {self.number} of {self.mailing_id}"
