"""Tables of the directory."""

import datetime as dt
import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from convergences.directory.of_the_centre import Presence, Role, StaffRole
from convergences.foundations import clock
from convergences.foundations.text import searchable

__all__ = ["Presence", "Role", "StaffRole"]  # besides those written below


class OrganizationKind(models.TextChoices):
    """What an employer is."""

    CENTER = "center", "Centre de gestion"
    COMMUNE = "commune", "Commune"
    DEPARTEMENT = "departement", "Département"
    EPCI = "epci", "Intercommunalité"
    CCAS = "ccas", "CCAS"
    CAISSE_DES_ECOLES = "caisse_des_ecoles", "Caisse des écoles"
    SYNDICAT = "syndicat", "Syndicat"
    OPH = "oph", "Office public de l’habitat"
    PUBLIC_BODY = "public_body", "Établissement public"
    OTHER = "other", "Autre"


class Affiliation(models.TextChoices):
    """How an employer is bound to the centre."""

    AFFILIATED = "affiliated", "Affilié"
    SUBSCRIBER = "subscriber", "Abonné"
    CENTER = "center", "Centre"


class Organization(models.Model):
    """A collectivité or établissement public, or the centre itself. `key` is its handle in addresses and files.

    `merged_into`: closed because another employer absorbed it (fusion), and which.
    """

    key = models.SlugField(max_length=60, unique=True)
    siret = models.CharField(max_length=14, unique=True)
    name = models.CharField(max_length=160)
    name_key = models.CharField(max_length=320, default="", editable=False)  # the name, as one looks for it
    kind = models.CharField(max_length=20, choices=OrganizationKind.choices)
    affiliation = models.CharField(max_length=12, choices=Affiliation.choices)
    department = models.CharField(max_length=3)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="attached")
    email_domains = models.JSONField(default=list)
    authority_title = models.CharField(max_length=80, default="", blank=True)
    authority_name = models.CharField(max_length=120, default="", blank=True)
    authority_email = models.EmailField(max_length=254, default="", blank=True)
    authority_address = models.CharField(max_length=300, default="", blank=True)
    correspondent = models.ForeignKey(
        "directory.Agent", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    active = models.BooleanField(default=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["name"], name="organization_name"),
            models.Index(fields=["name_key", "id"], name="organization_by_name"),
            models.Index(fields=["department", "name_key"], name="organization_by_department"),
            models.Index(fields=["kind", "name_key"], name="organization_by_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the organization, and its name as one looks for it."""
        self.name_key = searchable(self.name)
        if "name" in (kwargs.get("update_fields") or ()):
            kwargs["update_fields"] = [*kwargs["update_fields"], "name_key"]
        super().save(*args, **kwargs)


class AgentState(models.TextChoices):
    """Life of an account (DOMAIN)."""

    INVITED = "invited", "Invité, jamais connecté"
    ACTIVE = "active", "Actif"
    SUSPENDED = "suspended", "Suspendu"
    DELETED = "deleted", "Supprimé"
    ERASED = "erased", "Effacé"


class Civility(models.TextChoices):
    """How mail addresses a person."""

    MADAM = "madam", "Madame"
    SIR = "sir", "Monsieur"


def new_subject() -> str:
    """Return a new opaque identifier, given to applications and never given again (DOMAIN, rule 5)."""
    return uuid.uuid4().hex


class Agent(models.Model):
    """One person, one account, one login identifier: the professional e-mail address (stored in lower case)."""

    subject = models.CharField(max_length=32, unique=True, default=new_subject, editable=False)
    email = models.EmailField(max_length=254, null=True)
    civility = models.CharField(max_length=6, choices=Civility.choices, default="", blank=True)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    phone = models.CharField(max_length=30, default="", blank=True)
    state = models.CharField(max_length=10, choices=AgentState.choices, default=AgentState.INVITED)
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    last_sign_in_at = models.DateTimeField(null=True)
    invited_until = models.DateField(null=True)  # last day of the first visit; none: no limit
    address_changed_at = models.DateTimeField(null=True)  # by somebody else, and the mailbox not proved since

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="agent_email_unique",
                violation_error_message="Un compte existe déjà avec cette adresse.",
            )
        ]
        indexes = [models.Index(fields=["email"], name="agent_email")]  # the constraint only serves LOWER(email)

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Given name then family name, as people say it."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def initials(self) -> str:
        """Two letters shown where there is no photo."""
        return (self.given_name[:1] + self.family_name[:1]).upper()

    @property
    def address_is_proved(self) -> bool:
        """The agent has shown that they read the mailbox of their present address."""
        return self.activated_at is not None and self.address_changed_at is None


class Profile(models.TextChoices):
    """What an agent may do in the directory of an organization."""

    USER = "user", "Utilisateur"
    REFERENT = "referent", "Référent administrateur"


class Membership(models.Model):
    """An agent works for an organization (rattachement). Never deleted: closed, with who and when.

    `suspended_at`: this employer withdrew its own accesses. `confirmed_at` empty: the account existed elsewhere and the
    agent has not yet accepted the attachment; until then the employer sees only what it typed (`shown_*`), so that
    creating an account tells nothing about other organizations (DOMAIN, rule 1). The properties give what the employer
    may see: pages of an employer read the membership, never its agent.
    """

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="memberships")
    profile = models.CharField(max_length=10, choices=Profile.choices, default=Profile.USER)
    referent_since = models.DateTimeField(null=True)  # none: since the attachment
    referent_until = models.DateField(null=True)  # last day as référent; none: no end is foreseen
    job_title = models.CharField(max_length=120, default="", blank=True)
    department = models.CharField(max_length=120, default="", blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)
    suspension_reason = models.CharField(max_length=120, default="", blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200, default="", blank=True)
    invited_at = models.DateTimeField(null=True)
    shown_given_name = models.CharField(max_length=80)
    shown_family_name = models.CharField(max_length=80)
    shown_civility = models.CharField(max_length=6, choices=Civility.choices, default="", blank=True)
    shown_email = models.EmailField(max_length=254, default="", blank=True)
    shown_phone = models.CharField(max_length=30, default="", blank=True)
    name_key = models.CharField(max_length=170)
    search_text = models.CharField(max_length=560)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agent", "organization"], condition=Q(closed_at__isnull=True), name="membership_open_unique"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="membership_dates_ordered",
                violation_error_message="La date de fin précède la date de début.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "name_key"], condition=Q(closed_at__isnull=True), name="member_by_name"
            ),
            models.Index(
                fields=["organization"],
                condition=Q(closed_at__isnull=True, profile="referent"),
                name="member_referents",
            ),
            models.Index(
                fields=["referent_until"],
                condition=Q(referent_until__isnull=False),
                name="member_referent_until",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id} at {self.organization_id}"

    @property
    def is_referent(self) -> bool:
        """A designation made the agent référent here, and its last day is not past (as `queries.referent`)."""
        over = self.referent_until is not None and self.referent_until < clock.today()
        return self.profile == Profile.REFERENT and not over

    @property
    def given_name(self) -> str:
        """The agent's given name; what the employer typed while the attachment is not accepted."""
        return self.agent.given_name if self.confirmed_at else self.shown_given_name

    @property
    def family_name(self) -> str:
        """The agent's family name; what the employer typed while the attachment is not accepted."""
        return self.agent.family_name if self.confirmed_at else self.shown_family_name

    @property
    def full_name(self) -> str:
        """Given name then family name, as people say it."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def initials(self) -> str:
        """Two letters shown where there is no photo."""
        return (self.given_name[:1] + self.family_name[:1]).upper()

    @property
    def civility(self) -> str:
        """How mail addresses the person; what the employer typed while the attachment is not accepted."""
        return self.agent.civility if self.confirmed_at else self.shown_civility

    @property
    def email(self) -> str:
        """The agent's address; what the employer typed while the attachment is not accepted."""
        return (self.agent.email or "") if self.confirmed_at else self.shown_email

    @property
    def phone(self) -> str:
        """The agent's telephone; what the employer typed while the attachment is not accepted."""
        return self.agent.phone if self.confirmed_at else self.shown_phone

    @property
    def photo(self) -> "Photo | None":
        """The agent's photo, or None; none while the attachment is not accepted."""
        return getattr(self.agent, "photo", None) if self.confirmed_at else None

    @property
    def last_sign_in_at(self) -> dt.datetime | None:
        """When the agent last signed in; never, for the employer, while the attachment is not accepted."""
        return self.agent.last_sign_in_at if self.confirmed_at else None


class Photo(models.Model):
    """The one thing an agent changes alone. `uid` changes with each picture, so that an old address dies."""

    agent = models.OneToOneField(Agent, on_delete=models.CASCADE, related_name="photo")
    uid = models.UUIDField(unique=True, default=uuid.uuid4)
    file = models.FileField(upload_to="photos/")
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"photo of {self.agent_id}"
