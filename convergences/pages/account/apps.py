"""Django's declaration of the room."""

from django.apps import AppConfig


class AccountConfig(AppConfig):
    """My sheet, my photo, my devices."""

    name = "convergences.pages.account"
    label = "pages_account"
