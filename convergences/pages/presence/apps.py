"""Django's declaration of the room."""

from django.apps import AppConfig


class PresenceConfig(AppConfig):
    """The centre's correspondants: hours, absences, and employers handed over."""

    name = "convergences.pages.presence"
    label = "pages_presence"
