"""Django's declaration of the room."""

from django.apps import AppConfig


class SamlConfig(AppConfig):
    """SAML."""

    name = "convergences.protocols.saml"
    label = "saml"
    default_auto_field = "django.db.models.BigAutoField"
