"""Django's declaration of the room."""

from django.apps import AppConfig


class AdoptionPagesConfig(AppConfig):
    """The centre's correspondants: figures of adoption, référents to call again."""

    name = "convergences.pages.adoption"
    label = "pages_adoption"
