"""Django's declaration of the room."""

from django.apps import AppConfig


class TeamConfig(AppConfig):
    """The référent: agents, rights, journal of the organization."""

    name = "convergences.pages.team"
    label = "pages_team"
