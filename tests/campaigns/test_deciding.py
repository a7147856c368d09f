"""Deciding an answer: all of it or nothing, by somebody whom it does not concern, once."""

import datetime as dt
from dataclasses import replace

import pytest

from convergences.audit.models import AuditEvent
from convergences.campaigns.answers import Person
from convergences.campaigns.errors import AlreadyDecided, CannotName, OwnDesignation, WrongAnswer, WrongState
from convergences.campaigns.models import Designation, DesignationState, Invitation, InvitationState, Link, Mandate
from convergences.campaigns.services import answering, comparing, deciding, links, mandates, preparing
from convergences.directory.errors import ForTheCentre
from convergences.directory.models import Agent, Membership, Profile
from convergences.directory.services import memberships
from convergences.foundations import clock, outbox
from convergences.foundations.models import OutboxMessage
from tests.campaigns.answering import ANNE, PAUL, VISITOR, answer, asked, last_mail, letter_of, received
from tests.campaigns.doing import acting
from tests.cast import Cast, join, member

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def _person(who: Membership) -> Person:
    agent = who.agent
    return replace(ANNE, given_name=agent.given_name, family_name=agent.family_name, email=agent.email or "", phone="")


def _referents(cast: Cast) -> set[str]:
    rows = Membership.objects.filter(organization=cast.pantin, profile=Profile.REFERENT, closed_at__isnull=True)
    return {member.email for member in rows.select_related("agent")}


def _codes(designation: Designation) -> set[str]:
    return {remark.code for remark in comparing.compare(designation)}


def _accept(cast: Cast, designation: Designation) -> Designation:
    return deciding.accept(designation, actor=acting(cast.julien))


def test_accepting_creates_promotes_and_invites_all_whom_it_names(cast: Cast) -> None:
    before = _referents(cast)
    designation = _accept(cast, received(cast, ANNE, _person(cast.claire)))
    assert _referents(cast) == {*before, ANNE.email, cast.claire.agent.email}
    invited = set(OutboxMessage.objects.filter(kind="lifecycle.invitation").values_list("recipient", flat=True))
    told = set(OutboxMessage.objects.filter(kind="campaigns.named").values_list("recipient", flat=True))
    assert (invited, told) == ({ANNE.email}, {cast.claire.agent.email})
    assert "Anne Martin" in last_mail("campaigns.validated")
    mandates = Mandate.objects.filter(designation=designation, ended_on__isnull=True)
    assert {mandate.membership_id for mandate in mandates} == {named.membership_id for named in designation.named.all()}
    designation.refresh_from_db()
    assert (designation.state, designation.decided_by) == (DesignationState.VALIDATED, "Julien Moreau")
    assert Invitation.objects.get(pk=designation.invitation_id).state == InvitationState.VALIDATED


def test_the_warrant_is_in_the_journal(cast: Cast) -> None:
    designation = _accept(cast, received(cast))
    event = AuditEvent.objects.get(action="directory.referent_named")
    assert designation.receipt_number in event.details["warrant"]
    assert AuditEvent.objects.filter(action="campaigns.accepted", organization_id=cast.pantin.pk).exists()


def test_an_addition_leaves_the_others_and_a_replacement_ends_them(cast: Cast) -> None:
    _accept(cast, received(cast, _person(cast.nadia), ANNE, replaces=True))
    assert _referents(cast) == {cast.nadia.agent.email, ANNE.email}
    told = set(OutboxMessage.objects.filter(kind="campaigns.ended").values_list("recipient", flat=True))
    assert told == {cast.moussa.agent.email}


def test_a_replacement_ends_the_mandates_of_those_not_named_again(cast: Cast) -> None:
    for held in (cast.nadia, cast.moussa):
        Mandate.objects.create(membership=held, starts_on="2024-01-01")
    _accept(cast, received(cast, _person(cast.nadia), replaces=True))
    open_ones = Mandate.objects.filter(ended_on__isnull=True).select_related("designation")
    assert [(mandate.membership_id, mandate.designation is not None) for mandate in open_ones] == [
        (cast.nadia.pk, True)
    ]


def test_a_referent_named_again_before_the_end_that_was_said_is_told_that_it_is_taken_back(cast: Cast) -> None:
    mandates.end_on(cast.nadia, clock.today() + dt.timedelta(days=5), actor=acting(cast.julien))
    again = replace(ANNE, given_name="Nadia", family_name="Ferhat", email=cast.nadia.agent.email or "")
    deciding.accept(received(cast, again, PAUL), actor=acting(cast.julien))
    cast.nadia.refresh_from_db()
    assert (cast.nadia.is_referent, cast.nadia.referent_until) == (True, None)
    told = OutboxMessage.objects.filter(kind="campaigns.end_lifted").values_list("recipient", flat=True)
    assert list(told) == [cast.nadia.agent.email]


def test_all_or_nothing(cast: Cast) -> None:
    """The second person has left a week ago: the first is not created either."""
    memberships.close(cast.claire, actor=acting(cast.julien))
    designation = received(cast, ANNE, _person(cast.claire), replaces=True)
    before = _referents(cast)
    mails = OutboxMessage.objects.count()
    with pytest.raises(CannotName, match="Claire"):
        _accept(cast, designation)
    assert _referents(cast) == before
    assert not Agent.objects.filter(email=ANNE.email).exists()
    assert OutboxMessage.objects.count() == mails
    designation.refresh_from_db()
    assert designation.state == DesignationState.RECEIVED


def test_killed_at_the_last_mail_nothing_is_done(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    designation = received(cast, ANNE, replaces=True)
    before, post = _referents(cast), outbox.post

    def killed(mail: outbox.Mail) -> object:
        if mail.kind == "campaigns.validated":
            raise SystemExit
        return post(mail)

    monkeypatch.setattr(outbox, "post", killed)
    with pytest.raises(SystemExit):
        _accept(cast, designation)
    assert _referents(cast) == before
    assert not Mandate.objects.exists()


def test_a_referent_decides_nothing(cast: Cast) -> None:
    designation = received(cast)
    for other in (cast.nadia, cast.claire, cast.karim):
        with pytest.raises(ForTheCentre):
            deciding.accept(designation, actor=acting(other))
        with pytest.raises(ForTheCentre):
            deciding.send_back(designation, "Non", actor=acting(other))


def test_a_correspondant_does_not_validate_for_an_employer_of_theirs(cast: Cast) -> None:
    join(cast.julien.agent, cast.pantin)
    with pytest.raises(OwnDesignation, match="autre correspondant"):
        _accept(cast, received(cast))


def test_a_correspondant_does_not_validate_their_own_name_under_any_address(cast: Cast) -> None:
    own = _person(cast.julien)
    with pytest.raises(OwnDesignation):
        _accept(cast, received(cast, own))
    with pytest.raises(OwnDesignation):
        _accept(cast, received(cast, replace(own, email="j.m@pantin.example")))


def test_an_attachment_that_waits_for_the_correspondant_s_answer_counts(cast: Cast) -> None:
    join(cast.julien.agent, cast.pantin, confirmed_at=None)
    with pytest.raises(OwnDesignation):
        _accept(cast, received(cast))


def test_the_second_of_two_correspondants_is_told_what_the_first_did(cast: Cast) -> None:
    designation = received(cast)
    _accept(cast, designation)
    for act in (
        lambda: _accept(cast, designation),
        lambda: deciding.send_back(designation, "Trop tard", actor=acting(cast.julien)),
    ):
        with pytest.raises(AlreadyDecided, match="validée"):
            act()
    assert Agent.objects.filter(email=ANNE.email).count() == 1


def test_an_answer_replaced_while_it_was_read_is_not_accepted(cast: Cast) -> None:
    seen = received(cast, ANNE)
    received(cast, PAUL)
    with pytest.raises(AlreadyDecided, match="remplacer"):
        _accept(cast, seen)
    assert not Agent.objects.filter(email=ANNE.email).exists()


def test_a_draft_is_not_accepted(cast: Cast) -> None:
    draft = answering.save_draft(asked(cast), answer())
    with pytest.raises(AlreadyDecided, match="signée"):
        _accept(cast, draft)


def test_sending_back_says_why_and_gives_a_link_to_the_form_as_it_was(cast: Cast) -> None:
    designation = received(cast, PAUL)
    before = Link.objects.count()
    deciding.send_back(designation, "Une adresse personnelle, s'il vous plaît.", actor=acting(cast.julien))
    told = last_mail("campaigns.sent_back")
    assert "adresse personnelle" in told
    assert Link.objects.count() == before + 1
    invitation = Invitation.objects.get(pk=designation.invitation_id)
    assert invitation.state == InvitationState.SENT_BACK
    assert answering.prefilled(invitation).people[0].email == PAUL.email
    second = answering.receive(invitation, answer(ANNE), actor=VISITOR, letter_code=letter_of(invitation))
    assert _accept(cast, second).state == DesignationState.VALIDATED


def test_sending_back_asks_for_a_reason_and_an_open_campaign(cast: Cast) -> None:
    designation = received(cast)
    for reason in (" ", "a" * 1001):
        with pytest.raises(WrongAnswer):
            deciding.send_back(designation, reason, actor=acting(cast.julien))
    preparing.close(designation.invitation.campaign, actor=acting(cast.julien))
    with pytest.raises(WrongState):
        deciding.send_back(designation, "Non", actor=acting(cast.julien))
    assert _accept(cast, designation).state == DesignationState.VALIDATED


def test_an_employer_closed_midway_gets_no_referent(cast: Cast) -> None:
    designation = received(cast)
    cast.pantin.active = False
    cast.pantin.save()
    with pytest.raises(WrongState):
        _accept(cast, designation)


def test_a_referent_from_elsewhere_is_attached_and_must_accept(cast: Cast) -> None:
    designation = received(cast, _person(cast.karim))
    assert {"elsewhere", "outside"} <= _codes(designation)
    _accept(cast, designation)
    attached = Membership.objects.get(agent=cast.karim.agent, organization=cast.pantin)
    assert (attached.profile, attached.confirmed_at) == (Profile.REFERENT, None)


def test_what_is_known_is_told_person_by_person(cast: Cast) -> None:
    generic = replace(ANNE, email="rh@gmail.example")
    namesake = replace(_person(cast.claire), email="c.petit@pantin.example")
    designation = received(cast, generic, _person(cast.nadia), namesake, replaces=True)
    told = {(remark.position, remark.code) for remark in comparing.compare(designation)}
    assert told == {(0, "generic"), (0, "outside"), (1, "same"), (2, "namesake"), (-1, "leaving")}


def test_an_address_under_another_name_is_told(cast: Cast) -> None:
    assert _codes(received(cast, replace(ANNE, email=cast.claire.agent.email or ""))) == {"name"}


def test_a_suspended_person_is_not_promoted(cast: Cast) -> None:
    memberships.suspend(cast.claire, reason="Congé", actor=acting(cast.julien))
    designation = received(cast, _person(cast.claire))
    assert _codes(designation) == {"suspended"}
    with pytest.raises(CannotName, match="suspendu"):
        _accept(cast, designation)


def test_comparing_asks_as_much_for_five_people_as_for_one(cast: Cast, django_assert_max_num_queries: object) -> None:
    people = [member(cast.pantin, f"Agent Numéro{letter}") for letter in "abcde"]
    designation = received(cast, *(_person(each) for each in people))
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        comparing.compare(Designation.objects.select_related("invitation__organization").get(pk=designation.pk))


def test_a_link_still_opens_after_the_decision_to_show_it(cast: Cast) -> None:
    designation = _accept(cast, received(cast))
    token = links.issue(designation.invitation)
    found = links.find(token)
    standing = answering.answered(found)
    assert standing is not None
    assert standing.state == DesignationState.VALIDATED
