"""Django's declaration of the room."""

from django.apps import AppConfig


class DeploymentConfig(AppConfig):
    """The figures of the deployment, and the référents called again."""

    name = "convergences.deployment"
    label = "deployment"
