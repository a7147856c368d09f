"""Tables of the catalogue."""

from django.db import models
from django.db.models import Q


class Status(models.TextChoices):
    """Life of an application in the catalogue."""

    DRAFT = "draft", "Brouillon"
    PILOT = "pilot", "Pilote"
    OPEN = "open", "Ouverte"
    CLOSED = "closed", "Fermée"


class Assurance(models.TextChoices):
    """How strongly a session must have been authenticated to enter."""

    PASSWORD = "password", "Mot de passe"
    SECOND_FACTOR = "second_factor", "Vérification en deux étapes"
    FRESH_SECOND_FACTOR = "fresh_second_factor", "Vérification en deux étapes récente"


class Protocol(models.TextChoices):
    """How an application is told who enters."""

    OIDC = "oidc", "OpenID Connect"
    SAML = "saml", "SAML 2.0"
    CAS = "cas", "CAS 3.0"
    GATE = "gate", "Vérification par le serveur mandataire"
    LINK = "link", "Simple lien"


class Application(models.Model):
    """Something an agent opens from the portal. `attributes` is its sheet: all that it may ever receive (rule 9)."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    tagline = models.CharField(max_length=200, default="", blank=True)
    category = models.CharField(max_length=80, default="", blank=True)
    icon = models.CharField(max_length=40, default="apps")
    url = models.URLField(max_length=500)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.DRAFT)
    opens_on = models.DateField(null=True, blank=True)
    assurance = models.CharField(max_length=20, choices=Assurance.choices, default=Assurance.PASSWORD)
    remembers_devices = models.BooleanField(default=True)
    affiliations = models.JSONField(default=list)
    attributes = models.JSONField(default=list)
    protocol = models.CharField(max_length=8, choices=Protocol.choices, default=Protocol.LINK)
    planned_protocol = models.CharField(max_length=8, choices=Protocol.choices, default="", blank=True)
    position = models.PositiveSmallIntegerField(default=100)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class ApplicationRole(models.Model):
    """What an agent may be inside one application (profil applicatif)."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="roles")
    key = models.SlugField(max_length=40)
    name = models.CharField(max_length=80)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "key"]
        constraints = [models.UniqueConstraint(fields=["application", "key"], name="application_role_unique")]

    def __str__(self) -> str:
        return self.name


class Subscription(models.Model):
    """This organization may use this application, from, until (included), for so many agents (`seats` null: any)."""

    organization = models.ForeignKey("directory.Organization", on_delete=models.PROTECT, related_name="+")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="subscriptions")
    seats = models.PositiveIntegerField(null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "application"], name="subscription_unique"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="subscription_dates_ordered",
                violation_error_message="La date de fin précède la date de début.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} to {self.application_id}"


class Opening(models.Model):
    """A wave: from this date the application opens for this organization, instead of `Application.opens_on`."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="openings")
    organization = models.ForeignKey("directory.Organization", on_delete=models.CASCADE, related_name="+")
    opens_on = models.DateField()
    wave = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "organization"], name="opening_unique")]

    def __str__(self) -> str:
        return f"{self.application_id} for {self.organization_id} on {self.opens_on}"


class Pilot(models.Model):
    """An agent who may open the application before the others, once entitled."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="pilots")
    agent = models.ForeignKey("directory.Agent", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["application", "agent"], name="pilot_unique")]

    def __str__(self) -> str:
        return f"{self.agent_id} pilots {self.application_id}"
