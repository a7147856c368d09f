"""Asking for letters, taking them, saying that they are posted: by correspondants, knowingly, and journaled."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from convergences.audit.models import AuditEvent
from convergences.campaigns import vault
from convergences.campaigns.errors import LettersAgain, NotAwaited, SameHand, WrongCode, WrongState
from convergences.campaigns.models import (
    Campaign,
    Designation,
    DesignationState,
    Invitation,
    InvitationState,
    LetterScope,
    Mailing,
)
from convergences.campaigns.services import answering, codes, deciding, posting, preparing
from convergences.campaigns.services import mailing as mails
from convergences.directory.errors import ForTheCentre
from convergences.directory.models import Organization, Role, StaffRole
from convergences.foundations import clock
from tests.campaigns.answering import VISITOR, answer
from tests.campaigns.doing import acting
from tests.campaigns.post import ask, by_volumes_of, codes_in, made, of, taken, written_to
from tests.cast import Cast, member

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    by_volumes_of(500, monkeypatch)


def test_nobody_but_a_correspondant_asks_takes_prints_or_posts(cast: Cast) -> None:
    campaign = written_to(cast)
    mailing, nadia = made(ask(campaign, cast)), acting(cast.nadia)
    for act in (
        lambda: posting.ask(campaign, LetterScope.SILENT, actor=nadia, renew=True),
        lambda: posting.release(mailing, actor=nadia),
        lambda: posting.posted(mailing, actor=nadia),
        lambda: posting.print_one(of(cast), of(cast).letter_made_at, actor=nadia),
    ):
        with pytest.raises(ForTheCentre):
            act()


def test_letters_made_again_are_said_yes_to_and_end_the_former_codes(cast: Cast) -> None:
    campaign = written_to(cast)
    (former,) = taken(made(ask(campaign, cast)), cast)
    with pytest.raises(LettersAgain):
        ask(campaign, cast)
    assert not Mailing.objects.filter(kind="letters", finished_at=None).exists()
    (again,) = taken(made(ask(campaign, cast, renew=True)), cast)
    assert former.keys() == again.keys()
    for reference, code in again.items():
        found = Invitation.objects.get(reference=reference)
        with pytest.raises(WrongCode):
            codes.check_letter(found, former[reference])
        codes.check_letter(found, code)


def test_scopes_write_to_whom_they_say(cast: Cast) -> None:
    campaign = written_to(cast)
    Organization.objects.filter(pk=cast.romainville.pk).update(authority_email="")
    pantin, romainville = of(cast).reference, of(cast, "romainville").reference
    (first,) = taken(made(ask(campaign, cast, LetterScope.UNADDRESSED)), cast)
    (second,) = taken(made(ask(campaign, cast, LetterScope.FIRST)), cast)
    assert (set(first), set(second)) == ({romainville}, {pantin})
    with pytest.raises(WrongState):
        ask(campaign, cast, LetterScope.FIRST)
    (chosen,) = taken(made(ask(campaign, cast, only=[of(cast).pk], renew=True)), cast)
    assert set(chosen) == {pantin}


def test_who_has_answered_is_not_written_to(cast: Cast) -> None:
    campaign = written_to(cast)
    Invitation.objects.filter(organization=cast.pantin).update(state=InvitationState.VALIDATED)
    mailing = made(ask(campaign, cast))
    assert (mailing.total, mailing.done) == (1, 1)
    with pytest.raises(NotAwaited):
        posting.print_one(of(cast), None, actor=acting(cast.julien))


def test_letters_are_asked_for_once_at_a_time(cast: Cast) -> None:
    campaign = written_to(cast)
    ask(campaign, cast)
    with pytest.raises(WrongState, match="déjà en préparation"):
        ask(campaign, cast)


def test_nothing_is_printed_before_a_launch_is_through_nor_past_the_deadline(cast: Cast) -> None:
    campaign = written_to(cast)
    Mailing.objects.update(enrolled_at=None)
    with pytest.raises(WrongState, match="en cours d’inscription"):
        ask(campaign, cast)
    Mailing.objects.update(enrolled_at=clock.now())
    Campaign.objects.update(deadline=clock.today() - dt.timedelta(days=1))
    with pytest.raises(WrongState, match="La date limite est passée"):
        ask(campaign, cast)


@pytest.mark.parametrize("stop", [preparing.pause, preparing.close])
def test_a_campaign_on_pause_or_closed_lets_nothing_leave(cast: Cast, stop: Any) -> None:
    campaign = written_to(cast)
    mailing = made(ask(campaign, cast))
    stop(campaign, actor=acting(cast.julien))
    for act in (
        lambda: ask(campaign, cast, renew=True),
        lambda: posting.release(mailing, actor=acting(cast.julien)),
        lambda: posting.print_one(of(cast), of(cast).letter_made_at, actor=acting(cast.julien)),
    ):
        with pytest.raises(WrongState):
            act()


def test_one_letter_is_printed_again_kept_nowhere_and_twice_by_mistake_is_refused(cast: Cast) -> None:
    campaign = written_to(cast)
    (former,) = taken(made(ask(campaign, cast)), cast)
    asked, seen = of(cast), of(cast).letter_made_at
    ((reference, code),) = codes_in(posting.print_one(asked, seen, actor=acting(cast.julien))).items()
    assert reference == asked.reference
    codes.check_letter(of(cast), code)
    assert code != former[reference]
    with pytest.raises(WrongState, match="vient d’être préparé"):
        posting.print_one(asked, seen, actor=acting(cast.julien))
    assert len(vault.names()) == 1
    assert AuditEvent.objects.get(action="campaigns.letter_printed").organization_id == cast.pantin.pk


def test_a_letter_printed_alone_meanwhile_is_not_made_again_by_the_mailing(cast: Cast) -> None:
    mailing = ask(written_to(cast), cast)
    posting.print_one(of(cast), None, actor=acting(cast.julien))
    alone = of(cast).letter_code_digest
    assert made(mailing).done == 1
    assert of(cast).letter_code_digest == alone


def test_posted_files_go_and_who_has_no_address_has_been_written_to(cast: Cast) -> None:
    campaign = written_to(cast)
    Invitation.objects.filter(organization=cast.pantin).update(
        state=InvitationState.WAITING, mail_problem=mails.NO_ADDRESS
    )
    mailing = made(ask(campaign, cast))
    with pytest.raises(WrongState, match="jamais été téléchargé"):
        posting.posted(mailing, actor=acting(cast.julien))
    taken(mailing, cast)
    posting.posted(mailing, actor=acting(cast.julien))
    assert of(cast).state == InvitationState.SENT
    with pytest.raises(WrongState):
        posting.posted(mailing, actor=acting(cast.julien))
    assert posting.release(mailing, actor=acting(cast.julien)) == []


def test_each_download_is_journaled_and_no_code_is(cast: Cast) -> None:
    mailing = made(ask(written_to(cast), cast))
    found = [*taken(mailing, cast), *taken(mailing, cast)]
    events = list(AuditEvent.objects.filter(action="campaigns.letters_downloaded"))
    assert [(each.actor_label, each.details["volumes"], each.details["letters"]) for each in events] == [
        ("Julien Moreau", "1", 2)] * 2  # fmt: skip
    said = str(list(AuditEvent.objects.values_list("details", flat=True)))
    assert not any(code in said for each in found for code in each.values())


def test_a_file_that_was_altered_is_said_to_be_lost(cast: Cast, settings: Any) -> None:
    mailing = made(ask(written_to(cast), cast))
    path = settings.MEDIA_ROOT / vault.names()[0]
    path.write_bytes(path.read_bytes()[:-8] + b"AAAAAAA=")
    with pytest.raises(WrongState, match="ne peut plus être lu"):
        posting.release(mailing, actor=acting(cast.julien))
    assert not AuditEvent.objects.filter(action="campaigns.letters_downloaded").exists()


def _signed_by_letter(cast: Cast) -> Designation:
    ((_, code),) = codes_in(posting.print_one(of(cast), of(cast).letter_made_at, actor=acting(cast.julien))).items()
    return answering.receive(of(cast), answer(), actor=VISITOR, letter_code=code)


def test_who_printed_a_letter_alone_does_not_accept_what_its_code_signs(cast: Cast) -> None:
    """Decision 27: with that code in hand, one person could answer for any employer, then accept."""
    written_to(cast)
    odile = member(cast.center, "Odile Bertin")
    StaffRole.objects.create(agent=odile.agent, role=Role.CORRESPONDENT, granted_at=clock.now())
    designation = _signed_by_letter(cast)
    with pytest.raises(SameHand, match="imprimé le courrier"):
        deciding.accept(designation, actor=acting(cast.julien))
    assert deciding.accept(designation, actor=acting(odile)).state == DesignationState.VALIDATED


def test_a_letter_of_the_whole_mailing_has_no_single_hand(cast: Cast) -> None:
    campaign = written_to(cast)
    posting.print_one(of(cast), None, actor=acting(cast.julien))
    made(ask(campaign, cast, renew=True))
    assert of(cast).letter_printed_by_id is None
