"""What the room refuses, with the sentence a person reads."""

from convergences.foundations.errors import Refusal
from convergences.foundations.text import french


class CalledToday(Refusal):
    """An invitation left for this person today already: one a day is a reminder, two are a nuisance."""

    code = "called_today"

    def __init__(self, name: str) -> None:
        super().__init__(french(f"Une invitation est déjà partie aujourd'hui pour {name} : relancez demain."))


class NobodyToCall(Refusal):
    """The centre calls référents of open employers who never came; agents are their référents' concern."""

    code = "nobody_to_call"

    def __init__(self, name: str) -> None:
        super().__init__(
            french(
                f"{name} n'est plus à relancer : déjà venu, plus référent, ou son employeur est fermé. Rien ne part."
            )
        )
