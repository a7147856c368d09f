"""One mail per act tells an agent what became of their rights."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from convergences.catalog.models import Application
from convergences.directory.models import Agent, Membership
from convergences.entitlements.rules import is_told
from convergences.entitlements.terms import Act, Change
from convergences.foundations.mail import compose
from convergences.foundations.outbox import post
from convergences.foundations.text import day_in_words, french, listed

KIND = "access"


@dataclass(frozen=True, slots=True)
class Line:
    """What the mail says of one right, dates in words."""

    application: Application
    removed: bool
    roles: str
    until: str
    opens: str


def tell(membership: Membership, changes: Sequence[Change], *, by: Agent | None) -> None:
    """Post the mail that tells of these changes, unless the agent is told otherwise (`rules.is_told`)."""
    agent = membership.agent
    if not is_told(membership) or not agent.email:
        return
    acts = {change.act for change in changes}
    lines = [_line(change) for change in changes]
    context = {
        "agent": agent,
        "by": by.full_name if by else settings.CONFIGURATION.center_name,
        "employer": membership.organization.name,
        "title": french(title(changes)),
        "lines": lines,
        "only": acts.pop().value if len(acts) == 1 else "",
        "to_open": lines[0].application if len(lines) == 1 and not lines[0].removed and not lines[0].opens else None,
        "kept": any(not line.removed for line in lines),
    }
    post(compose(KIND, agent.email, "entitlements/mail/access", context))


def _line(change: Change) -> Line:
    return Line(
        application=change.application,
        removed=change.act == Act.REMOVED,
        roles=listed(list(change.roles)),
        until=day_in_words(change.ends_on) if change.ends_on else "",
        opens=day_in_words(change.opens_on) if change.opens_on else "",
    )


def title(changes: Sequence[Change]) -> str:
    """Return the subject: what changed, in the words of the design (« BIP vous est ouvert »)."""
    acts = {change.act for change in changes}
    names = listed([change.application.name for change in changes])
    if acts == {Act.GRANTED}:
        return _granted(changes, names)
    if acts == {Act.CHANGED}:
        return f"Votre droit sur {names} a changé" if len(changes) == 1 else f"Vos droits sur {names} ont changé"
    if acts == {Act.REMOVED}:
        return f"Votre accès à {names} a pris fin" if len(changes) == 1 else f"Vos accès à {names} ont pris fin"
    return "Vos droits ont changé"


def _granted(changes: Sequence[Change], names: str) -> str:
    if len(changes) > 1:
        return f"{names} vous sont ouverts"
    opens_on = changes[0].opens_on
    return f"{names} vous sera ouvert le {day_in_words(opens_on)}" if opens_on else f"{names} vous est ouvert"
