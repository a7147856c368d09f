"""What follows from memberships on the account itself. Called by the verbs, inside their transaction."""

from convergences.directory import rules
from convergences.directory.models import Agent, AgentState, Membership
from convergences.directory.services import locks, photos
from convergences.foundations import clock
from convergences.foundations.text import searchable


def follow(agent_id: int) -> Agent:
    """Set the account's state after its memberships, and return it: an account without an employer left is deleted."""
    agent = locks.hold_agent(agent_id)
    opened = Membership.objects.filter(agent_id=agent_id, closed_at__isnull=True)
    state = rules.account_state(agent, opened, clock.today())
    if state != agent.state:
        agent.state = state
        agent.deleted_at = clock.now() if state == AgentState.DELETED else None
        agent.save(update_fields=["state", "deleted_at"])
    return agent


def relabel(membership: Membership) -> None:
    """Bring what the employer sees, sorts and searches by in step with who the member is. Does not save."""
    if membership.confirmed_at:
        agent = membership.agent
        membership.shown_given_name = agent.given_name
        membership.shown_family_name = agent.family_name
        membership.shown_civility = agent.civility
        membership.shown_email = agent.email or ""
        membership.shown_phone = agent.phone
    given, family = membership.shown_given_name, membership.shown_family_name
    # Folding may lengthen a text: « ß » gives « ss ».
    membership.name_key = searchable(f"{family} {given}")[:170]
    words = f"{given} {family} {membership.shown_email} {membership.department}"
    membership.search_text = searchable(words)[:560]


def relabel_all(agent: Agent) -> None:
    """Bring every employer that the agent has accepted in step with who the agent is now."""
    for membership in Membership.objects.filter(agent=agent, closed_at__isnull=True, confirmed_at__isnull=False):
        membership.agent = agent
        relabel(membership)
        membership.save()


def release(agent: Agent) -> None:
    """Blank an account that nobody will use again, so that its address may serve somebody else.

    The opaque identifier stays, and is never given again (DOMAIN, rule 5).
    """
    photos.discard(agent)
    Membership.objects.filter(agent=agent).update(
        shown_given_name="", shown_family_name="", shown_civility="", shown_email="", shown_phone="",
        name_key="", search_text="",
    )  # fmt: skip
    agent.email = None
    agent.given_name = agent.family_name = agent.civility = agent.phone = ""
    agent.state = AgentState.ERASED
    agent.deleted_at = agent.deleted_at or clock.now()
    agent.save()
