"""What applying files changes, as a person reads it: a diff. And as a program reads it: JSON values."""

from dataclasses import dataclass, field
from typing import Any

CREATE, CHANGE, REMOVE = "create", "change", "remove"
_MARKS = {CREATE: "+", CHANGE: "~", REMOVE: "-"}
_KINDS = {
    "organization": "organisation",
    "application": "application",
    "client": "client OpenID Connect",
    "service": "raccordement CAS",
    "provider": "raccordement SAML",
    "gate": "raccordement par le serveur mandataire",
    "opening": "ouverture",
    "pilot": "pilote",
    "subscription": "abonnement",
    "agent": "agent",
    "membership": "rattachement",
    "entitlement": "droit",
    "staff_role": "rôle au centre",
    "password": "mot de passe",
}


@dataclass(frozen=True)
class Difference:
    """A field that changes."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """One thing created, changed or removed."""

    action: str
    kind: str
    key: str
    differences: tuple[Difference, ...] = ()

    def lines(self) -> list[str]:
        """Return the change as lines of the plan."""
        head = f"{_MARKS[self.action]} {_KINDS[self.kind]} {self.key}"
        return [head, *(f"    {d.name} : {_shown(d.before)} → {_shown(d.after)}" for d in self.differences)]


@dataclass
class Plan:
    """All that changes, in the order in which it does."""

    changes: list[Change] = field(default_factory=list)

    def created(self, kind: str, key: str) -> None:
        """Note something new."""
        self.changes.append(Change(CREATE, kind, key))

    def removed(self, kind: str, key: str) -> None:
        """Note something that goes."""
        self.changes.append(Change(REMOVE, kind, key))

    def changed(self, kind: str, key: str, before: dict[str, Any], after: dict[str, Any]) -> None:
        """Note the fields of `after` that differ from `before`; nothing is noted when none does."""
        found = [
            Difference(name, before.get(name), value) for name, value in after.items() if before.get(name) != value
        ]
        if found:
            self.changes.append(Change(CHANGE, kind, key, tuple(found)))

    def text(self) -> str:
        """Return the plan as a person reads it, its summary last."""
        lines = [line for change in self.changes for line in change.lines()]
        return "\n".join([*lines, self.summary()])

    def summary(self) -> str:
        """Say how much changes, in one line."""
        created = sum(change.action == CREATE for change in self.changes)
        removed = sum(change.action == REMOVE for change in self.changes)
        changed = len(self.changes) - created - removed
        if not self.changes:
            return "Rien à changer : la base est déjà conforme aux fichiers."
        last = f" À supprimer : {removed}." if removed else ""
        return f"À créer : {created}. À modifier : {changed}.{last}"

    def values(self) -> list[dict[str, Any]]:
        """Return the plan as JSON values."""
        return [
            {
                "action": change.action,
                "kind": change.kind,
                "key": change.key,
                "fields": {d.name: {"before": _plain(d.before), "after": _plain(d.after)} for d in change.differences},
            }
            for change in self.changes
        ]


def _shown(value: Any) -> str:
    if value in (None, "", [], ()):
        return "(vide)"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_shown(item) for item in value) + "]"
    return {True: "oui", False: "non"}[value] if isinstance(value, bool) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | bool | None) else str(value)
