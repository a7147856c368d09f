"""Django's declaration of the room."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Organizations, agents, memberships."""

    name = "convergences.directory"
    label = "directory"
    default_auto_field = "django.db.models.BigAutoField"
