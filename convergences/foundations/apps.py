"""Django's declaration of the room."""

from django.apps import AppConfig


class FoundationsConfig(AppConfig):
    """The ground."""

    name = "convergences.foundations"
    label = "foundations"
    default_auto_field = "django.db.models.BigAutoField"
