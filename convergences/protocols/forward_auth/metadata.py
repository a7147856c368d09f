"""An application's description, by the names of the declarative file: read strictly, one function a field."""

from collections.abc import Callable, Mapping
from typing import Any

from convergences.protocols.forward_auth import addresses
from convergences.protocols.forward_auth.errors import InvalidGate
from convergences.web.panels.descriptions import Reader

MANY = 20
_READER = Reader(InvalidGate)
refuse = _READER.refuse


def read(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an application, checked and completed with defaults; raises `InvalidGate`."""
    fields = _READER.read(metadata, FIELDS)
    if not fields["hosts"]:
        raise refuse("hosts", "indiquez au moins un nom de machine de l’application")
    return fields


def _hosts(field: str, value: Any) -> list[str]:
    given = _listed(field, value, addresses.problem_of_host)
    return _once(field, [addresses.host(each) for each in given])


def _paths(field: str, value: Any) -> list[str]:
    return _once(field, _listed(field, value, addresses.problem_of_path))


def _listed(field: str, value: Any, problem: Callable[[object], str]) -> list[str]:
    given = [] if value is None else value
    if not isinstance(given, list) or len(given) > MANY:
        raise refuse(field, f"donnez une liste de {MANY} éléments au plus")
    for each in given:
        if found := problem(each):
            raise refuse(field, found)
    return given


def _once(field: str, values: list[str]) -> list[str]:
    if len({addresses.alike(value) for value in values}) != len(values):
        raise refuse(field, "un élément figure deux fois")
    return values


FIELDS: dict[str, Callable[[str, Any], Any]] = {"hosts": _hosts, "paths": _paths}
