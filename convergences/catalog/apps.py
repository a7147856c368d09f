"""Django's declaration of the room."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Applications and who may use them."""

    name = "convergences.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"
