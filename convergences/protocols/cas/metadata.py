"""An application's description, by the names of the declarative file: read strictly, one function a field."""

from collections.abc import Callable, Mapping
from typing import Any

from convergences.protocols.cas import addresses
from convergences.protocols.cas.errors import InvalidService
from convergences.protocols.cas.models import UserName
from convergences.web.panels.descriptions import Reader

MANY = 20
LONGEST_PATTERN = 500
_READER = Reader(InvalidService)
refuse = _READER.refuse


def read(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an application, checked and completed with defaults; raises `InvalidService`."""
    fields = _READER.read(metadata, FIELDS)
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


FIELDS: dict[str, Callable[[str, Any], Any]] = {
    "services": _patterns,
    "user": _READER.one_of(*UserName.values),
    "single_logout": _READER.boolean(default=True),
    "proxy": _READER.boolean(),
    "proxy_callbacks": _patterns,
}
