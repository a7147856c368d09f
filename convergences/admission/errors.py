"""Refusals of admission's own verbs (the decision's reasons are in `decisions`)."""

from convergences.foundations.errors import Refusal
from convergences.foundations.text import french


class NotAnEmployer(Refusal):
    """The chosen membership is not one for which this agent may open the application."""

    code = "not_an_employer"

    def __init__(self) -> None:
        super().__init__(french("Vous ne pouvez pas ouvrir cette application pour cet employeur."), field="employer")
