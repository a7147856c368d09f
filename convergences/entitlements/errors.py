"""Why a right is not given, changed or removed: one class per refusal."""

import datetime as dt

from convergences.catalog.models import Application
from convergences.foundations.errors import Refusal
from convergences.foundations.text import day_in_words, french


class RightRefused(Refusal):
    """Base of the room's refusals. `application` tells which line of a sheet is at fault, when one is."""

    code = "right_refused"

    def __init__(self, sentence: str, *, application: Application | None = None, field: str = "") -> None:
        super().__init__(french(sentence), field=field)
        self.application = application


class NotManaged(RightRefused):
    """The giver is not a référent of that employer."""

    code = "not_managed"

    def __init__(self) -> None:
        super().__init__("Vous ne gérez pas les droits de cet agent. Adressez-vous à ses référents administrateurs.")


class MembershipOver(RightRefused):
    """The agent no longer works there."""

    code = "membership_over"

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} ne travaille plus ici : plus aucun droit ne peut être donné à ce compte.")


class NotSubscribed(RightRefused):
    """The employer has no current subscription to the application."""

    code = "not_subscribed"


class NoSeat(RightRefused):
    """All the seats of the subscription are taken."""

    code = "no_seat"


class NotOpenYet(RightRefused):
    """The application opens later, and rights are given from 14 days before."""

    code = "not_open_yet"


class ApplicationClosed(RightRefused):
    """The application is a draft, or closed."""

    code = "application_closed"


class UnknownApplication(RightRefused):
    """The sheet holds no such line."""

    code = "unknown_application"

    def __init__(self) -> None:
        super().__init__("Cette application n'est pas proposée à cet agent. Rechargez la page, puis recommencez.")


class UnknownRole(RightRefused):
    """No role is chosen, or one that the application does not have."""

    code = "unknown_role"

    def __init__(self, application: Application) -> None:
        sentence = f"Choisissez un droit que propose {application.name}."
        super().__init__(sentence, application=application, field="roles")


class DatesInDisorder(RightRefused):
    """The last day is before the first."""

    code = "dates_in_disorder"

    def __init__(self, application: Application, first: dt.date) -> None:
        sentence = (
            f"La date de fin du droit sur {application.name} est passée : choisissez le {day_in_words(first)} ou après."
        )
        super().__init__(sentence, application=application, field="ends_on")


class AlreadyGranted(RightRefused):
    """The agent already has a current right on that application: it is changed, not granted again."""

    code = "already_granted"

    def __init__(self, application: Application) -> None:
        sentence = f"Cet agent a déjà un droit sur {application.name}. Modifiez ce droit au lieu d'en donner un autre."
        super().__init__(sentence, application=application)


class RightGone(RightRefused):
    """Somebody else changed or removed the right meanwhile."""

    code = "right_gone"

    def __init__(self, application: Application) -> None:
        sentence = (
            f"Ce droit sur {application.name} vient d'être modifié ou retiré. Rechargez la page pour voir son état."
        )
        super().__init__(sentence, application=application)


class SheetChanged(RightRefused):
    """The sheet that the giver saw is no longer the present one: an old form would undo somebody else's act."""

    code = "sheet_changed"

    def __init__(self) -> None:
        super().__init__(
            "Les droits de cet agent ont changé depuis l'affichage de cette page. "
            "Rien n'a été enregistré : vérifiez les droits ci-dessous, puis recommencez."
        )
