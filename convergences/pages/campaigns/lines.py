"""What the page of a campaign shows line by line: how far each department is, what left when, who is silent."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from convergences.campaigns import employers
from convergences.campaigns.models import Campaign, CampaignState, Invitation, Mailing, MailingKind
from convergences.campaigns.models import InvitationState as State
from convergences.campaigns.progress import Share
from convergences.directory import departments
from convergences.foundations import clock
from convergences.web.forms.narrowing import KINDS, Asked

CHIPS = {
    State.WAITING: ("info", "À envoyer", "hourglass"),
    State.SENT: ("info", "Formulaire envoyé", "mail"),
    State.OPENED: ("info", "Formulaire ouvert, non envoyé", "eye"),
    State.SENT_BACK: ("warn", "Renvoyée pour correction", "mail-forward"),
    State.RECEIVED: ("warn", "Réponse à vérifier", "clipboard-list"),
    State.VALIDATED: ("ok", "Désignation validée", "check"),
}
LATE = ("bad", "En retard", "clock-exclamation")
UNADDRESSED = ("bad", "Aucune adresse e-mail", "mail")


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a table of progress, and the widths of its bar out of 100."""

    label: str
    total: int
    answered: int
    pending: int
    late: int
    query: str  # the address of the same employers

    @property
    def answered_width(self) -> str:
        """How far the answers reach."""
        return _width(self.answered, self.total)

    @property
    def pending_width(self) -> str:
        """How far the answers and those still awaited in time reach."""
        return _width(self.answered + self.pending, self.total)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a whole campaign, added up from its departments: no other query."""

    total: int
    answered: int
    to_check: int
    silent: int
    unaddressed: int


@dataclass(frozen=True, slots=True)
class Step:
    """A day of the calendar: what left or will leave, for how many employers if it is known."""

    label: str
    day: dt.date
    past: bool
    employers: int | None = None


def figures(shares: list[Share]) -> Figures:
    """Add the shares up."""
    names = ("total", "answered", "to_check", "silent", "unaddressed")
    return Figures(**{name: sum(getattr(each, name) for each in shares) for name in names})


def bars(shares: list[Share], campaign: Campaign, asked: Asked, word: str) -> list[Bar]:
    """Return the lines of a table of progress: who is silent is late once the deadline is past, awaited before.

    `word` is what an address calls the column, `departement` or `nature`.
    """
    over, labels = campaign.deadline < clock.today(), dict(KINDS)
    return [
        Bar(
            label=labels.get(each.key) or departments.named(each.key),
            total=each.total,
            answered=each.answered,
            pending=0 if over else each.silent,
            late=each.silent if over else 0,
            query=asked.query(**{word: each.key}),
        )
        for each in shares
    ]


def calendar(campaign: Campaign, mailings: list[Mailing]) -> list[Step]:
    """Return what was sent, the reminders to come and the deadline, in their order; nothing to come once closed."""
    today = clock.today()
    labels = {
        MailingKind.LAUNCH: "Envoi du formulaire",
        MailingKind.REMINDER: "Relance",
        MailingKind.LETTERS: "Courriers",
    }
    steps = [Step(labels[MailingKind(each.kind)], each.day, past=True, employers=each.done) for each in mailings]
    ahead = [dt.date.fromisoformat(day) for day in campaign.reminders]
    steps += [Step("Relance prévue", day, past=False) for day in ahead if day > today]
    steps.append(Step("Date limite", campaign.deadline, past=campaign.deadline < today))
    return sorted((step for step in steps if step.past or not campaign.closed_at), key=lambda step: step.day)


def lines_of(
    invitations: Iterable[Invitation], campaign: Campaign
) -> list[tuple[Invitation, tuple[str, str, str], bool]]:
    """Return employers of the campaign, each with the chip of its state, and whether it can be reminded."""
    running = campaign.state == CampaignState.RUNNING
    return [(each, _chip(each, campaign), running and each.state in employers.UNANSWERED) for each in invitations]


def _chip(invitation: Invitation, campaign: Campaign) -> tuple[str, str, str]:
    if invitation.state in employers.UNANSWERED and not invitation.organization.authority_email:
        return UNADDRESSED
    if employers.is_late(invitation, campaign):
        return LATE
    return CHIPS[State(invitation.state)]


def _width(part: int, total: int) -> str:
    return f"{100 * part / total:.1f}" if total else "0"
