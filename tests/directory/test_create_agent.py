"""A référent creates an agent."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.directory import queries
from convergences.directory.errors import (
    AlreadyMember,
    DatesInDisorder,
    EmailOutsideDomains,
    InvalidField,
    NotManaged,
    RecentlyDeleted,
)
from convergences.directory.models import Agent, AgentState, Membership
from convergences.directory.services import agents, memberships
from convergences.foundations import clock
from tests.cast import Cast
from tests.directory.acting import OPERATOR, actor, attached, created, details, words

pytestmark = pytest.mark.database


def test_a_referent_of_another_town_is_refused(cast: Cast) -> None:
    with pytest.raises(NotManaged):
        agents.create(details(), organization=cast.pantin, actor=actor(cast.karim))
    assert not Agent.objects.filter(email="lea.marchand@pantin.example").exists()


def test_an_agent_who_is_no_referent_is_refused(cast: Cast) -> None:
    with pytest.raises(NotManaged):
        agents.create(details(), organization=cast.pantin, actor=actor(cast.claire))


def test_a_referent_suspended_a_second_ago_is_refused(cast: Cast) -> None:
    memberships.suspend(cast.moussa, reason="", actor=actor(cast.nadia))
    with pytest.raises(NotManaged):
        agents.create(details(), organization=cast.pantin, actor=actor(cast.moussa))


def test_a_correspondent_of_the_centre_may_help(cast: Cast) -> None:
    made = agents.create(details(), organization=cast.pantin, actor=actor(cast.julien))
    assert made.created_by == "Julien Moreau"


def test_an_unknown_address_makes_an_invited_account(cast: Cast) -> None:
    made = created(cast.nadia)
    assert made.agent.state == AgentState.INVITED
    assert made.confirmed_at is not None
    assert made.starts_on == clock.today()
    assert queries.state_of(made) == "invited"
    assert (made.name_key, made.email) == ("marchand lea", "lea.marchand@pantin.example")
    assert words(cast.pantin) == ["directory.agent_created"]


def test_each_account_has_its_own_opaque_identifier(cast: Cast) -> None:
    first, second = created(cast.nadia), created(cast.nadia, email="l.marchand2@pantin.example")
    assert first.agent.subject != second.agent.subject
    assert "marchand" not in first.agent.subject


def test_an_address_is_the_same_whatever_its_case(cast: Cast) -> None:
    with pytest.raises(AlreadyMember) as refused:
        created(cast.nadia, email=" CLAIRE.Nguyen@Pantin.Example ")
    assert refused.value.membership == cast.claire
    assert refused.value.field == "email"
    assert "Claire Nguyen a déjà un compte dans votre collectivité" in refused.value.sentence


def test_an_address_outside_the_domains_is_a_warning_to_confirm(cast: Cast) -> None:
    typed = details(email="lea@ailleurs.example")
    with pytest.raises(EmailOutsideDomains) as warned:
        agents.create(typed, organization=cast.pantin, actor=actor(cast.nadia))
    assert warned.value.field == "email"
    assert "@pantin.example" in warned.value.sentence
    made = agents.create(typed, organization=cast.pantin, actor=actor(cast.nadia), outside_domains_confirmed=True)
    assert made.email == "lea@ailleurs.example"


@pytest.mark.parametrize(
    "email",
    [
        "lea@ccas.pantin.example",  # a subdomain is another domain
        "lea@xpantin.example",
        "lea@pantin.example.evil.example",
    ],
)
def test_a_domain_that_only_looks_like_the_employers_is_outside(cast: Cast, email: str) -> None:
    with pytest.raises(EmailOutsideDomains):
        agents.create(details(email=email), organization=cast.pantin, actor=actor(cast.nadia))


def test_domains_are_compared_whatever_their_case(cast: Cast) -> None:
    cast.pantin.email_domains = ["Pantin.Example"]
    cast.pantin.save()
    made = agents.create(details(email="LEA@PANTIN.EXAMPLE"), organization=cast.pantin, actor=actor(cast.nadia))
    assert made.email == "lea@pantin.example"


def test_an_employer_without_declared_domains_takes_any_address(cast: Cast) -> None:
    cast.pantin.email_domains = []
    cast.pantin.save()
    assert agents.create(details(email="lea@orange.example"), organization=cast.pantin, actor=actor(cast.nadia)).pk


def test_dates_in_disorder_are_refused(cast: Cast) -> None:
    today = clock.today()
    with pytest.raises(DatesInDisorder) as refused:
        created(cast.nadia, starts_on=today + dt.timedelta(days=10), ends_on=today + dt.timedelta(days=9))
    assert refused.value.field == "ends_on"


def test_an_end_already_past_is_refused(cast: Cast) -> None:
    with pytest.raises(DatesInDisorder):
        created(cast.nadia, starts_on=dt.date(2020, 1, 1), ends_on=clock.today() - dt.timedelta(days=1))


def test_nothing_is_done_when_a_field_is_refused(cast: Cast) -> None:
    before = (Agent.objects.count(), Membership.objects.count(), words())
    with pytest.raises(InvalidField):
        created(cast.nadia, phone="12")
    assert (Agent.objects.count(), Membership.objects.count(), words()) == before


def test_an_account_that_exists_elsewhere_waits_for_the_agents_answer(cast: Cast) -> None:
    made = attached(cast.nadia, cast.lucie.agent)
    assert made.agent == cast.lucie.agent
    assert made.confirmed_at is None
    assert made.agent.state == AgentState.ACTIVE


def test_an_account_that_exists_elsewhere_looks_like_a_new_one(cast: Cast) -> None:
    Agent.objects.filter(pk=cast.lucie.agent_id).update(phone="06 00 00 00 00", last_sign_in_at=clock.now())
    typed = {"given_name": "Lucie", "family_name": "Lefebvre", "phone": "01 99 00 00 01"}
    made = attached(cast.nadia, cast.lucie.agent, **typed)
    fresh = created(cast.nadia, **typed, email="autre@romainville.example")
    for name in ("full_name", "initials", "civility", "phone", "photo", "last_sign_in_at", "profile", "department"):
        assert getattr(made, name) == getattr(fresh, name), name
    assert queries.state_of(made) == queries.state_of(fresh) == "invited"
    assert words(cast.pantin) == ["directory.agent_created"] * 2


def test_both_ways_ask_the_database_about_the_same(cast: Cast) -> None:
    counts = []
    for email in ("autre@romainville.example", cast.lucie.email):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            created(cast.nadia, email=email)
        counts.append(len([query for query in asked if "SAVEPOINT" not in query["sql"]]))
    assert abs(counts[0] - counts[1]) <= 2


def test_the_journal_names_the_agent_as_the_employer_typed_them(cast: Cast) -> None:
    from convergences.audit.models import AuditEvent

    attached(cast.nadia, cast.lucie.agent, given_name="L.", family_name="Inconnue")
    assert AuditEvent.objects.get().subject_label == "L. Inconnue"


def test_an_account_deleted_here_lately_is_offered_back(cast: Cast) -> None:
    memberships.close(cast.claire, actor=actor(cast.nadia))
    with pytest.raises(RecentlyDeleted) as refused:
        created(cast.nadia, email=cast.claire.email)
    assert refused.value.membership == cast.claire
    assert "Vous pouvez le rétablir" in refused.value.sentence


def test_an_address_deleted_for_good_serves_somebody_else(cast: Cast) -> None:
    memberships.close(cast.claire, actor=actor(cast.nadia))
    long_ago = clock.now() - dt.timedelta(days=31)
    Membership.objects.filter(pk=cast.claire.pk).update(closed_at=long_ago)
    Agent.objects.filter(pk=cast.claire.agent_id).update(deleted_at=long_ago)
    made = created(cast.nadia, email="claire.nguyen@pantin.example")
    former = Agent.objects.get(pk=cast.claire.agent_id)
    assert made.agent != former
    assert made.agent.subject != former.subject
    assert (former.state, former.email, former.family_name) == (AgentState.ERASED, None, "")
    assert "nguyen" not in Membership.objects.get(pk=cast.claire.pk).search_text


def test_an_account_deleted_elsewhere_wakes_by_a_first_visit_only(cast: Cast) -> None:
    memberships.close(cast.lucie, actor=actor(cast.karim))
    made = attached(cast.nadia, cast.lucie.agent)
    assert made.agent.state == AgentState.INVITED
    assert made.confirmed_at is None


def test_an_account_suspended_elsewhere_wakes_by_a_first_visit_only(cast: Cast) -> None:
    memberships.suspend(cast.lucie, reason="Compte peut-être piraté", actor=actor(cast.karim))
    made = attached(cast.nadia, cast.lucie.agent)
    assert made.agent.state == AgentState.INVITED
    assert queries.state_of(Membership.objects.get(pk=cast.lucie.pk)) == "suspended"


def test_an_operator_creates_for_any_organization(cast: Cast) -> None:
    assert agents.create(details(), organization=cast.pantin, actor=OPERATOR).created_by == "Convergences"
