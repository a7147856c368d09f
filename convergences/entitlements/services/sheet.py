"""The sheet of an agent's rights, saved whole: all of its changes, or none."""

from django.db import transaction

from convergences.audit.services import Actor
from convergences.directory.models import Agent, Membership
from convergences.entitlements.errors import SheetChanged, UnknownApplication
from convergences.entitlements.queries import RightLine, rights_sheet, sheet_version
from convergences.entitlements.services import checks
from convergences.entitlements.services.change import amend
from convergences.entitlements.services.grant import give
from convergences.entitlements.services.register import Giving
from convergences.entitlements.services.revoke import withdraw
from convergences.entitlements.services.telling import tell
from convergences.entitlements.terms import Change, Terms, Wish


@transaction.atomic
def set_rights(
    membership: Membership, wishes: list[Wish], *, giver: Agent | None, actor: Actor, seen: str | None = None
) -> list[Change]:
    """Make the rights of a membership what is wished, and return what changed; one mail tells the agent of the lot.

    A line of the sheet that is not wished for is switched off, so a form sends a wish for every line that is on. `seen`
    is the `sheet_version` that the giver had before their eyes: if the sheet has moved since, `SheetChanged`. Raises
    what `grant` and `change` raise (`application` names the line), and `UnknownApplication`; then nothing is done.
    """
    membership = checks.locked(membership)
    checks.managed(membership, giver)
    lines = rights_sheet(membership)
    if seen is not None and seen != sheet_version(lines):
        raise SheetChanged
    wanted = {wish.application_id: wish for wish in wishes}
    if not wanted.keys() <= {line.application.pk for line in lines}:
        raise UnknownApplication
    changes = _apply(membership, lines, wanted, giving=Giving(giver, actor))
    if changes:
        tell(membership, changes, by=giver)
    return changes


def _apply(membership: Membership, lines: list[RightLine], wanted: dict[int, Wish], *, giving: Giving) -> list[Change]:
    # Always in the same order, so that two référents who save at once never wait for each other's seats.
    ordered = sorted(lines, key=lambda line: line.application.pk)
    changes = [_switch_off(line, giving) for line in ordered if line.application.pk not in wanted]
    changes += [
        _switch_on(membership, line, wanted[line.application.pk], giving)
        for line in ordered
        if line.application.pk in wanted
    ]
    return [change for change in changes if change]


def _switch_off(line: RightLine, giving: Giving) -> Change | None:
    return withdraw(line.entitlement, actor=giving.actor, reason="") if line.entitlement else None


def _switch_on(membership: Membership, line: RightLine, wish: Wish, giving: Giving) -> Change | None:
    terms = Terms(roles=wish.roles, ends_on=wish.ends_on)
    if line.entitlement is None:
        return give(membership, line.application, terms, giving=giving)[1]
    return amend(membership, line.entitlement, terms, giving=giving)[1]
