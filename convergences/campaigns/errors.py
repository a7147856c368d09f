"""What campaigns refuse, one class each, with the sentence a person reads."""

from convergences.foundations.errors import Refusal
from convergences.foundations.text import french


class WrongDetails(Refusal):
    """A campaign was described in a way that cannot be; `field` says where."""

    code = "wrong_details"

    def __init__(self, sentence: str, *, field: str) -> None:
        super().__init__(french(sentence), field=field)


class WrongState(Refusal):
    """The campaign is not, or no longer, in a state that allows this."""

    code = "wrong_state"

    def __init__(self, sentence: str) -> None:
        super().__init__(french(sentence))


class NobodyToAsk(Refusal):
    """No employer answers to the filters of the campaign."""

    code = "nobody_to_ask"

    def __init__(self) -> None:
        super().__init__(french("Aucun employeur ne correspond à ces choix : élargissez-les."), field="filters")


class DeadLink(Refusal):
    """The link of a mail opens nothing: unknown, altered, revoked, expired, or of a campaign that is over."""

    code = "dead_link"

    def __init__(self) -> None:
        super().__init__(french("Ce lien ne sert plus : il a expiré, ou la campagne est close."))
