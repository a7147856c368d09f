"""Tables of SAML."""

import secrets

from django.db import models
from django.db.models import Q


def new_salt() -> str:
    """Return 256 bits, kept for ever: persistent names are derived from them and must stay (DOMAIN, rule 5)."""
    return secrets.token_hex(32)


class NameFormat(models.TextChoices):
    """Under which name an application knows an agent."""

    PERSISTENT = "persistent", "Identifiant permanent, propre à l’application"
    EMAIL = "email", "Adresse e-mail"
    TRANSIENT = "transient", "Identifiant d’une session, sans suite"


class ServiceProvider(models.Model):
    """An application as SAML knows it. It points to the catalogue, never the reverse.

    `metadata` is its document as received, `described` what was read of it (`metadata_in.Described`). `attributes`
    gives, by the name that the application expects, the attribute of the sheet. `entity_id` is found in one look.
    """

    application = models.OneToOneField("catalog.Application", on_delete=models.PROTECT, related_name="+")
    entity_id = models.CharField(max_length=1024, unique=True)
    metadata = models.TextField()
    metadata_url = models.CharField(max_length=500, default="", blank=True)
    described = models.JSONField(default=dict)
    name_id_format = models.CharField(max_length=10, choices=NameFormat.choices, default=NameFormat.PERSISTENT)
    attributes = models.JSONField(default=dict)
    signed_requests = models.BooleanField(default=False)
    encrypted_assertions = models.BooleanField(default=True)
    idp_initiated = models.BooleanField(default=False)
    relay_state = models.CharField(max_length=500, default="", blank=True)
    salt = models.CharField(max_length=64, default=new_salt, editable=False)
    read_at = models.DateTimeField()
    read_error = models.CharField(max_length=300, default="", blank=True)
    expires_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.entity_id


class KeptSalt(models.Model):
    """The salt of an application that is disconnected: should it come back, it knows agents by the same names."""

    application = models.OneToOneField("catalog.Application", on_delete=models.PROTECT, related_name="+")
    salt = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"salt of {self.application_id}"


class SigningCertificate(models.Model):
    """A key of ours and its certificate: in the metadata before it signs and after (a rollover shows both)."""

    fingerprint = models.CharField(max_length=64, unique=True)
    certificate = models.TextField()
    sealed_private_key = models.TextField()
    created_at = models.DateTimeField()
    signs_from = models.DateTimeField()
    signs_until = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-signs_from"]

    def __str__(self) -> str:
        return self.fingerprint


class Statement(models.Model):
    """A response that was given: under which name and index an application knows a visit, so that it can end.

    `request_id` is that of the request answered, good once an application; empty for what nobody asked (the tile).
    """

    provider = models.ForeignKey(ServiceProvider, on_delete=models.CASCADE, related_name="statements")
    visit = models.ForeignKey("admission.Visit", on_delete=models.PROTECT, related_name="+")
    session_index = models.CharField(max_length=64, unique=True)
    name_id = models.CharField(max_length=256)
    name_id_format = models.CharField(max_length=120)
    request_id = models.CharField(max_length=256, default="", blank=True)
    given_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "request_id"], condition=~Q(request_id=""), name="saml_request_answered_once"
            )
        ]
        indexes = [
            models.Index(fields=["visit"], name="saml_statement_visit"),
            models.Index(fields=["given_at"], name="saml_statement_age"),
        ]

    def __str__(self) -> str:
        return self.session_index


class SeenMessage(models.Model):
    """A signed message that was followed, remembered until it is too old to be: it is followed once."""

    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="saml_seen_expiry")]

    def __str__(self) -> str:
        return f"message {self.pk}"
