"""Django's declaration of the room."""

from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    """Campaigns of designation."""

    name = "convergences.campaigns"
    label = "campaigns"
