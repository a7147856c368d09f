"""What accepting an answer would do, person by person, before anybody accepts it. Nothing here writes."""

import json
from dataclasses import dataclass

from convergences.campaigns.models import Designation, Named
from convergences.campaigns.services import comparing
from convergences.campaigns.services.comparing import Remark
from convergences.directory.models import Agent, Membership, Profile
from convergences.directory.services import addresses
from convergences.foundations.sealing import digest

CREATED, ATTACHED, PROMOTED, KEPT = "created", "attached", "promoted", "kept"


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a person named: `kind` is one of the four words above; `member`, who they are here already."""

    named: Named
    kind: str
    member: Membership | None
    remarks: tuple[Remark, ...]

    @property
    def blocks(self) -> bool:
        """Whether the whole answer cannot be accepted because of this person."""
        return any(remark.blocks for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What becomes of all whom an answer names, who loses the profile, and the remarks on the whole."""

    designation: Designation
    fates: tuple[Fate, ...]
    leaving: tuple[Membership, ...]
    remarks: tuple[Remark, ...]

    @property
    def blocked(self) -> bool:
        """Whether something must be done first."""
        return any(fate.blocks for fate in self.fates)

    @property
    def mark(self) -> str:
        """Return the mark of all this: another one once any of it has changed."""
        fates = [[fate.named.email, fate.kind, [each.code for each in fate.remarks]] for fate in self.fates]
        said = [str(self.designation.uid), self.designation.state, fates, [str(each.uid) for each in self.leaving]]
        return digest(json.dumps(said))[:16]


def foresee(designation: Designation) -> Foreseen:
    """Return what accepting this answer would do now; a few queries, whoever it names."""
    organization, named = designation.invitation.organization, list(designation.named.all())
    emails = [each.email for each in named]
    rows = Membership.objects.filter(organization=organization, agent__email__in=emails, closed_at__isnull=True)
    here = {member.agent.email: member for member in rows.select_related("agent", "organization")}
    elsewhere = {agent.email for agent in Agent.objects.filter(email__in=emails) if not addresses.is_gone(agent)}
    remarks = comparing.compare(designation)
    fates = [
        Fate(
            named=each,
            kind=_kind(here.get(each.email), known=each.email in elsewhere),
            member=here.get(each.email),
            remarks=tuple(remark for remark in remarks if remark.position == each.position),
        )
        for each in named
    ]
    leaving = comparing.referents_held(organization) if designation.replaces else []
    return Foreseen(
        designation,
        tuple(fates),
        tuple(member for member in leaving if member.agent.email not in emails),
        tuple(remark for remark in remarks if remark.position < 0),
    )


def _kind(member: Membership | None, *, known: bool) -> str:
    if member is not None:
        return KEPT if member.profile == Profile.REFERENT else PROMOTED
    return ATTACHED if known else CREATED
