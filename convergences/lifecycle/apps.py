"""Django's declaration of the room."""

from django.apps import AppConfig


class LifecycleConfig(AppConfig):
    """Arrival, suspension, departure. No table: the mails that these acts send."""

    name = "convergences.lifecycle"
    label = "lifecycle"
