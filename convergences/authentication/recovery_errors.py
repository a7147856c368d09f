"""What is refused of a recovery, one class each, with the sentence a person reads."""

from convergences.foundations.errors import Refusal
from convergences.foundations.text import french


class HelpedByTheCentre(Refusal):
    """The centre alone starts a recovery for a référent, for who works for several employers or changed mailbox."""

    code = "helped_by_the_centre"

    def __init__(self, whom: str) -> None:
        super().__init__(french(f"Pour ce compte, c'est le centre de gestion qui peut aider. Écrivez à {whom}."))


class HelpedByOperators(Refusal):
    """Who works for all organizations is helped by an operator, and by nobody whom the portal alone lets in."""

    code = "helped_by_operators"

    def __init__(self) -> None:
        super().__init__(french("Pour un agent du centre qui a un rôle sur le portail, demandez à l'exploitation."))


class NothingToRecover(Refusal):
    """The agent has no second factor: a password is enough, and its reset is another matter."""

    code = "nothing_to_recover"

    def __init__(self) -> None:
        sentence = (
            "Cet agent n'a pas activé la vérification en deux étapes. S'il a oublié son mot de passe, envoyez-lui "
            "plutôt un lien de mot de passe."
        )
        super().__init__(french(sentence))


class PasswordFirst(Refusal):
    """The password was closed: the one to come would end the recovery, and a day would be lost."""

    code = "password_first"

    def __init__(self) -> None:
        sentence = (
            "Cet agent doit d'abord choisir un nouveau mot de passe : envoyez-lui au besoin un lien de mot de passe. "
            "Une récupération demandée avant ne servirait plus."
        )
        super().__init__(french(sentence))


class RecoveryUnderWay(Refusal):
    """A colleague has started one already."""

    code = "recovery_under_way"

    def __init__(self) -> None:
        super().__init__(french("Une récupération est déjà en cours pour cet agent."))


class RecoveryTooOften(Refusal):
    """Started and cancelled again and again: the agent would receive nothing but mails."""

    code = "recovery_too_often"

    def __init__(self) -> None:
        sentence = "Cette aide a déjà été demandée plusieurs fois aujourd'hui pour cet agent. Réessayez demain."
        super().__init__(french(sentence))


class NoRecovery(Refusal):
    """No recovery is open for this agent: none was asked, too early, over, cancelled, or its ground has changed."""

    code = "no_recovery"

    def __init__(self) -> None:
        super().__init__(french("Aucune récupération n'est ouverte pour ce compte."))
