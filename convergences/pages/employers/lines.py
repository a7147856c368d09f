"""The lines of the list: an employer, its référents, its accounts, its answer to the last campaign that asked it."""

from collections.abc import Sequence
from dataclasses import dataclass

from convergences.campaigns import employers as campaigns
from convergences.campaigns.models import Campaign, Invitation, InvitationState
from convergences.directory import employers
from convergences.directory.models import Membership, Organization

CHIPS = {
    InvitationState.WAITING: ("info", "À envoyer", "hourglass"),
    InvitationState.SENT: ("info", "Envoyée", "mail"),
    InvitationState.OPENED: ("info", "Ouverte", "eye"),
    InvitationState.RECEIVED: ("warn", "À vérifier", "clipboard-list"),
    InvitationState.SENT_BACK: ("warn", "Renvoyée", "mail-forward"),
    InvitationState.VALIDATED: ("ok", "Validée", "check"),
    InvitationState.WITHDRAWN: ("info", "Retirée", "x"),
}
LATE = ("bad", "En retard", "clock-exclamation")


@dataclass(frozen=True, slots=True)
class Line:
    """One employer of the list."""

    employer: Organization
    referents: str
    accounts: int
    chip: tuple[str, str, str] | None


def chip_of(invitation: Invitation, campaign: Campaign) -> tuple[str, str, str]:
    """Return the tone, the word and the icon of an employer's answer to a campaign."""
    return chip_in(invitation.state, late=campaigns.is_late(invitation, campaign))


def chip_in(state: str, *, late: bool) -> tuple[str, str, str]:
    """Return the same for a state."""
    return LATE if late else CHIPS[InvitationState(state)]


def lines_of(organizations: Sequence[Organization]) -> list[Line]:
    """Return the lines of these employers, in three queries."""
    ids = [each.pk for each in organizations]
    referents, accounts = employers.referents_of_each(ids), employers.accounts_of_each(ids)
    answers = campaigns.invitations(ids)
    return [
        Line(
            employer=each,
            referents=_named(referents[each.pk]),
            accounts=accounts.get(each.pk, 0),
            chip=chip_of(answers[each.pk], answers[each.pk].campaign) if each.pk in answers else None,
        )
        for each in organizations
    ]


def _named(referents: list[Membership]) -> str:
    if not referents:
        return ""
    more = f", +{len(referents) - 1}" if len(referents) > 1 else ""
    return referents[0].full_name + more
