"""Django's declaration of the room."""

from django.apps import AppConfig


class OidcConfig(AppConfig):
    """OpenID Connect."""

    name = "convergences.protocols.oidc"
    label = "oidc"
    default_auto_field = "django.db.models.BigAutoField"
