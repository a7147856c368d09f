"""An agent whom two employers know (docs/decisions): who may change what, and what each may learn."""

import pytest

from convergences.directory import queries
from convergences.directory.errors import (
    AddressNotProved,
    AlreadyMember,
    EmailTaken,
    ForTheCentre,
    NotYours,
    SharedIdentity,
    WrongState,
)
from convergences.directory.models import Agent, AgentState, Membership
from convergences.directory.services import agents, memberships
from tests.cast import Cast, join
from tests.directory.acting import OPERATOR, actor, again, attached, created, sheet, words

pytestmark = pytest.mark.database


def test_neither_employer_changes_who_a_shared_agent_is(cast: Cast) -> None:
    shared = join(cast.lucie.agent, cast.pantin)
    for member, referent in ((shared, cast.nadia), (cast.lucie, cast.karim)):
        with pytest.raises(SharedIdentity) as refused:
            agents.modify(member, sheet(member, given_name="Lucette"), actor=actor(referent))
        assert "Julien Moreau" in refused.value.sentence
    assert again(shared).given_name == "Lucie"


def test_the_refusal_does_not_name_the_other_employer(cast: Cast) -> None:
    shared = join(cast.lucie.agent, cast.pantin)
    with pytest.raises(SharedIdentity) as refused:
        agents.modify(shared, sheet(shared, phone="01 99 00 00 00"), actor=actor(cast.nadia))
    assert "Romainville" not in refused.value.sentence


def test_each_employer_changes_department_job_and_dates(cast: Cast) -> None:
    shared = join(cast.lucie.agent, cast.pantin)
    done = agents.modify(shared, sheet(shared, department="Paie", job_title="Gestionnaire"), actor=actor(cast.nadia))
    assert set(done.fields) == {"department", "job_title"}
    assert again(cast.lucie).department == ""


def test_a_shared_agent_who_left_the_other_employer_is_shared_no_more(cast: Cast) -> None:
    shared = join(cast.lucie.agent, cast.pantin)
    memberships.close(cast.lucie, actor=actor(cast.karim))
    done = agents.modify(shared, sheet(shared, given_name="Lucette"), actor=actor(cast.nadia))
    assert done.membership.given_name == "Lucette"


def test_the_centre_changes_a_shared_agent_for_all_employers(cast: Cast) -> None:
    shared = join(cast.lucie.agent, cast.pantin)
    typed = sheet(shared, family_name="Martin", email="lucie.martin@romainville.example")
    assert agents.correct(cast.lucie.agent, typed, actor=actor(cast.julien)) == ("family_name", "email")
    assert [again(m).name_key for m in (shared, cast.lucie)] == ["martin lucie"] * 2
    assert words(cast.pantin) == words(cast.romainville) == ["directory.email_changed", "directory.agent_modified"]


def test_the_centre_changes_a_shared_agent_from_one_employers_sheet_too(cast: Cast) -> None:
    shared = join(cast.lucie.agent, cast.pantin)
    agents.modify(shared, sheet(shared, family_name="Martin", department="Paie"), actor=actor(cast.julien))
    assert [again(m).name_key for m in (shared, cast.lucie)] == ["martin lucie"] * 2


def test_only_the_centre_corrects(cast: Cast) -> None:
    with pytest.raises(ForTheCentre):
        agents.correct(cast.claire.agent, sheet(cast.claire, given_name="Clara"), actor=actor(cast.nadia))


def test_the_centre_is_told_of_a_taken_address(cast: Cast) -> None:
    with pytest.raises(EmailTaken):
        agents.correct(cast.claire.agent, sheet(cast.claire, email=cast.lucie.email), actor=OPERATOR)


def test_an_employer_not_yet_accepted_changes_only_what_it_shows(cast: Cast) -> None:
    waiting = attached(cast.nadia, cast.lucie.agent)
    done = agents.modify(waiting, sheet(waiting, given_name="Lola", phone="01 99 00 00 09"), actor=actor(cast.nadia))
    assert (done.membership.full_name, done.membership.phone) == ("Lola Lefebvre", "01 99 00 00 09")
    assert done.membership.name_key == "lefebvre lola"
    assert Agent.objects.get(pk=cast.lucie.agent_id).given_name == "Lucie"


def test_a_change_of_address_elsewhere_does_not_show_before_the_answer(cast: Cast) -> None:
    waiting = attached(cast.nadia, cast.lucie.agent)
    agents.modify(cast.lucie, sheet(cast.lucie, email="l.lefevre@romainville.example"), actor=actor(cast.karim))
    assert again(waiting).email == "lucie.lefevre@romainville.example"


def test_an_invitation_not_yet_answered_is_led_to_another_address(cast: Cast) -> None:
    waiting = attached(cast.nadia, cast.lucie.agent)
    typed = sheet(waiting, email="lucie.lefebvre@pantin.example")
    done = agents.modify(waiting, typed, actor=actor(cast.nadia))
    assert done.moved
    assert done.membership.agent != cast.lucie.agent
    assert done.membership.agent.state == AgentState.INVITED
    assert queries.attachments(cast.lucie.agent) == []


def test_an_invited_account_is_led_to_one_that_exists_elsewhere(cast: Cast) -> None:
    made = created(cast.nadia)
    done = agents.modify(
        made, sheet(made, email=cast.lucie.email), actor=actor(cast.nadia), outside_domains_confirmed=True
    )
    assert done.membership.agent == cast.lucie.agent
    assert done.membership.full_name == "Léa Marchand"
    assert queries.state_of(done.membership) == "invited"
    left = Agent.objects.get(pk=made.agent_id)
    assert (left.state, left.email) == (AgentState.ERASED, None)


def test_an_invitation_is_not_led_to_somebody_already_here(cast: Cast) -> None:
    made = created(cast.nadia)
    with pytest.raises(AlreadyMember):
        agents.modify(made, sheet(made, email=cast.claire.email), actor=actor(cast.nadia))


def test_an_account_planted_for_somebody_elses_agent_gives_nothing(cast: Cast) -> None:
    """Karim plants an account at Pantin's future agent's address, then leads it to his own mailbox."""
    planted = created(cast.karim, email="lea.marchand@pantin.example")
    wanted = created(cast.nadia)
    assert wanted.confirmed_at is None
    agents.modify(planted, sheet(planted, email="karim.bis@romainville.example"), actor=actor(cast.karim))
    now = again(wanted)
    assert now.agent != planted.agent
    assert now.agent.email == "lea.marchand@pantin.example"
    assert now.confirmed_at is not None
    assert queries.attachments(planted.agent) == []


def test_a_planted_account_that_was_used_leaves_its_attachments_too(cast: Cast) -> None:
    planted = created(cast.karim, email="lea.marchand@pantin.example")
    wanted = created(cast.nadia)
    agents.activate(planted.agent, actor=OPERATOR)
    typed = sheet(again(planted), email="karim.bis@romainville.example")
    agents.modify(planted, typed, actor=actor(cast.karim))
    assert again(wanted).agent.state == AgentState.INVITED
    assert again(wanted).agent_id != planted.agent_id


def test_the_agent_alone_accepts(cast: Cast) -> None:
    waiting = attached(cast.nadia, cast.lucie.agent)
    for meddler in (cast.nadia, cast.karim, cast.claire):
        with pytest.raises(NotYours):
            memberships.confirm(waiting, actor=actor(meddler))
        with pytest.raises(NotYours):
            memberships.decline(waiting, actor=actor(meddler))
    assert again(waiting).confirmed_at is None


def test_accepting_shows_the_employer_who_the_agent_is(cast: Cast) -> None:
    waiting = attached(cast.nadia, cast.lucie.agent)
    done = memberships.confirm(waiting, actor=actor(cast.lucie))
    assert done.full_name == "Lucie Lefèvre"
    assert again(waiting).name_key == "lefevre lucie"
    assert queries.state_of(again(waiting)) == "active"
    with pytest.raises(WrongState):
        memberships.confirm(waiting, actor=actor(cast.lucie))


def test_declining_closes_and_tells_no_more_than_what_was_typed(cast: Cast) -> None:
    from convergences.audit.models import AuditEvent

    waiting = attached(cast.nadia, cast.lucie.agent)
    done = memberships.decline(waiting, actor=actor(cast.lucie))
    assert done.closed_at is not None
    assert again(waiting).closed_by == "Lucie Lefebvre"
    told = AuditEvent.objects.get(action="directory.attachment_declined")
    assert (told.actor_label, told.subject_label, told.address, told.browser) == (
        "Lucie Lefebvre",
        "Lucie Lefebvre",
        "",
        "",
    )
    assert again(cast.lucie).agent.state == AgentState.ACTIVE


def test_a_suspension_by_one_employer_leaves_the_other(cast: Cast) -> None:
    shared = join(cast.lucie.agent, cast.pantin)
    memberships.suspend(shared, reason="", actor=actor(cast.nadia))
    assert queries.state_of(again(shared)) == "suspended"
    assert queries.state_of(again(cast.lucie)) == "active"
    assert queries.current_memberships(cast.lucie.agent) == [cast.lucie]


def test_a_departure_from_one_employer_leaves_the_other(cast: Cast) -> None:
    shared = join(cast.lucie.agent, cast.pantin)
    memberships.close(shared, actor=actor(cast.nadia))
    assert again(cast.lucie).agent.state == AgentState.ACTIVE
    assert Membership.objects.filter(agent=cast.lucie.agent, closed_at__isnull=True).get() == cast.lucie


def test_an_address_that_an_employer_gave_accepts_nothing_until_it_is_proved(cast: Cast) -> None:
    """Two employers may share a domain: one could give its own account the address of the other's future agent."""
    cast.romainville.email_domains.append("pantin.example")
    cast.romainville.save()
    held = sheet(cast.lucie, email="lea.marchand@pantin.example")
    agents.modify(cast.lucie, held, actor=actor(cast.karim))
    wanted = created(cast.nadia)
    with pytest.raises(AddressNotProved):
        memberships.confirm(wanted, actor=actor(cast.lucie))
    agents.prove_address(again(wanted).agent)
    assert memberships.confirm(wanted, actor=actor(cast.lucie)).confirmed_at
