"""The catalogue's refusals."""

from convergences.foundations.errors import Refusal
from convergences.foundations.text import french


class CatalogRefusal(Refusal):
    """A rule of the catalogue said no."""

    code = "catalog_refusal"

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(french(sentence), field=field)


class InvalidField(CatalogRefusal):
    """A value is missing or malformed; `field` names it."""

    code = "invalid_field"


class DatesInDisorder(InvalidField):
    """A contract would end before it begins."""

    code = "dates_in_disorder"

    def __init__(self) -> None:
        super().__init__("La date de fin précède la date de début.", field="ends_on")


class SlugTaken(InvalidField):
    """The handle is another application's; handles are never given again."""

    code = "slug_taken"

    def __init__(self, name: str) -> None:
        super().__init__(f"Cet identifiant est déjà celui de « {name} ». Choisissez-en un autre.", field="slug")


class UnknownApplication(CatalogRefusal):
    """No application of the catalogue has this handle."""

    code = "unknown_application"

    def __init__(self) -> None:
        super().__init__("Cette application n'existe pas.")
