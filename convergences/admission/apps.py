"""Django's declaration of the room."""

from django.apps import AppConfig


class AdmissionConfig(AppConfig):
    """The one decision."""

    name = "convergences.admission"
    label = "admission"
    default_auto_field = "django.db.models.BigAutoField"
