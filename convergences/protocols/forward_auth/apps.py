"""Django's declaration of the room."""

from django.apps import AppConfig


class ForwardAuthConfig(AppConfig):
    """The reverse proxy check."""

    name = "convergences.protocols.forward_auth"
    label = "forward_auth"
    default_auto_field = "django.db.models.BigAutoField"
