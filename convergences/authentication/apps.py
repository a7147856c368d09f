"""Django's declaration of the room."""

from django.apps import AppConfig


class AuthenticationConfig(AppConfig):
    """Passwords, codes, sessions."""

    name = "convergences.authentication"
    label = "authentication"
    default_auto_field = "django.db.models.BigAutoField"
