"""Django's declaration of the room."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """What HTTP doors share."""

    name = "convergences.web"
    label = "web"
