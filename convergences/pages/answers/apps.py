"""Django's declaration of the room."""

from django.apps import AppConfig


class AnswersConfig(AppConfig):
    """The centre's correspondants: what autorités territoriales answered, online and on paper."""

    name = "convergences.pages.answers"
    label = "pages_answers"
