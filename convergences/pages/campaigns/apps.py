"""Django's declaration of the room."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """The centre's correspondants: asking employers to name their référents, and what they answer."""

    name = "convergences.pages.campaigns"
    label = "pages_campaigns"
