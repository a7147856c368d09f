"""Django's declaration of the room."""

from django.apps import AppConfig


class EmployersConfig(AppConfig):
    """The centre's correspondants: every employer, who represents it, what it may open."""

    name = "convergences.pages.employers"
    label = "pages_employers"
