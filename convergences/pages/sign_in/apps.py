"""Django's declaration of the room."""

from django.apps import AppConfig


class SignInConfig(AppConfig):
    """Login, first visit, reset, sign out."""

    name = "convergences.pages.sign_in"
    label = "pages_sign_in"
