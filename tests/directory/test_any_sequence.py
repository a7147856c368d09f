"""Whatever two towns do, and in whatever order, what must always hold in the directory holds."""

import contextlib
from collections.abc import Callable

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convergences.directory import queries, rules
from convergences.directory.errors import DirectoryRefusal
from convergences.directory.models import Agent, AgentState, Membership
from convergences.directory.queries import MemberFilters
from convergences.directory.services import agents, memberships
from convergences.foundations import clock
from convergences.foundations.text import searchable
from tests.cast import Cast, build_cast
from tests.directory.acting import OPERATOR, actor, again, created, sheet
from tests.draws import drawn

pytestmark = pytest.mark.database

ADDRESSES = ("lea@pantin.example", "lea@romainville.example", "claire.nguyen@pantin.example")
Act = Callable[[Membership, Membership, str], object]
ACTS: dict[str, Act] = {
    "create": lambda by, _who, email: created(by, email=email),
    "suspend": lambda by, who, _email: memberships.suspend(who, reason="", actor=actor(by)),
    "reactivate": lambda by, who, _email: memberships.reactivate(who, actor=actor(by)),
    "close": lambda by, who, _email: memberships.close(who, actor=actor(by)),
    "restore": lambda by, who, _email: memberships.restore(who, actor=actor(by)),
    "address": lambda by, who, email: agents.modify(
        who, sheet(who, email=email), actor=actor(by), outside_domains_confirmed=True
    ),
    "rename": lambda by, who, _email: agents.modify(who, sheet(who, family_name="Éluard"), actor=actor(by)),
    "first visit": lambda _by, who, _email: agents.activate(who.agent, actor=OPERATOR),
    "accept": lambda _by, who, _email: memberships.confirm(who, actor=actor(who)),
    "decline": lambda _by, who, _email: memberships.decline(who, actor=actor(who)),
}
steps = st.tuples(
    st.sampled_from(sorted(ACTS)),
    st.sampled_from(["nadia", "moussa", "karim"]),
    st.integers(0, 12),
    st.sampled_from(ADDRESSES),
)


@settings(max_examples=drawn(60), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, min_size=3, max_size=14))
def test_whatever_the_sequence_the_rules_hold(db: None, sequence: list[tuple[str, str, int, str]]) -> None:
    with transaction.atomic():
        cast = build_cast()
        for act, by, position, email in sequence:
            everybody = list(Membership.objects.select_related("agent", "organization").order_by("pk"))
            with contextlib.suppress(DirectoryRefusal):
                ACTS[act](again(getattr(cast, by)), everybody[position % len(everybody)], email)
        check_accounts()
        check_labels()
        check_organizations(cast)
        transaction.set_rollback(True)


def check_accounts() -> None:
    for agent in Agent.objects.exclude(state=AgentState.ERASED):
        opened = Membership.objects.filter(agent=agent, closed_at__isnull=True)
        assert agent.state == rules.account_state(agent, opened, clock.today())
        assert agent.email == (agent.email or "").lower() != ""
        assert (agent.deleted_at is None) == (agent.state != AgentState.DELETED)


def check_labels() -> None:
    for each in Membership.objects.filter(closed_at__isnull=True).select_related("agent"):
        assert each.name_key == searchable(f"{each.family_name} {each.given_name}")
        assert each.search_text == searchable(f"{each.given_name} {each.family_name} {each.email} {each.department}")


def check_organizations(cast: Cast) -> None:
    for organization in (cast.pantin, cast.romainville):
        assert queries.referents_of(organization.pk)
        counts = queries.member_counts(organization)
        for state in ("active", "invited", "suspended", "ended"):
            found = list(queries.members(organization, MemberFilters(state=state)))
            assert {queries.state_of(each) for each in found} <= {state}
            assert len(found) == counts[state]
        assert counts["all"] == sum(counts[state] for state in ("active", "invited", "suspended", "ended"))
