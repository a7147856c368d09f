"""Django's declaration of the room."""

from django.apps import AppConfig


class DesignationConfig(AppConfig):
    """The answer of the autorité territoriale."""

    name = "convergences.pages.designation"
    label = "pages_designation"
