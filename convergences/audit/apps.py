"""Django's declaration of the room."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AuditConfig(AppConfig):
    """What happened."""

    name = "convergences.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read every room's words, so that the journal has its labels in every process, whatever else it imports."""
        autodiscover_modules("actions")
