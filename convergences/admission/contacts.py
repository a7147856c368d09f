"""Whom a refused agent may turn to: their employer's référents, or the centre's correspondant where there is none."""

from dataclasses import dataclass

from convergences.directory.models import Civility, Membership, Organization
from convergences.directory.queries import referents_of
from convergences.directory.staff import Contact, contact_of
from convergences.foundations.text import listed

NAMED = 3


@dataclass(frozen=True, slots=True)
class Contacts:
    """Whom to ask. `own` says that the refused agent is a référent too; they are then not told to ask themself."""

    referents: tuple[Membership, ...] = ()
    correspondent: Contact | None = None
    own: bool = False

    def can(self, act: str) -> str:
        """Return the sentence that says who can do this, by name."""
        if not self.referents:
            return _correspondent_can(self.correspondent, act)
        people = [membership.agent for membership in self.referents]
        others = len(people) - NAMED
        names = listed([agent.full_name for agent in people[:NAMED]] + ([f"{others} de plus"] if others > 0 else []))
        if len(people) > 1:
            return f"Vos référents administrateurs, {names}, peuvent {act}."
        madam = people[0].civility == Civility.MADAM
        return (
            f"{'Votre référente administratrice' if madam else 'Votre référent administrateur'}, {names}, peut {act}."
        )


def _correspondent_can(correspondent: Contact | None, act: str) -> str:
    if correspondent is None:
        return f"Le centre de gestion peut {act}."
    title = "correspondante" if correspondent.agent.civility == Civility.MADAM else "correspondant"
    return f"Votre {title} au centre de gestion, {correspondent.named}, peut {act}."


def contacts_at(organization: Organization | None, *, agent_id: int) -> Contacts:
    """Return whom this agent may ask at this employer, in two queries at most."""
    referents = referents_of(organization.pk) if organization else []
    others = tuple(membership for membership in referents if membership.agent_id != agent_id)
    return Contacts(
        referents=others,
        correspondent=None if others else contact_of(organization),
        own=len(others) < len(referents),
    )
