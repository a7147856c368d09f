"""Django's declaration of the room."""

from django.apps import AppConfig


class MandatesConfig(AppConfig):
    """The centre's correspondants: until when référents are référents, and a way back for who lost everything."""

    name = "convergences.pages.mandates"
    label = "pages_mandates"
