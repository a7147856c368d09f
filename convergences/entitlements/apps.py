"""Django's declaration of the room."""

from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    """Who may open what."""

    name = "convergences.entitlements"
    label = "entitlements"
    default_auto_field = "django.db.models.BigAutoField"
