"""Answering online: drafts, codes by force, two answers for one employer, the receipt."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine

from convergences.audit.models import AuditEvent
from convergences.authentication.browsers import Browser
from convergences.campaigns.errors import (
    DeadLink,
    NoOfficialAddress,
    NotAwaited,
    TooManyCodes,
    WrongAnswer,
    WrongCode,
)
from convergences.campaigns.models import (
    Designation,
    DesignationState,
    Invitation,
    InvitationState,
    OfficialCode,
    Proof,
)
from convergences.campaigns.services import answering, codes, preparing
from convergences.directory.models import Membership, Profile
from convergences.directory.services import organizations
from convergences.foundations import clock, outbox
from convergences.foundations.models import OutboxMessage
from tests.campaigns.answering import ANNE, PAUL, VISITOR, answer, asked, code_of, last_mail, letter_of, received
from tests.campaigns.doing import acting
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.database]
BROWSER = Browser("192.0.2.7", "Firefox")


def _sign(invitation: Invitation, *, letter_code: str = "", mail_code: str = "") -> Designation:
    return answering.receive(invitation, answer(), actor=VISITOR, letter_code=letter_code, mail_code=mail_code)


def _not_right(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_an_answer_signed_by_the_code_of_the_letter_is_received_with_its_receipt(cast: Cast) -> None:
    designation = received(cast, ANNE, PAUL)
    designation.refresh_from_db()
    assert (designation.state, designation.proof) == (DesignationState.RECEIVED, Proof.LETTER_CODE)
    assert designation.invitation.state == InvitationState.RECEIVED
    assert designation.signed_on == clock.today()
    told = last_mail("campaigns.receipt")
    for said in (designation.receipt_number, "Paul Roux", "anne.martin@pantin.example", "Bertrand Kern"):
        assert said in told
    event = AuditEvent.objects.get(action="campaigns.received")
    assert (event.actor_id, event.actor_label) == (None, "Bertrand Kern, Maire")


def test_an_answer_makes_nobody_referent_before_a_correspondant_decides(cast: Cast) -> None:
    before = set(Membership.objects.filter(profile=Profile.REFERENT).values_list("pk", flat=True))
    received(cast)
    assert set(Membership.objects.filter(profile=Profile.REFERENT).values_list("pk", flat=True)) == before


def test_no_answer_without_its_receipt(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(_mail: outbox.Mail) -> None:
        raise SystemExit

    invitation = asked(cast)
    code = letter_of(invitation)
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "post", killed)
        with pytest.raises(SystemExit):
            _sign(invitation, letter_code=code)
    assert not Designation.objects.exists()
    assert _sign(invitation, letter_code=code).receipt_number


def test_a_link_alone_signs_nothing(cast: Cast) -> None:
    invitation = asked(cast)
    for code in ("", "000000", "AAAA-AAAA-AAAA"):
        with pytest.raises(WrongCode):
            _sign(invitation, mail_code=code)
        with pytest.raises(WrongCode):
            _sign(invitation, letter_code=code)


def test_the_code_of_a_letter_by_force_locks_it_and_names_the_remedy(cast: Cast) -> None:
    invitation = asked(cast)
    right = letter_of(invitation)
    for _ in range(codes.LETTER_TRIES):
        with pytest.raises(WrongCode):
            _sign(invitation, letter_code="2222-2222-2222")
    with pytest.raises(WrongCode, match="nouveau courrier"):
        _sign(invitation, letter_code=right)
    assert _sign(invitation, mail_code=code_of(invitation, answer())).proof == Proof.MAIL_CODE


def test_a_new_letter_gives_tries_back_and_kills_the_former_code(cast: Cast) -> None:
    invitation = asked(cast)
    former = letter_of(invitation)
    Invitation.objects.update(code_tries=codes.LETTER_TRIES)
    new = letter_of(invitation)
    with pytest.raises(WrongCode):
        _sign(invitation, letter_code=former)
    assert _sign(invitation, letter_code=new.lower().replace("-", " ")).state == DesignationState.RECEIVED


def test_the_code_of_a_letter_serves_once_and_for_its_employer_only(cast: Cast) -> None:
    invitation = asked(cast)
    other = Invitation.objects.get(organization=cast.romainville)
    code = letter_of(invitation)
    letter_of(other)
    with pytest.raises(WrongCode):
        _sign(other, letter_code=code)
    _sign(invitation, letter_code=code)
    with pytest.raises(WrongCode, match="servi"):
        _sign(invitation, letter_code=code)


def test_five_tries_for_the_code_of_the_official_address(cast: Cast) -> None:
    invitation = asked(cast)
    right = code_of(invitation, answer())
    for _ in range(codes.TRIES):
        with pytest.raises(WrongCode):
            _sign(invitation, mail_code=_not_right(right))
    with pytest.raises(WrongCode, match="Trop"):
        _sign(invitation, mail_code=right)
    assert AuditEvent.objects.filter(action="campaigns.code_wrong").count() == codes.TRIES


def test_the_code_is_for_the_answer_that_its_mail_showed(cast: Cast) -> None:
    """Who holds the link could otherwise name somebody else between the mail and the signature."""
    invitation = asked(cast)
    code = code_of(invitation, answer(PAUL))
    assert "Paul Roux" in last_mail("campaigns.official_code")
    with pytest.raises(WrongCode):
        _sign(invitation, mail_code=code)


def test_a_code_is_dead_after_half_an_hour_and_once_another_has_left(cast: Cast) -> None:
    invitation = asked(cast)
    first = code_of(invitation, answer())
    second = code_of(invitation, answer())
    if first != second:
        with pytest.raises(WrongCode):
            _sign(invitation, mail_code=first)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=31)), pytest.raises(WrongCode, match="nouveau"):
        _sign(invitation, mail_code=second)


def test_a_code_sent_to_the_former_address_signs_nothing_once_there_is_another(cast: Cast) -> None:
    invitation = asked(cast)
    code = code_of(invitation, answer())
    organizations.set_official_address(cast.pantin, "cabinet@pantin.example", actor=acting(cast.julien))
    with pytest.raises(WrongCode, match="nouveau"):
        _sign(invitation, mail_code=code)


def test_few_codes_an_hour_and_a_day(cast: Cast) -> None:
    invitation, start = asked(cast), clock.now()
    for hour, most in ((1, codes.AN_HOUR), (3, codes.AN_HOUR), (5, codes.A_DAY - 2 * codes.AN_HOUR), (7, 0)):
        with time_machine.travel(start + dt.timedelta(hours=hour)):
            for _ in range(most):
                code_of(invitation, answer())
            with pytest.raises(TooManyCodes):
                code_of(invitation, answer())


def test_the_code_is_kept_as_a_keyed_digest(cast: Cast) -> None:
    code = code_of(asked(cast), answer())
    assert code not in OfficialCode.objects.get().digest


def test_an_employer_without_official_address_is_told_what_to_do(cast: Cast) -> None:
    invitation = asked(cast)
    cast.pantin.authority_email = ""
    cast.pantin.save()
    answering.save_draft(invitation, answer())
    with pytest.raises(NoOfficialAddress, match="courrier"):
        codes.send_code(invitation, actor=VISITOR)
    assert _sign(invitation, letter_code=letter_of(invitation)).receipt_number
    assert not OutboxMessage.objects.filter(kind="campaigns.receipt").exists()


def test_no_code_leaves_for_an_answer_that_is_not_complete(cast: Cast) -> None:
    invitation = asked(cast)
    with pytest.raises(WrongAnswer):
        code_of(invitation, answer(replace(ANNE, email="")))
    assert not OutboxMessage.objects.filter(kind="campaigns.official_code").exists()


def test_a_draft_may_be_partial_and_replaces_the_former(cast: Cast) -> None:
    invitation = asked(cast)
    answering.save_draft(invitation, answer(replace(ANNE, email=""), PAUL))
    answering.save_draft(invitation, answer(replace(ANNE, email="anne")))
    assert [person.email for person in answering.prefilled(invitation).people] == ["anne"]
    assert Designation.objects.count() == 1


def test_a_second_answer_replaces_the_one_that_was_not_decided(cast: Cast) -> None:
    first = received(cast, ANNE)
    second = received(cast, PAUL)
    first.refresh_from_db()
    assert (first.state, second.state) == (DesignationState.REPLACED, DesignationState.RECEIVED)
    assert Designation.objects.filter(state=DesignationState.RECEIVED).count() == 1
    assert first.receipt_number != second.receipt_number


def test_a_validated_answer_is_not_replaced(cast: Cast) -> None:
    invitation = asked(cast)
    code = letter_of(invitation)
    Invitation.objects.update(state=InvitationState.VALIDATED)
    for act in (lambda: _sign(invitation, letter_code=code), lambda: answering.save_draft(invitation, answer())):
        with pytest.raises(NotAwaited, match="validée"):
            act()


def test_nothing_is_received_once_the_campaign_or_the_employer_is_closed(cast: Cast) -> None:
    invitation = asked(cast)
    code = letter_of(invitation)
    cast.pantin.active = False
    cast.pantin.save()
    with pytest.raises(NotAwaited):
        _sign(invitation, letter_code=code)
    cast.pantin.active = True
    cast.pantin.save()
    preparing.close(invitation.campaign, actor=acting(cast.julien))
    with pytest.raises(NotAwaited):
        _sign(invitation, letter_code=code)
    with pytest.raises(DeadLink):
        answering.find(invitation.pk)


def test_a_letter_opens_the_form_by_its_reference_and_its_code(cast: Cast) -> None:
    invitation = asked(cast)
    code = letter_of(invitation)
    typed = invitation.reference.lower().replace("-", "")
    assert answering.enter(typed, code.lower(), browser=BROWSER, actor=VISITOR) == invitation
    assert _sign(invitation, letter_code=code).receipt_number  # entering has not spent it


def test_a_reference_that_does_not_exist_answers_as_a_wrong_code(cast: Cast) -> None:
    invitation = asked(cast)
    letter_of(invitation)
    said = []
    for reference in (invitation.reference, "ZZZZ-ZZZZ"):
        with pytest.raises(WrongCode) as refusal:
            answering.enter(reference, "2222-2222-2222", browser=BROWSER, actor=VISITOR)
        said.append(refusal.value.sentence)
    assert said[0] == said[1]


def test_entering_by_force_locks_the_letter(cast: Cast) -> None:
    invitation = asked(cast)
    code = letter_of(invitation)
    for _ in range(codes.LETTER_TRIES):
        with pytest.raises(WrongCode):
            answering.enter(invitation.reference, "2222-2222-2222", browser=BROWSER, actor=VISITOR)
    with pytest.raises(WrongCode, match="nouveau courrier"):
        answering.enter(invitation.reference, code, browser=BROWSER, actor=VISITOR)


def test_opening_is_noted_once_and_takes_nothing_back(cast: Cast) -> None:
    invitation = asked(cast)
    answering.opened(invitation)
    invitation.refresh_from_db()
    first = invitation.opened_at
    assert invitation.state == InvitationState.OPENED
    received(cast)
    answering.opened(invitation)
    invitation.refresh_from_db()
    assert (invitation.state, invitation.opened_at) == (InvitationState.RECEIVED, first)
