"""Whose eyes an answer needs (decision 26): not those of who it concerns, nor of who keyed it in alone."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from convergences.audit.models import AuditEvent
from convergences.campaigns.errors import ForeseenOtherwise, OwnDesignation, SameHand, WrongState
from convergences.campaigns.models import Designation, DesignationState, Invitation, InvitationState
from convergences.campaigns.services import answering, asking, deciding, foreseeing, paper, preparing
from convergences.directory.models import Agent, AgentState, Membership, Organization, Role, StaffRole
from convergences.directory.organization_details import Authority, OrganizationDetails
from convergences.directory.services import memberships, organizations
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from tests.campaigns.answering import ANNE, VISITOR, answer, asked, code_of, last_mail, received
from tests.campaigns.doing import acting
from tests.cast import Cast, join, member

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def _other(cast: Cast, name: str = "Odile Bertin") -> Membership:
    other = member(cast.center, name)
    StaffRole.objects.create(agent=other.agent, role=Role.CORRESPONDENT, granted_at=clock.now())
    return other


def _on_paper(cast: Cast, by: Membership) -> Designation:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, "PNG")
    out.seek(0)
    return paper.key_in(asked(cast), answer(), out, actor=acting(by))


def test_who_keyed_it_in_does_not_accept_it_and_another_does(cast: Cast) -> None:
    odile = _other(cast)
    designation = _on_paper(cast, cast.julien)
    with pytest.raises(SameHand, match="Odile Bertin"):
        deciding.accept(designation, actor=acting(cast.julien))
    assert not Agent.objects.filter(email=ANNE.email).exists()
    assert deciding.accept(designation, actor=acting(odile)).state == DesignationState.VALIDATED


def _signed_by_mail(cast: Cast, by: Membership, email: str) -> Designation:
    """Return an answer signed by the code that goes where this correspondant said, a moment before."""
    invitation = asked(cast)
    organizations.set_official_address(cast.pantin, email, actor=acting(by))
    code = code_of(invitation, answer())
    return answering.receive(invitation, answer(), actor=VISITOR, mail_code=code)


def test_who_chose_the_mailbox_that_signs_does_not_accept_what_it_signed(cast: Cast) -> None:
    odile = _other(cast)
    designation = _signed_by_mail(cast, cast.julien, "julien@ailleurs.example")
    with pytest.raises(SameHand, match=r"adresse officielle.*Odile Bertin"):
        deciding.accept(designation, actor=acting(cast.julien))
    assert deciding.accept(designation, actor=acting(odile)).state == DesignationState.VALIDATED


def test_who_declared_the_employer_with_its_mailbox_does_not_accept_what_it_signed(cast: Cast) -> None:
    _other(cast)
    mine = Authority("Maire", "Bertrand Kern", "julien@ailleurs.example", "")
    declared = ("bobigny", "21930008400015", "Ville de Bobigny", "commune", "affiliated", "93")
    made = organizations.create(OrganizationDetails(*declared, authority=mine), actor=acting(cast.julien))
    asking.ask(made, email=mine.email, actor=acting(cast.julien))
    invitation = Invitation.objects.select_related("organization", "campaign").get(organization=made)
    signed = answering.receive(invitation, answer(), actor=VISITOR, mail_code=code_of(invitation, answer()))
    with pytest.raises(SameHand, match="adresse officielle"):
        deciding.accept(signed, actor=acting(cast.julien))


def test_who_left_the_official_address_as_it_was_accepts_what_it_signed(cast: Cast) -> None:
    _other(cast)
    designation = _signed_by_mail(cast, cast.julien, "maire@pantin.example")
    assert deciding.accept(designation, actor=acting(cast.julien)).state == DesignationState.VALIDATED


def test_alone_they_accept_and_the_journal_says_so(cast: Cast) -> None:
    deciding.accept(_on_paper(cast, cast.julien), actor=acting(cast.julien))
    assert AuditEvent.objects.get(action="campaigns.accepted").details["alone"] is True


def test_a_correspondant_who_could_not_accept_is_not_waited_for(cast: Cast) -> None:
    """Suspended, gone from the centre, or of this employer: none of the three would ever come."""
    suspended, gone, concerned = (_other(cast, name) for name in ("Odile Bertin", "Marc Sorel", "Inès Roche"))
    Agent.objects.filter(pk=suspended.agent_id).update(state=AgentState.SUSPENDED)
    Membership.objects.filter(pk=gone.pk).update(closed_at=clock.now())
    join(concerned.agent, cast.pantin)
    assert deciding.accept(_on_paper(cast, cast.julien), actor=acting(cast.julien)).decided_by == "Julien Moreau"


def test_who_keyed_it_in_may_send_it_back(cast: Cast) -> None:
    _other(cast)
    designation = deciding.send_back(_on_paper(cast, cast.julien), "Illisible", actor=acting(cast.julien))
    assert designation.state == DesignationState.SENT_BACK


def test_a_namesake_of_who_keyed_it_in_is_somebody_else(cast: Cast) -> None:
    """The rule is about accounts: a label could be anybody's."""
    namesake = member(cast.center, "Julien Moreau", email="j.moreau@cig.example")
    StaffRole.objects.create(agent=namesake.agent, role=Role.CORRESPONDENT, granted_at=clock.now())
    assert deciding.accept(_on_paper(cast, cast.julien), actor=acting(namesake)).state == DesignationState.VALIDATED


def _named(cast: Cast) -> Designation:
    return received(cast, replace(ANNE, given_name="MOREAU", family_name="Julién"))


def _attached(cast: Cast) -> Designation:
    join(cast.julien.agent, cast.pantin, confirmed_at=None)
    return received(cast)


@pytest.mark.parametrize("concerned", [_named, _attached])
def test_who_an_answer_concerns_does_nothing_of_it(cast: Cast, concerned: Callable[[Cast], Designation]) -> None:
    designation = concerned(cast)
    mails = OutboxMessage.objects.count()
    for act in (deciding.send_back, deciding.set_aside):
        with pytest.raises(OwnDesignation):
            act(designation, "Non", actor=acting(cast.julien))
    with pytest.raises(OwnDesignation):
        deciding.accept(designation, actor=acting(cast.julien))
    designation.refresh_from_db()
    assert designation.state == DesignationState.RECEIVED
    assert OutboxMessage.objects.count() == mails


def test_who_works_for_the_employer_does_not_key_its_paper_in(cast: Cast, tmp_path: Path) -> None:
    join(cast.julien.agent, cast.pantin)
    with pytest.raises(OwnDesignation):
        _on_paper(cast, cast.julien)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_what_is_foreseen_is_what_happens(cast: Cast) -> None:
    person = replace(ANNE, given_name="Claire", family_name="Nguyen", email=cast.claire.agent.email or "")
    away = replace(ANNE, given_name="Karim", family_name="Benali", email=cast.karim.agent.email or "")
    kept = replace(ANNE, given_name="Nadia", family_name="Ferhat", email=cast.nadia.agent.email or "")
    foreseen = foreseeing.foresee(received(cast, ANNE, person, away, kept, replaces=True))
    assert [fate.kind for fate in foreseen.fates] == ["created", "promoted", "attached", "kept"]
    assert [member.pk for member in foreseen.leaving] == [cast.moussa.pk]
    deciding.accept(foreseen.designation, actor=acting(cast.julien), seen=foreseen.mark)
    cast.moussa.refresh_from_db()
    assert cast.moussa.profile == "user"


def test_what_was_foreseen_and_has_changed_is_not_done(cast: Cast) -> None:
    designation = received(cast, ANNE, replaces=True)
    mark = foreseeing.foresee(designation).mark
    memberships.promote(cast.claire, warrant="Autre désignation", actor=acting(cast.julien))
    with pytest.raises(ForeseenOtherwise):
        deciding.accept(designation, actor=acting(cast.julien), seen=mark)
    assert not Agent.objects.filter(email=ANNE.email).exists()


def test_what_can_no_longer_be_corrected_is_set_aside_and_told(cast: Cast) -> None:
    designation = received(cast)
    with pytest.raises(WrongState, match="renvoyez"):
        deciding.set_aside(designation, "Non", actor=acting(cast.julien))
    preparing.close(designation.invitation.campaign, actor=acting(cast.julien))
    done = deciding.set_aside(designation, "Adresse personnelle.", actor=acting(cast.julien))
    assert (done.state, done.invitation.state) == (DesignationState.SET_ASIDE, InvitationState.SENT)
    mail = last_mail("campaigns.set_aside")
    assert "Adresse personnelle." in mail
    assert "cle=" not in mail


def test_of_a_closed_employer_nothing_is_sent_back_and_nobody_is_told(cast: Cast) -> None:
    designation = received(cast)
    Organization.objects.filter(pk=cast.pantin.pk).update(active=False)
    with pytest.raises(WrongState):
        deciding.send_back(designation, "Non", actor=acting(cast.julien))
    assert deciding.set_aside(designation, "Fermé", actor=acting(cast.julien)).state == DesignationState.SET_ASIDE
    assert not OutboxMessage.objects.filter(kind="campaigns.set_aside").exists()
