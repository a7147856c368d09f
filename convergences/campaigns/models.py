"""Tables of the designation of référents. Links and codes are kept as digests (DOMAIN, rule 8)."""

import uuid

from django.db import models
from django.db.models import Q

from convergences.campaigns.mailings import LetterScope, Mailing, MailingKind, Volume
from convergences.campaigns.reconfirmations import Recall, Reconfirmation
from convergences.foundations import clock

__all__ = ["LetterScope", "Mailing", "MailingKind", "Recall", "Reconfirmation", "Volume"]  # besides those written below


class CampaignState(models.TextChoices):
    """Life of a campaign."""

    DRAFT = "draft", "En préparation"
    RUNNING = "running", "En cours"
    PAUSED = "paused", "En pause"
    CLOSED = "closed", "Close"


class Campaign(models.Model):
    """The centre asks employers to name their référents, before a deadline (included).

    `filters` says which employers at launch (`departments`, `kinds`, `affiliations`: lists, empty for all;
    `unanswered_of`, `to_confirm_of`: the uid of a former campaign, of a reconfirmation); `reminders` are the days of
    reminders, as ISO dates.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=8, choices=CampaignState.choices, default=CampaignState.DRAFT)
    deadline = models.DateField()
    filters = models.JSONField(default=dict)
    applications = models.ManyToManyField("catalog.Application", related_name="+")
    reminders = models.JSONField(default=list)
    mail_subject = models.CharField(max_length=160)
    mail_text = models.TextField(max_length=4000)
    letter_text = models.TextField(max_length=4000)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, default="", blank=True)
    launched_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class InvitationState(models.TextChoices):
    """How far an employer is. Late is not a state: it is a question about the deadline."""

    WAITING = "waiting", "À envoyer"
    SENT = "sent", "Formulaire envoyé"
    OPENED = "opened", "Formulaire ouvert, non envoyé"
    RECEIVED = "received", "Réponse à vérifier"
    SENT_BACK = "sent_back", "Renvoyée pour correction"
    VALIDATED = "validated", "Désignation validée"
    WITHDRAWN = "withdrawn", "Retirée de la campagne"


class Invitation(models.Model):
    """One employer in one campaign. `reference` is on the letter and in the mails; it proves nothing.

    `letter_code_digest`: keyed digest of the one code that only the letter holds; printing a letter again replaces it.
    `letter_printed_by`: who printed this one letter, alone to have held its code before the employer did.
    `letter_problem`: why no letter could be drawn, until letters are asked for again.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="invitations")
    organization = models.ForeignKey("directory.Organization", on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=16, unique=True)
    state = models.CharField(max_length=10, choices=InvitationState.choices, default=InvitationState.WAITING)
    letter_code_digest = models.CharField(max_length=64, default="", blank=True)
    letter_made_at = models.DateTimeField(null=True)
    letter_printed_by = models.ForeignKey("directory.Agent", null=True, on_delete=models.SET_NULL, related_name="+")
    code_tries = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)
    mail_problem = models.CharField(max_length=200, default="", blank=True)
    opened_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    letter_problem = models.CharField(max_length=200, default="", blank=True)
    reminded_at = models.DateTimeField(null=True)
    reminded_for = models.DateField(null=True)
    reminder_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["campaign", "organization"], name="invitation_unique")]
        indexes = [
            models.Index(fields=["campaign", "state"], name="invitation_by_state"),
            models.Index(fields=["organization"], name="invitation_by_organization"),
        ]

    def __str__(self) -> str:
        return self.reference


class Link(models.Model):
    """A secret link of a mail to the answer page; a reminder brings another, and the former still opens."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"link of {self.invitation_id}"


class Channel(models.TextChoices):
    """How an answer came."""

    ONLINE = "online", "En ligne"
    PAPER = "paper", "Sur papier"


class Proof(models.TextChoices):
    """What shows that the autorité territoriale itself answered."""

    LETTER_CODE = "letter_code", "Code du courrier"
    MAIL_CODE = "mail_code", "Code envoyé à l’adresse officielle"
    SCAN = "scan", "Formulaire signé"


class DesignationState(models.TextChoices):
    """Life of an answer."""

    DRAFT = "draft", "Brouillon"
    RECEIVED = "received", "À vérifier"
    SENT_BACK = "sent_back", "Renvoyée"
    VALIDATED = "validated", "Validée"
    REPLACED = "replaced", "Remplacée par une autre réponse"
    SET_ASIDE = "set_aside", "Classée sans suite"


class Designation(models.Model):
    """An answer: the référents that an autorité territoriale names, and who signed.

    `replaces`: the référents not named again lose their profile when it is validated. `receipt_number` is what the
    signatory keeps. One answer at most waits for each invitation. `keyed_by_agent`: who must find somebody else to
    accept what they keyed in (decision 26). `scan_until`: last day of the scan, once what it proves is over.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="designations")
    state = models.CharField(max_length=10, choices=DesignationState.choices, default=DesignationState.DRAFT)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    proof = models.CharField(max_length=12, choices=Proof.choices, default="", blank=True)
    signatory_name = models.CharField(max_length=120, default="", blank=True)
    signatory_title = models.CharField(max_length=80, default="", blank=True)
    signed_on = models.DateField(null=True)
    replaces = models.BooleanField(default=False)
    scan = models.FileField(upload_to="designations/", blank=True)
    scan_until = models.DateField(null=True)
    scan_deleted_at = models.DateTimeField(null=True)
    keyed_by = models.CharField(max_length=200, default="", blank=True)
    keyed_by_agent = models.ForeignKey("directory.Agent", null=True, on_delete=models.SET_NULL, related_name="+")
    receipt_number = models.CharField(max_length=20, default="", blank=True)
    created_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, default="", blank=True)
    reason = models.TextField(max_length=1000, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invitation"], condition=Q(state="draft"), name="designation_one_draft"),
            models.UniqueConstraint(
                fields=["invitation"], condition=Q(state="received"), name="designation_one_to_check"
            ),
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(state="received"), name="designation_to_check"),
            models.Index(fields=["invitation", "state"], name="designation_by_invitation"),
            models.Index(fields=["scan_until"], condition=~Q(scan=""), name="designation_with_scan"),
        ]

    def __str__(self) -> str:
        return f"designation {self.uid}"


class Named(models.Model):
    """A person named référent in an answer; `membership` once the answer is validated."""

    designation = models.ForeignKey(Designation, on_delete=models.CASCADE, related_name="named")
    position = models.PositiveSmallIntegerField()
    civility = models.CharField(max_length=6, default="", blank=True)
    given_name = models.CharField(max_length=80, default="", blank=True)
    family_name = models.CharField(max_length=80, default="", blank=True)
    job_title = models.CharField(max_length=120, default="", blank=True)
    department = models.CharField(max_length=120, default="", blank=True)
    email = models.CharField(max_length=254, default="", blank=True)
    phone = models.CharField(max_length=30, default="", blank=True)
    membership = models.ForeignKey("directory.Membership", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["designation", "position"], name="named_unique")]

    def __str__(self) -> str:
        return f"{self.given_name} {self.family_name}"


class KeptScan(models.Model):
    """A verified scan that waits while its keeper types what it says: one for each employer that they key in."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="+")
    keeper = models.ForeignKey("directory.Agent", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=100)
    file = models.FileField(upload_to="designations/")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="kept_scan_oldest")]

    def __str__(self) -> str:
        return f"scan of {self.invitation_id}"


class Mandate(models.Model):
    """A référent holds their profile by this answer; `to_confirm_by`: after elections, until when it must be confirmed.

    The end of the countdown cuts nobody: it calls the correspondant.
    """

    membership = models.ForeignKey("directory.Membership", on_delete=models.PROTECT, related_name="+")
    designation = models.ForeignKey(Designation, null=True, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    written_at = models.DateTimeField(default=clock.now)  # it stands while its holder is référent since before then
    ended_on = models.DateField(null=True)
    to_confirm_by = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["membership"], condition=Q(ended_on__isnull=True), name="mandate_one_open")
        ]
        indexes = [
            models.Index(
                fields=["to_confirm_by"],
                condition=Q(ended_on__isnull=True, to_confirm_by__isnull=False),
                name="mandate_to_confirm",
            )
        ]

    def __str__(self) -> str:
        return f"mandate of {self.membership_id}"


class OfficialCode(models.Model):
    """A code of six digits sent to the employer's official address, to sign an answer online; keyed digest."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["invitation", "-created_at"], name="official_code_latest")]

    def __str__(self) -> str:
        return f"code of {self.invitation_id}"
