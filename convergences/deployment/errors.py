"""What the room refuses, with the sentence a person reads."""

from convergences.foundations.errors import Refusal
from convergences.foundations.text import french


class CalledToday(Refusal):
    """An invitation left for this person today already: one a day is a reminder, two are a nuisance."""

    code = "called_today"

    def __init__(self, name: str) -> None:
        super().__init__(french(f"Une invitation est déjà partie aujourd'hui pour {name} : relancez demain."))


class NotAReferent(Refusal):
    """The centre calls référents; agents are their référents' concern."""

    code = "not_a_referent"

    def __init__(self) -> None:
        super().__init__(french("Cette personne n'est plus référente : rien n'est envoyé."))
