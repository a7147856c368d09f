"""Django's declaration of the room."""

from django.apps import AppConfig


class DeploymentPagesConfig(AppConfig):
    """The centre's correspondants: figures of the deployment, référents to call again."""

    name = "convergences.pages.deployment"
    label = "pages_deployment"
