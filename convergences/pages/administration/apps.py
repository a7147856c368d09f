"""Django's declaration of the room."""

from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    """The centre's engineers: the catalogue, and how each application is connected."""

    name = "convergences.pages.administration"
    label = "pages_administration"
