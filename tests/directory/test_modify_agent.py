"""A référent changes an agent's sheet."""

import datetime as dt

import pytest

from convergences.audit.models import AuditEvent
from convergences.directory import queries
from convergences.directory.errors import (
    AlreadyMember,
    DatesInDisorder,
    EmailOutsideDomains,
    EmailUnavailable,
    LastReferent,
    MembershipOver,
    NotManaged,
    OwnAccount,
)
from convergences.directory.models import AgentState
from convergences.directory.services import agents, memberships
from convergences.foundations import clock
from tests.cast import Cast
from tests.directory.acting import OPERATOR, actor, again, created, sheet, words

pytestmark = pytest.mark.database


def test_a_referent_of_another_town_is_refused(cast: Cast) -> None:
    with pytest.raises(NotManaged):
        agents.modify(cast.claire, sheet(cast.claire, department="Paie"), actor=actor(cast.karim))
    assert again(cast.claire).department == "Carrières"


def test_a_referent_asks_somebody_else_for_their_own_sheet(cast: Cast) -> None:
    with pytest.raises(OwnAccount) as refused:
        agents.modify(cast.nadia, sheet(cast.nadia, job_title="Directrice"), actor=actor(cast.nadia))
    assert "Moussa Diarra ou à votre correspondant CIG, Julien Moreau" in refused.value.sentence


def test_a_lone_referent_asks_the_correspondent_for_their_own_sheet(cast: Cast) -> None:
    with pytest.raises(OwnAccount) as refused:
        agents.modify(cast.karim, sheet(cast.karim, job_title="Directeur"), actor=actor(cast.karim))
    assert "Demandez-le à votre correspondant CIG, Julien Moreau" in refused.value.sentence


def test_a_closed_membership_is_over(cast: Cast) -> None:
    memberships.close(cast.claire, actor=actor(cast.nadia))
    with pytest.raises(MembershipOver):
        agents.modify(cast.claire, sheet(cast.claire, department="Paie"), actor=actor(cast.nadia))


def test_names_search_and_order_follow(cast: Cast) -> None:
    done = agents.modify(
        cast.claire, sheet(cast.claire, family_name="Éluard-Nguyen", department="Paie"), actor=actor(cast.nadia)
    )
    assert set(done.fields) == {"family_name", "department"}
    now = again(cast.claire)
    assert now.name_key == "eluard-nguyen claire"
    assert "eluard-nguyen" in now.search_text
    assert "paie" in now.search_text
    assert "carrieres" not in now.search_text
    assert (now.shown_family_name, now.agent.family_name) == ("Éluard-Nguyen", "Éluard-Nguyen")


def test_the_journal_says_which_fields_and_keeps_both_addresses(cast: Cast) -> None:
    agents.modify(
        cast.claire,
        sheet(cast.claire, email="claire.eluard@pantin.example", job_title="Cheffe"),
        actor=actor(cast.nadia),
    )
    told = AuditEvent.objects.get(action="directory.email_changed")
    assert told.details == {"former": "claire.nguyen@pantin.example", "new": "claire.eluard@pantin.example"}
    assert set(AuditEvent.objects.get(action="directory.agent_modified").details["fields"]) == {"email", "job_title"}


def test_nothing_changed_is_nothing_told(cast: Cast) -> None:
    assert agents.modify(cast.claire, sheet(cast.claire), actor=actor(cast.nadia)).fields == ()
    assert words() == []


def test_the_opaque_identifier_survives_a_change_of_name_and_address(cast: Cast) -> None:
    before = cast.claire.agent.subject
    typed = sheet(cast.claire, email="c.eluard@pantin.example", family_name="Éluard")
    assert agents.modify(cast.claire, typed, actor=actor(cast.nadia)).membership.agent.subject == before


def test_a_colleagues_address_is_refused(cast: Cast) -> None:
    with pytest.raises(AlreadyMember) as refused:
        agents.modify(cast.claire, sheet(cast.claire, email=cast.moussa.email.upper()), actor=actor(cast.nadia))
    assert "Moussa Diarra" in refused.value.sentence


@pytest.mark.parametrize("email", ["lucie.lefevre@romainville.example", "personne@romainville.example"])
def test_an_address_elsewhere_is_refused_alike_taken_or_free(cast: Cast, email: str) -> None:
    with pytest.raises(EmailUnavailable) as refused:
        agents.modify(
            cast.claire, sheet(cast.claire, email=email), actor=actor(cast.nadia), outside_domains_confirmed=True
        )
    assert refused.value.field == "email"
    assert "Julien Moreau" in refused.value.sentence
    assert again(cast.claire).email == "claire.nguyen@pantin.example"


def test_an_employer_without_domains_asks_the_correspondent_for_a_new_address(cast: Cast) -> None:
    cast.pantin.email_domains = []
    cast.pantin.save()
    with pytest.raises(EmailUnavailable):
        agents.modify(cast.claire, sheet(cast.claire, email="claire@orange.example"), actor=actor(cast.nadia))


def test_the_centre_may_give_an_address_elsewhere(cast: Cast) -> None:
    done = agents.modify(cast.claire, sheet(cast.claire, email="claire@orange.example"), actor=actor(cast.julien))
    assert done.membership.email == "claire@orange.example"


def test_a_mistyped_address_is_mended_before_the_first_visit(cast: Cast) -> None:
    made = created(cast.nadia)
    done = agents.modify(made, sheet(made, email="lea.marchant@pantin.example"), actor=actor(cast.nadia))
    assert done.former_email == "lea.marchand@pantin.example"
    assert done.membership.agent == made.agent
    assert not done.moved


def test_an_unusual_address_is_confirmed_before_the_first_visit(cast: Cast) -> None:
    made = created(cast.nadia)
    with pytest.raises(EmailOutsideDomains):
        agents.modify(made, sheet(made, email="lea@orange.example"), actor=actor(cast.nadia))


def test_dates_in_disorder_are_refused(cast: Cast) -> None:
    with pytest.raises(DatesInDisorder):
        agents.modify(cast.claire, sheet(cast.claire, ends_on=dt.date(2019, 12, 31)), actor=actor(cast.nadia))
    typed = sheet(cast.claire, starts_on=None, ends_on=dt.date(2019, 12, 31))
    with pytest.raises(DatesInDisorder):
        agents.modify(cast.claire, typed, actor=actor(cast.nadia))


def test_a_last_day_already_past_puts_the_account_to_sleep_and_back(cast: Cast) -> None:
    yesterday = clock.today() - dt.timedelta(days=1)
    done = agents.modify(cast.claire, sheet(cast.claire, ends_on=yesterday), actor=actor(cast.nadia))
    assert done.membership.agent.state == AgentState.SUSPENDED
    assert queries.state_of(done.membership) == "ended"
    done = agents.modify(cast.claire, sheet(done.membership, ends_on=None), actor=actor(cast.nadia))
    assert done.membership.agent.state == AgentState.ACTIVE


def test_dates_do_not_take_the_last_referent_away(cast: Cast) -> None:
    end = clock.today() + dt.timedelta(days=90)
    agents.modify(cast.moussa, sheet(cast.moussa, ends_on=end), actor=actor(cast.nadia))
    for dates in ({"ends_on": end}, {"ends_on": end + dt.timedelta(days=1)}):
        with pytest.raises(LastReferent):
            agents.modify(cast.nadia, sheet(cast.nadia, **dates), actor=actor(cast.moussa))
    agents.modify(cast.nadia, sheet(cast.nadia, ends_on=end - dt.timedelta(days=1)), actor=actor(cast.moussa))


def test_the_centre_sets_any_date(cast: Cast) -> None:
    done = agents.modify(cast.karim, sheet(cast.karim, ends_on=clock.today()), actor=OPERATOR)
    assert done.membership.ends_on == clock.today()
