"""One application of files: what it reads, what it has changed so far, what it was refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import transaction

from convergences.audit.services import Actor
from convergences.catalog.models import Application
from convergences.cli.declarative.entries import Entry
from convergences.cli.declarative.plan import Plan
from convergences.cli.declarative.problems import BadFiles, Problem
from convergences.cli.declarative.secrets import Secret
from convergences.cli.declarative.source import Place, Source
from convergences.cli.declarative.validation import File
from convergences.directory.models import Organization
from convergences.foundations.errors import Refusal

E = TypeVar("E", bound=Entry)
F = TypeVar("F", bound=Entry)

# Where the domain's fields stand in a file, when it is under another name.
_KEYS = {
    "starts_on": ("from",),
    "ends_on": ("until",),
    **{f"authority_{name}": ("authority", name) for name in ("title", "name", "email", "address")},
}


@dataclass(frozen=True)
class Item(Generic[E]):
    """An entry, and where it stands."""

    source: Source
    place: Place
    entry: E

    def merged(self, present: dict[str, Any]) -> dict[str, Any]:
        """Return the entry's values; for the keys that the file leaves out, what the database holds."""
        values = {name: getattr(self.entry, name) for name in type(self.entry).model_fields}
        return values | {name: value for name, value in present.items() if name not in self.entry.model_fields_set}

    def secrets(self, value: Any, *key: str) -> str | list[str]:
        """Return the secret that a value of the entry stands for, or several while one replaces the other.

        Raises `Wrong`, which never holds the secret.
        """
        if isinstance(value, list):
            return [self.secret(one, *key) for one in value]
        return self.secret(value, *key)

    def secret(self, value: Any, *key: str) -> str:
        """Return one secret; raises `Wrong`."""
        try:
            found = value if isinstance(value, Secret) else Secret.read(value)
            return found.value(self.source.path.parent)
        except ValueError as error:
            raise Wrong(str(error), *key) from error

    def at(self, *steps: str | int) -> Place:
        """Return a place inside the entry."""
        return (*self.place, *steps)

    def inside(self, entry: "F", *steps: str | int) -> "Item[F]":
        """Return an entry of this entry as an item of its own."""
        return Item(self.source, self.at(*steps), entry)


class Wrong(Exception):  # noqa: N818 - an answer, not a breakdown
    """An entry cannot be applied; `key` is the one at fault in it."""

    def __init__(self, sentence: str, *key: str | int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.key = key


@dataclass
class Run:
    """The state of one application. Sections write through the domain's services, each entry on its own."""

    files: list[File]
    actor: Actor
    plan: Plan = field(default_factory=Plan)
    problems: list[Problem] = field(default_factory=list)
    connections: dict[str, dict[str, Any]] = field(default_factory=dict)  # by slug, once applications were asked
    _organizations: dict[str, Organization] = field(default_factory=dict)
    _applications: dict[str, Application] = field(default_factory=dict)

    def items(self, section: str) -> Iterator[Item[Any]]:
        """Yield the entries of a section, file after file."""
        for file in self.files:
            for index, entry in enumerate(getattr(file.contents, section)):
                yield Item(file.source, (section, index), entry)

    def organization(self, key: str, *where: str | int) -> Organization:
        """Return the organization of this handle, read once; raises `Wrong`."""
        found = self._organizations.get(key) or Organization.objects.filter(key=key).first()
        if found is None:
            raise Wrong(f"aucune organisation ne porte la clé « {key} » : déclarez-la, ou corrigez la clé", *where)
        return self._organizations.setdefault(key, found)

    def application(self, slug: str, *where: str | int) -> Application:
        """Return the application of this slug with its roles, read once; raises `Wrong`."""
        found = self._applications.get(slug)
        found = found or Application.objects.filter(slug=slug).prefetch_related("roles").first()
        if found is None:
            raise Wrong(f"aucune application ne porte le nom « {slug} » : déclarez-la, ou corrigez le nom", *where)
        return self._applications.setdefault(slug, found)

    @contextmanager
    def applying(self, item: Item[Any]) -> Iterator[None]:
        """Turn a refusal of the domain into a problem at the entry's line, undo the entry, go on with the others."""
        with self.telling(item), transaction.atomic():
            yield

    @contextmanager
    def telling(self, item: Item[Any]) -> Iterator[None]:
        """Turn a refusal of the domain into a problem at the entry's line, and go on with the others."""
        try:
            yield
        except Wrong as wrong:
            self.problems.append(item.source.problem(item.at(*wrong.key), wrong.sentence))
        except Refusal as refusal:
            place = item.at(*_KEYS.get(refusal.field, (refusal.field,)))
            self.problems.append(item.source.problem(place, refusal.sentence))

    def stop_if_wrong(self) -> None:
        """Raise `BadFiles` when a section had problems: what follows would only repeat them."""
        if self.problems:
            raise BadFiles(sorted(self.problems))
