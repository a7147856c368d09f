"""What campaigns refuse, one class each, with the sentence a person reads."""

from convergences.foundations.errors import Refusal
from convergences.foundations.text import french, listed


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


class ChangedSince(Refusal):
    """The campaign is no longer what the page showed to whoever launches or deletes it."""

    code = "changed_since"

    def __init__(self) -> None:
        super().__init__(
            french("Cette campagne a été modifiée depuis l'ouverture de la page : rien n'est fait. Relisez-la d'abord.")
        )


class CampaignGone(Refusal):
    """The campaign was deleted by somebody else meanwhile, while it was prepared."""

    code = "campaign_gone"

    def __init__(self) -> None:
        super().__init__(french("Cette campagne vient d'être supprimée : rien n'est enregistré, et rien ne part."))


class NobodyToAsk(Refusal):
    """No employer answers to the filters of the campaign."""

    code = "nobody_to_ask"

    def __init__(self) -> None:
        super().__init__(french("Aucun employeur ne correspond à ces choix : élargissez-les."), field="filters")


class LettersAgain(Refusal):
    """Some employers have a letter already: its code would serve no more, and that must be said yes to."""

    code = "letters_again"

    def __init__(self, number: int) -> None:
        several = f"{number} employeurs ont déjà un courrier, dont les codes ne serviront plus"
        said = several if number > 1 else "Un employeur a déjà un courrier, dont le code ne servira plus"
        super().__init__(
            french(f"{said} : cochez la case pour le confirmer, ou choisissez d'autres employeurs."), field="renew"
        )


class DeadLink(Refusal):
    """The link of a mail opens nothing: unknown, altered, revoked, expired, or of a campaign that is over."""

    code = "dead_link"

    def __init__(self) -> None:
        super().__init__(french("Ce lien ne sert plus : il a expiré, ou la campagne est close."))


class WrongAnswer(Refusal):
    """An answer lacks something, or says it in a way that cannot be; `field` names it (`email_2`: the second's)."""

    code = "wrong_answer"

    def __init__(self, sentence: str, *, field: str) -> None:
        super().__init__(french(sentence), field=field)


class NotAwaited(Refusal):
    """No answer is awaited from this employer in this campaign, or none any more."""

    code = "not_awaited"

    def __init__(self, sentence: str) -> None:
        super().__init__(french(sentence))


class WrongCode(Refusal):
    """The code that signs an answer is not the right one, or no longer serves. `field` says which was typed."""

    code = "wrong_code"

    def __init__(self, sentence: str, *, field: str) -> None:
        super().__init__(french(sentence), field=field)


class NoOfficialAddress(Refusal):
    """The employer has no official address: no code can be sent to it."""

    code = "no_official_address"

    def __init__(self) -> None:
        said = "Le centre ne connaît pas d'adresse e-mail officielle pour votre collectivité : "
        super().__init__(french(f"{said}signez avec le code du courrier, ou appelez votre interlocuteur au centre."))


class TooManyCodes(Refusal):
    """A few codes an hour are sent, and no more."""

    code = "too_many_codes"

    def __init__(self) -> None:
        said = "Plusieurs codes viennent déjà de partir. Cherchez le dernier dans la boîte de l'adresse officielle, "
        super().__init__(french(f"{said}ou redemandez-en un dans une heure."))


class BadScan(Refusal):
    """The file is not the scan of a signed form that can be kept."""

    code = "bad_scan"

    def __init__(self, sentence: str) -> None:
        super().__init__(french(sentence), field="scan")


class AnswerWaiting(Refusal):
    """Another answer of this employer waits to be decided."""

    code = "answer_waiting"

    def __init__(self) -> None:
        said = "Une réponse de cet employeur attend déjà d'être vérifiée : "
        super().__init__(french(f"{said}validez-la ou renvoyez-la avant de saisir celle-ci."))


class AlreadyDecided(Refusal):
    """The answer was decided, or replaced, meanwhile."""

    code = "already_decided"

    def __init__(self, sentence: str) -> None:
        super().__init__(french(sentence))


class OwnDesignation(Refusal):
    """A correspondant does nothing of an answer that names them, nor of one of an employer of theirs."""

    code = "own_designation"

    def __init__(self) -> None:
        said = "Cette réponse vous désigne, ou vient d'un employeur auquel vous êtes rattaché : "
        super().__init__(french(f"{said}un autre correspondant doit s'en charger."))


class SameHand(Refusal):
    """Who keyed in an answer, printed the letter that signs it, or chose the mailbox that its code went to, does not
    accept it alone while somebody else could (decisions 26 and 27)."""

    code = "same_hand"

    def __init__(self, others: list[str], did: str) -> None:
        said = f"Vous avez {did} : un autre correspondant doit la vérifier et la valider"
        super().__init__(french(f"{said} ({listed(others, last='ou')})."))


class ForeseenOtherwise(Refusal):
    """Accepting would no longer do what its page announced."""

    code = "foreseen_otherwise"

    def __init__(self) -> None:
        super().__init__(
            french("Ce qui va se passer a changé depuis l'ouverture de la page : relisez-le, puis validez.")
        )


class CannotName(Refusal):
    """A person named cannot be made référent as things are; the sentence says who, why and what to do."""

    code = "cannot_name"

    def __init__(self, sentence: str) -> None:
        super().__init__(french(sentence))


class OwnMandate(Refusal):
    """A correspondant who is a référent of the employer ends no mandate there: they would be left to rule alone."""

    code = "own_mandate"

    def __init__(self) -> None:
        said = "Vous êtes vous-même référent de cet employeur : un autre correspondant doit s'occuper de ses mandats."
        super().__init__(french(said))
