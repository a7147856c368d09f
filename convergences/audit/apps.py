"""Django's declaration of the room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """What happened."""

    name = "convergences.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
