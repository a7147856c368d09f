"""A référent searches, sorts and counts the members of their organization."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convergences.directory import queries
from convergences.directory.errors import UnknownMember
from convergences.directory.models import Agent, Membership
from convergences.directory.queries import MemberFilters
from convergences.directory.services import agents, memberships
from convergences.foundations import clock
from tests.cast import Cast, member
from tests.directory.acting import OPERATOR, actor, again, attached, created, details, sheet
from tests.draws import drawn

pytestmark = pytest.mark.database


def names(cast: Cast, **filters: str) -> list[str]:
    return [m.full_name for m in queries.members(cast.pantin, MemberFilters(**filters))]


def test_the_list_holds_the_organizations_own_members_by_name(cast: Cast) -> None:
    assert names(cast) == ["Moussa Diarra", "Nadia Ferhat", "Claire Nguyen"]


@pytest.mark.parametrize(
    "q", ["nguyen", "NGUYEN", "claire nguyen", "Nguyen Claire", "carrieres", "CARRIÈRES", "claire.nguyen@", "c nguy"]
)
def test_search_minds_neither_accents_nor_case_nor_order(cast: Cast, q: str) -> None:
    assert names(cast, q=q) == ["Claire Nguyen"]


@pytest.mark.parametrize("q", ["Le Goff", "le-goff", "LEGOFF jean", "jean-marc le goff"])
def test_compound_names_are_found_with_or_without_hyphens(cast: Cast, q: str) -> None:
    member(cast.pantin, "Jean-Marc Le Goff")
    assert names(cast, q=q) == ["Jean-Marc Le Goff"]


@pytest.mark.parametrize("q", ["lefevre", "romainville", "%", "_", "claire % nguyen_"])
def test_search_finds_nothing_of_other_organizations_nor_by_wildcards(cast: Cast, q: str) -> None:
    assert [name for name in names(cast, q=q) if name not in names(cast)] == []
    assert "Lucie Lefèvre" not in names(cast, q=q)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=drawn(40), deadline=None)
@given(q=st.text(max_size=150), state=st.text(max_size=10), sort=st.text(max_size=10), profile=st.text(max_size=10))
def test_any_search_gives_members_of_the_organization_or_nobody(
    cast: Cast, q: str, state: str, sort: str, profile: str
) -> None:
    found = names(cast, q=q, state=state, sort=sort, profile=profile)
    assert set(found) <= {"Moussa Diarra", "Nadia Ferhat", "Claire Nguyen"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=drawn(25), deadline=None)
@given(family=st.text(st.characters(categories=["L"], exclude_characters="ﷺ"), min_size=1, max_size=20))
def test_a_member_is_found_by_the_name_that_was_typed(cast: Cast, family: str) -> None:
    made = Membership.objects.filter(organization=cast.pantin, shown_given_name="Léa").first() or created(cast.nadia)
    agents.modify(made, sheet(again(made), family_name=family), actor=actor(cast.nadia))
    assert made in queries.members(cast.pantin, MemberFilters(q=again(made).family_name))


def test_filters_by_state_and_counts_agree(cast: Cast) -> None:
    created(cast.nadia)
    memberships.suspend(cast.claire, reason="", actor=actor(cast.nadia))
    member(cast.pantin, "Paul Parti", ends_on=clock.today() - dt.timedelta(days=1))
    memberships.close(created(cast.nadia, email="x@pantin.example"), actor=actor(cast.nadia))
    counts = queries.member_counts(cast.pantin)
    assert counts == {"all": 5, "active": 2, "invited": 1, "suspended": 1, "ended": 1, "deleted": 1}
    for state in ("active", "invited", "suspended", "ended", "deleted"):
        found = list(queries.members(cast.pantin, MemberFilters(state=state)))
        assert len(found) == counts[state]
        assert {queries.state_of(each) for each in found} == {state}


def test_every_member_is_in_one_state_whatever_has_happened(cast: Cast) -> None:
    attached(cast.nadia, cast.lucie.agent)
    memberships.suspend(attached(cast.nadia, cast.karim.agent), reason="", actor=actor(cast.nadia))
    Agent.objects.filter(pk=cast.claire.agent_id).update(state="suspended")
    counts = queries.member_counts(cast.pantin)
    assert counts["all"] == sum(counts[state] for state in ("active", "invited", "suspended", "ended"))


def test_profiles_filter(cast: Cast) -> None:
    assert names(cast, profile="referent") == ["Moussa Diarra", "Nadia Ferhat"]
    assert names(cast, profile="user") == ["Claire Nguyen"]


def test_sorts(cast: Cast) -> None:
    Agent.objects.filter(pk=cast.claire.agent_id).update(last_sign_in_at=clock.now())
    assert names(cast, sort="-name")[0] == "Claire Nguyen"
    assert names(cast, sort="department")[0] == "Claire Nguyen"
    assert names(cast, sort="-last_sign_in")[0] == "Claire Nguyen"
    assert names(cast, sort="last_sign_in")[-1] == "Claire Nguyen"


def test_the_order_does_not_tell_that_an_invited_agent_signs_in_elsewhere(cast: Cast) -> None:
    Agent.objects.filter(pk=cast.lucie.agent_id).update(last_sign_in_at=clock.now())
    Agent.objects.filter(pk=cast.claire.agent_id).update(last_sign_in_at=clock.now() - dt.timedelta(days=300))
    attached(cast.nadia, cast.lucie.agent)
    assert names(cast, sort="-last_sign_in")[0] == "Claire Nguyen"


def test_search_does_not_tell_a_name_that_was_not_typed(cast: Cast) -> None:
    attached(cast.nadia, cast.lucie.agent, family_name="Autrement")
    assert names(cast, q="lefevre autrement") == ["Lucie Autrement"]  # by the address, which was typed
    Agent.objects.filter(pk=cast.lucie.agent_id).update(family_name="Zorn")
    assert names(cast, q="zorn") == []


def test_the_list_costs_one_query_whatever_its_length(cast: Cast) -> None:
    for number in range(12):
        agents.create(details(email=f"a{number}@pantin.example"), organization=cast.pantin, actor=OPERATOR)
    with CaptureQueriesContext(connection) as asked:
        shown = [
            (each.full_name, each.photo, each.email, each.last_sign_in_at, queries.state_of(each))
            for each in queries.members(cast.pantin, MemberFilters())
        ]
    assert len(shown) == 15
    assert len(asked) == 1


def test_a_member_of_another_organization_is_unknown(cast: Cast) -> None:
    for uid in (cast.lucie.uid, uuid.uuid4(), "pas-un-identifiant", ""):
        with pytest.raises(UnknownMember):
            queries.member(cast.pantin, uid)
    assert queries.member(cast.pantin, str(cast.claire.uid)) == cast.claire


def test_a_member_deleted_lately_is_still_shown_to_be_restored(cast: Cast) -> None:
    memberships.close(cast.claire, actor=actor(cast.nadia))
    assert queries.member(cast.pantin, cast.claire.uid) == cast.claire
    Membership.objects.filter(pk=cast.claire.pk).update(closed_at=clock.now() - dt.timedelta(days=31))
    with pytest.raises(UnknownMember):
        queries.member(cast.pantin, cast.claire.uid)


def test_departments_are_those_of_members(cast: Cast) -> None:
    member(cast.pantin, "Ada Martin", department="Évènementiel")
    memberships.close(cast.claire, actor=actor(cast.nadia))
    assert queries.departments(cast.pantin) == ["Direction des RH", "Évènementiel", "Paie"]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the planner of PostgreSQL scans small tables")
def test_the_list_reads_its_index(cast: Cast) -> None:
    plan = queries.members(cast.pantin, MemberFilters()).order_by("name_key").explain()
    assert "member_by_name" in plan
    assert "USE TEMP B-TREE" not in plan
