"""Django's declaration of the room."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The portal: tiles, opening an application, help and legal pages."""

    name = "convergences.pages.home"
    label = "pages_home"
