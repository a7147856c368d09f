"""The directory's lines in the journal."""

from typing import Any

from convergences.audit.services import About, Actor, record
from convergences.audit.words import Word
from convergences.directory.models import Membership


def tell(word: Word, membership: Membership, *, actor: Actor, **details: Any) -> None:
    """Record an act on a member, under the name that the employer knows them by."""
    about = About(
        subject_id=membership.agent_id,
        subject_label=membership.full_name,
        organization_id=membership.organization_id,
    )
    record(word, actor=actor, about=about, **details)
