"""The directory's refusals: each says in French what is wrong and what to do."""

from convergences.directory.models import Membership, Organization
from convergences.foundations.errors import Refusal
from convergences.foundations.text import french


class DirectoryRefusal(Refusal):
    """A rule of the directory said no."""

    code = "directory_refusal"

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(french(sentence), field=field)


class InvalidField(DirectoryRefusal):
    """A value is missing or malformed; `field` names it."""

    code = "invalid_field"


class DatesInDisorder(InvalidField):
    """An end comes before its start, or is already past."""

    code = "dates_in_disorder"


class EmailOutsideDomains(DirectoryRefusal):
    """The address is not of the employer's domains: a warning, which the référent may confirm."""

    code = "email_outside_domains"

    def __init__(self, email: str, organization: Organization) -> None:
        domains = " ou ".join(f"@{domain}" for domain in organization.email_domains)
        super().__init__(
            f"L'adresse {email} ne se termine pas par {domains}. "
            "Vérifiez que c'est bien une adresse professionnelle de l'agent, puis confirmez-la.",
            field="email",
        )


class AlreadyMember(DirectoryRefusal):
    """The address is that of somebody whom the référent already manages: `membership`."""

    code = "already_member"

    def __init__(self, membership: Membership) -> None:
        super().__init__(
            f"{membership.full_name} a déjà un compte dans votre collectivité avec cette adresse.", field="email"
        )
        self.membership = membership


class RecentlyDeleted(DirectoryRefusal):
    """The address is that of an account deleted here less than 30 days ago: `membership` may be restored."""

    code = "recently_deleted"

    def __init__(self, membership: Membership) -> None:
        super().__init__(
            f"Le compte de {membership.full_name}, qui porte cette adresse, a été supprimé il y a moins de 30 jours. "
            "Vous pouvez le rétablir.",
            field="email",
        )
        self.membership = membership


def _whom_to_write(correspondent: str) -> str:
    return f"votre correspondant CIG, {correspondent}" if correspondent else "l'assistance du centre de gestion"


class EmailUnavailable(DirectoryRefusal):
    """A référent may not give this address to an account in use. Says nothing of whether another account has it."""

    code = "email_unavailable"

    def __init__(self, correspondent: str) -> None:
        super().__init__(
            "Vous ne pouvez pas donner cette adresse à un compte déjà utilisé. "
            f"Écrivez à {_whom_to_write(correspondent)}, qui fera le changement.",
            field="email",
        )


class EmailTaken(DirectoryRefusal):
    """Another account has this address; said to the centre only."""

    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("Un compte existe déjà avec cette adresse.", field="email")


class SharedIdentity(DirectoryRefusal):
    """The agent works for another employer too: the centre alone changes who they are."""

    code = "shared_identity"

    def __init__(self, correspondent: str) -> None:
        super().__init__(
            "Cet agent est rattaché à plusieurs employeurs : son nom, son adresse et son téléphone ne peuvent être "
            f"changés que par le CIG. Écrivez à {_whom_to_write(correspondent)}. "
            "Vous pouvez toujours modifier son service et sa fonction."
        )


class OwnAccount(DirectoryRefusal):
    """A référent does not change, suspend or delete their own account."""

    code = "own_account"

    def __init__(self, other: Membership | None, correspondent: str) -> None:
        whom = f"{other.full_name} ou à {_whom_to_write(correspondent)}" if other else _whom_to_write(correspondent)
        super().__init__(f"Vous ne pouvez pas modifier votre propre compte. Demandez-le à {whom}.")


class LastReferent(DirectoryRefusal):
    """The organization would be left without any référent (DOMAIN, rule 3)."""

    code = "last_referent"

    def __init__(self, correspondent: str) -> None:
        super().__init__(
            "C'est le dernier référent administrateur en activité de la collectivité : elle ne peut pas rester sans "
            f"référent. Écrivez à {_whom_to_write(correspondent)} pour en faire désigner un autre."
        )


class NotManaged(DirectoryRefusal):
    """The actor does not manage this organization."""

    code = "not_managed"

    def __init__(self) -> None:
        super().__init__("Vous n'administrez pas les comptes de cette collectivité.")


class ForTheCentre(DirectoryRefusal):
    """Only an operator, or an agent of the centre with the role for it, does this."""

    code = "for_the_centre"

    def __init__(self) -> None:
        super().__init__("Seul le centre de gestion peut faire cela.")


class CentreStaysOpen(DirectoryRefusal):
    """The centre runs the portal: closing it would lock everybody out, its own correspondants first."""

    code = "centre_stays_open"

    def __init__(self) -> None:
        super().__init__("Le centre de gestion ne peut pas être fermé.")


class NotWarranted(DirectoryRefusal):
    """Only the centre, on a designation, makes or ends a référent (DOMAIN, rule 4)."""

    code = "not_warranted"

    def __init__(self) -> None:
        super().__init__("Seule une désignation validée par le CIG fait d'un agent un référent administrateur.")


class AddressNotProved(DirectoryRefusal):
    """The address was changed by an employer: until its mailbox is proved, nothing new is accepted in its name.

    An employer could otherwise give an account that it holds the address of somebody else's future agent.
    """

    code = "address_not_proved"

    def __init__(self) -> None:
        super().__init__(
            "Votre adresse e-mail a été changée depuis votre première visite. Réinitialisez d'abord votre mot de "
            "passe : le message reçu prouvera qu'elle est bien la vôtre."
        )


class NotYours(DirectoryRefusal):
    """Only the agent answers for themself: attachment, photo."""

    code = "not_yours"

    def __init__(self) -> None:
        super().__init__("Seul l'agent concerné peut faire cela.")


class UnknownMember(DirectoryRefusal):
    """No such member here, whether or not it exists elsewhere."""

    code = "unknown_member"

    def __init__(self) -> None:
        super().__init__("Cet agent ne fait pas partie de votre collectivité.")


class UnknownPhoto(DirectoryRefusal):
    """No such photo for this reader, whether or not it exists."""

    code = "unknown_photo"

    def __init__(self) -> None:
        super().__init__("Cette photo n'existe pas.")


class MembershipOver(DirectoryRefusal):
    """The membership has been closed."""

    code = "membership_over"

    def __init__(self) -> None:
        super().__init__("Ce compte a déjà été supprimé.")


class WrongState(DirectoryRefusal):
    """The membership is not in the state that the act needs: a page was replayed, or a colleague came first."""

    code = "wrong_state"


class TooSoon(DirectoryRefusal):
    """An invitation left less than 10 minutes ago."""

    code = "too_soon"

    def __init__(self) -> None:
        super().__init__("Une invitation vient déjà de partir. Attendez 10 minutes avant de la renvoyer.")


class TooLateToRestore(DirectoryRefusal):
    """More than 30 days have passed, or the person has come back since."""

    code = "too_late_to_restore"

    def __init__(self) -> None:
        super().__init__("Ce compte ne peut plus être rétabli. Créez un nouveau compte pour cet agent.")


class NotOfTheCentre(DirectoryRefusal):
    """Roles over all organizations are for the centre's own agents."""

    code = "not_of_the_centre"

    def __init__(self) -> None:
        super().__init__("Ce rôle est réservé aux agents du centre de gestion.")


class BadPhoto(DirectoryRefusal):
    """The file is not a photo that can be kept."""

    code = "bad_photo"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="photo")
