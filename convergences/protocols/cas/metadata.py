"""An application's description, by the names of the declarative file: read strictly, one function a field."""

from collections.abc import Callable, Mapping
from typing import Any

from convergences.protocols.cas import addresses
from convergences.protocols.cas.errors import InvalidService
from convergences.protocols.cas.models import UserName

MANY = 20
LONGEST_PATTERN = 500


def refuse(field: str, sentence: str) -> InvalidService:
    """Return the refusal of one field, its name first."""
    return InvalidService(f"{field} : {sentence}.", field=field)


def read(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an application, checked and completed with defaults; raises `InvalidService`."""
    for name in metadata:
        if name not in FIELDS:
            raise refuse(name, "ce réglage est inconnu")
    fields = {name: check(name, metadata.get(name)) for name, check in FIELDS.items()}
    if not fields["services"]:
        raise refuse("services", "indiquez au moins une adresse de l’application")
    if fields["proxy_callbacks"] and not fields["proxy"]:
        raise refuse("proxy_callbacks", "ce réglage demande proxy: true")
    return fields


def _patterns(field: str, value: Any) -> list[str]:
    given = [] if value is None else value
    if not isinstance(given, list) or len(given) > MANY:
        raise refuse(field, f"donnez une liste de {MANY} adresses au plus")
    for pattern in given:
        if found := addresses.problem(pattern):
            raise refuse(field, found)
        if len(pattern) > LONGEST_PATTERN:
            raise refuse(field, f"cette adresse dépasse {LONGEST_PATTERN} caractères")
    if len(set(given)) != len(given):
        raise refuse(field, "une adresse figure deux fois")
    return list(given)


def _user(field: str, value: Any) -> str:
    chosen = UserName.EMAIL if value is None else value
    if chosen not in UserName.values:
        raise refuse(field, f"choisissez parmi {', '.join(UserName.values)}")
    return str(chosen)


def _boolean(*, default: bool) -> Callable[[str, Any], bool]:
    def check(field: str, value: Any) -> bool:
        if value not in (None, True, False):
            raise refuse(field, "répondez par true ou false")
        return default if value is None else bool(value)

    return check


FIELDS: dict[str, Callable[[str, Any], Any]] = {
    "services": _patterns,
    "user": _user,
    "single_logout": _boolean(default=True),
    "proxy": _boolean(default=False),
    "proxy_callbacks": _patterns,
}
