"""Django's declaration of the room."""

from django.apps import AppConfig


class AdoptionConfig(AppConfig):
    """The figures of adoption, and the référents called again."""

    name = "convergences.adoption"
    label = "adoption"
