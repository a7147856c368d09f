"""Who the facts are about, read in the statement that reads the facts: agent, photo, employer, membership.

A token is used far more often than an agent signs in: all that is told of them then comes at once. Any other column is
read when somebody asks for it.
"""

from collections.abc import Sequence
from typing import Any

from convergences.directory.models import Agent, Membership, Organization, Photo
from convergences.foundations.prepared import Portion

_MEMBERSHIP = Portion(Membership, "id", "agent", "organization", "department", "job_title", "confirmed_at")
_AGENT = Portion(
    Agent,
    *("id", "subject", "email", "civility", "given_name", "family_name"),
    *("phone", "state", "activated_at", "address_changed_at"),
)
_ORGANIZATION = Portion(Organization, "id", "key", "name", "siret", "kind")
_PHOTO = Portion(Photo, "id", "agent", "uid")

_AFTER_AGENT = len(_AGENT.names)
_AFTER_ORGANIZATION = _AFTER_AGENT + len(_ORGANIZATION.names)
_AFTER_PHOTO = _AFTER_ORGANIZATION + len(_PHOTO.names)
NUMBER = _AFTER_PHOTO + len(_MEMBERSHIP.names)

# By the aliases of `facts`: m, a, o; and f, which it does not have.
COLUMNS = ", ".join((_AGENT.columns("a"), _ORGANIZATION.columns("o"), _PHOTO.columns("f"), _MEMBERSHIP.columns("m")))
JOIN = "LEFT JOIN directory_photo f ON f.agent_id = a.id"


def membership(columns: Sequence[Any]) -> Membership:
    """Return the membership that `COLUMNS` describe, with its agent, their photo and its organization."""
    photo = columns[_AFTER_ORGANIZATION:_AFTER_PHOTO]
    agent = _AGENT.made(columns[:_AFTER_AGENT])
    Agent.photo.related.set_cached_value(agent, _PHOTO.made(photo) if photo[0] is not None else None)
    made = _MEMBERSHIP.made(columns[_AFTER_PHOTO:])
    made.agent = agent
    made.organization = _ORGANIZATION.made(columns[_AFTER_AGENT:_AFTER_ORGANIZATION])
    return made
