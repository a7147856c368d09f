"""What authentication refuses, one class each, with the sentence a person reads."""

import datetime as dt

from convergences.authentication.delays import clock_time, wait
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french


class WrongCredentials(Refusal):
    """The identifier and the password do not go together; never says which is at fault (ANSSI PG-078, R14)."""

    code = "wrong_credentials"

    def __init__(self, remaining: int) -> None:
        tries = "1 essai" if remaining == 1 else f"{remaining} essais"
        super().__init__(french(f"Identifiant ou mot de passe incorrect. Il vous reste {tries}."), field="password")
        self.remaining = remaining


class TooManyAttempts(Refusal):
    """This source has failed too often: nothing is looked at before `until`."""

    code = "too_many_attempts"

    def __init__(self, until: dt.datetime) -> None:
        super().__init__(french(f"Trop d'essais sans succès. Réessayez dans {wait(until)}, à {clock_time(until)}."))
        self.until = until


class Overloaded(Refusal):
    """Too many passwords are being checked at this moment."""

    code = "overloaded"

    def __init__(self) -> None:
        super().__init__(french("Beaucoup de personnes se connectent en ce moment. Réessayez dans quelques secondes."))


class WeakPassword(Refusal):
    """The new password breaks the rule; `missing` names each part of it that is not met."""

    code = "weak_password"

    def __init__(self, sentence: str, *, missing: list[str], field: str = "new") -> None:
        super().__init__(french(sentence), field=field)
        self.missing = missing


class WrongCurrentPassword(Refusal):
    """The password typed to confirm a change is not the agent's."""

    code = "wrong_current_password"

    def __init__(self, remaining: int) -> None:
        tries = "1 essai" if remaining == 1 else f"{remaining} essais"
        super().__init__(french(f"Ce n'est pas votre mot de passe actuel. Il vous reste {tries}."), field="current")
        self.remaining = remaining


class SamePassword(Refusal):
    """The new password is the present one."""

    code = "same_password"

    def __init__(self) -> None:
        super().__init__(french("C'est déjà votre mot de passe : choisissez-en un autre."), field="new")


class WrongCode(Refusal):
    """The code typed is not that of the last mail, or may no longer be tried."""

    code = "wrong_code"

    def __init__(self, sentence: str) -> None:
        super().__init__(french(sentence), field="code")


class DeadLink(Refusal):
    """The link of a mail opens nothing: unknown, altered, of another purpose, expired or already used."""

    code = "dead_link"

    def __init__(self) -> None:
        super().__init__(french("Ce lien ne sert plus : il a expiré, ou il a déjà été utilisé."))


class PasskeyRefused(Refusal):
    """No passkey that may open this has answered; never says whether it is known, nor whose it is."""

    code = "passkey_refused"

    def __init__(self) -> None:
        super().__init__(french("Cette clé d'accès n'a pas été reconnue. Réessayez, ou choisissez un autre moyen."))


class PasskeyFrozen(Refusal):
    """The passkey's counter went back: there are two of it, and nobody knows which one is the agent's."""

    code = "passkey_frozen"

    def __init__(self) -> None:
        said = "Cette clé d'accès est bloquée : elle semble avoir été copiée. Choisissez un autre moyen."
        super().__init__(french(said))


class PasskeyNotAdded(Refusal):
    """What the browser answered is not a new passkey for this page."""

    code = "passkey_not_added"

    def __init__(self) -> None:
        super().__init__(french("La clé d'accès n'a pas été créée. Recommencez, ou choisissez un autre moyen."))


class PasskeyKnown(Refusal):
    """This passkey is kept already, for this agent or for another: the sentence is the same."""

    code = "passkey_known"

    def __init__(self) -> None:
        super().__init__(french("Cette clé d'accès est déjà enregistrée. Créez-en une autre."))


class PasskeysNeedAName(Refusal):
    """The portal is reached by an IP address: browsers keep passkeys for names only."""

    code = "passkeys_need_a_name"

    def __init__(self) -> None:
        super().__init__(french("Les clés d'accès demandent que le portail ait un nom, et non une adresse chiffrée."))


class ChallengeOver(Refusal):
    """The passkey answered too late, a second time, or to what was asked of somebody else."""

    code = "challenge_over"

    def __init__(self) -> None:
        super().__init__(french("Cette page est restée ouverte trop longtemps, ou a déjà servi. Recommencez."))


class WrongSecondStep(Refusal):
    """The code typed at the second step is not one that the agent holds now."""

    code = "wrong_second_step"

    def __init__(self, remaining: int) -> None:
        tries = "1 essai" if remaining == 1 else f"{remaining} essais"
        super().__init__(french(f"Ce code n'est pas le bon. Il vous reste {tries}."), field="code")
        self.remaining = remaining


class MailNotOffered(Refusal):
    """No code by mail here: the operator does not allow them, the agent has better, or it would add nothing."""

    code = "mail_not_offered"

    def __init__(self) -> None:
        super().__init__(french("Le code par e-mail n'est pas proposé ici : choisissez un autre moyen."))


class CodeAlreadyUsed(Refusal):
    """The code is right and has been taken once, or is older than one that was (RFC 6238, section 5.2)."""

    code = "code_already_used"

    def __init__(self) -> None:
        sentence = "Ce code a déjà servi. Attendez que votre application en affiche un autre."
        super().__init__(french(sentence), field="code")


class WrongConfirmation(Refusal):
    """The code typed to confirm a new application of codes is not one that it shows."""

    code = "wrong_confirmation"

    def __init__(self) -> None:
        sentence = (
            "Ce code n'est pas celui que nous attendons. Vérifiez que votre téléphone est à l'heure, "
            "puis saisissez le code affiché en ce moment."
        )
        super().__init__(french(sentence), field="code")


class PendingOver(Refusal):
    """What stood before the second step does no more: too old, spent, password changed, account asleep, signed out."""

    code = "pending_over"

    def __init__(self) -> None:
        super().__init__(french("Cette connexion n'est plus valable : saisissez de nouveau votre mot de passe."))


class ProofNeeded(Refusal):
    """The ways in change only for who has just proved who they are. `second_factor`: by their second step."""

    code = "proof_needed"

    def __init__(self, *, second_factor: bool) -> None:
        what = "refaites la vérification en deux étapes" if second_factor else "saisissez de nouveau votre mot de passe"
        super().__init__(french(f"Pour protéger votre compte, {what} avant de continuer."))
        self.second_factor = second_factor


class LastFactor(Refusal):
    """A référent or a member of the centre never goes without a second factor."""

    code = "last_factor"

    def __init__(self) -> None:
        sentence = (
            "Vos fonctions demandent la vérification en deux étapes, et c'est votre dernier moyen de la faire : "
            "ajoutez-en un autre avant de retirer celui-ci."
        )
        super().__init__(french(sentence))


class UnknownFactor(Refusal):
    """No such factor of this agent, or no longer."""

    code = "unknown_factor"

    def __init__(self) -> None:
        super().__init__(french("Ce moyen de vérification n'existe plus."))


class TooManyFactors(Refusal):
    """More of them than anybody uses: each is one more chance for who guesses."""

    code = "too_many_factors"

    def __init__(self, most: int) -> None:
        super().__init__(french(f"Vous en avez déjà {most} : retirez celui qui ne vous sert plus."))


class NoCodesAlone(Refusal):
    """Recovery codes help who has lost a factor; they are none."""

    code = "no_codes_alone"

    def __init__(self) -> None:
        sentence = "Ajoutez d'abord une clé d'accès ou une application de codes : les codes de secours la remplacent."
        super().__init__(french(sentence))


class TotpNotOffered(Refusal):
    """This installation has no key under which to keep seeds."""

    code = "totp_not_offered"

    def __init__(self) -> None:
        super().__init__(french("Les applications de codes ne sont pas proposées ici : choisissez une clé d'accès."))


class SeedUnreadable(Refusal):
    """A seed was sealed under a key that this installation does not have: it takes its operator to mend it."""

    code = "seed_unreadable"

    def __init__(self) -> None:
        sentence = (
            "Les codes de votre application ne peuvent pas être vérifiés en ce moment. Employez une clé d'accès ou un "
            "code de secours, ou prévenez l'assistance."
        )
        super().__init__(french(sentence), field="code")
