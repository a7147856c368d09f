"""Django's declaration of the room."""

from django.apps import AppConfig


class LifecycleConfig(AppConfig):
    """Arrival, suspension, departure. Its tables hold what is still to be said by mail of these acts."""

    name = "convergences.lifecycle"
    label = "lifecycle"
