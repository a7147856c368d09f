"""Django's declaration of the room."""

from django.apps import AppConfig


class CasConfig(AppConfig):
    """CAS."""

    name = "convergences.protocols.cas"
    label = "cas"
    default_auto_field = "django.db.models.BigAutoField"
