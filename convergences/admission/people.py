"""Who the facts are about, read in the statement that reads the facts: agent, photo, employer, membership.

A token is used far more often than an agent signs in: all that is told of them then comes at once. Any other column is
read when somebody asks for it.
"""

from convergences.directory.models import Agent, Membership, Organization, Photo
from convergences.foundations.sql.one_text import one_text, values
from convergences.foundations.sql.prepared import Portion, Portions, lead

# By the aliases of `facts`: m, a, o; and f, which it does not have.
_PEOPLE = Portions(
    m=Portion(Membership, "id", "agent", "organization", "department", "job_title", "confirmed_at"),
    a=Portion(
        Agent,
        *("id", "subject", "email", "civility", "given_name", "family_name"),
        *("phone", "state", "activated_at", "address_changed_at"),
    ),
    o=Portion(Organization, "id", "key", "name", "siret", "kind"),
    f=Portion(Photo, "id", "agent", "uid"),
)
TEXT = one_text(_PEOPLE.columns)
JOIN = "LEFT JOIN directory_photo f ON f.agent_id = a.id"


def membership(text: str) -> Membership:
    """Return the membership that `TEXT` brings, with its agent, their photo and its organization; new each time."""
    made: Membership
    made, agent, organization, photo = _PEOPLE.made(values(text))
    lead(made, agent=agent, organization=organization)
    lead(agent, photo=photo)
    return made
