"""Answers on paper: keyed in by a correspondant with their scan, which nobody but the centre sees."""

import datetime as dt
import io
from pathlib import Path

import pytest
from PIL import Image

from convergences.campaigns.answers import Answer
from convergences.campaigns.errors import AnswerWaiting, BadScan, NotAwaited, WrongAnswer
from convergences.campaigns.models import Channel, Designation, DesignationState, Invitation, InvitationState, Proof
from convergences.campaigns.services import answering, paper
from convergences.directory.errors import ForTheCentre
from convergences.directory.models import Membership
from convergences.foundations import clock
from tests.campaigns.answering import PAUL, VISITOR, answer, asked, letter_of, received
from tests.campaigns.doing import acting
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def _own_files(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def _scan() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, "PNG")
    out.seek(0)
    return out


def _key_in(invitation: Invitation, by: Membership, given: Answer | None = None) -> Designation:
    return paper.key_in(invitation, given or answer(), _scan(), actor=acting(by))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_paper_answer_waits_with_its_scan_and_who_keyed_it_in(cast: Cast) -> None:
    designation = _key_in(asked(cast), cast.julien)
    designation.refresh_from_db()
    assert (designation.channel, designation.proof) == (Channel.PAPER, Proof.SCAN)
    assert (designation.state, designation.keyed_by) == (DesignationState.RECEIVED, "Julien Moreau")
    assert paper.read_scan(designation, actor=acting(cast.julien)).startswith(b"\xff\xd8")


def test_nobody_but_a_correspondant_keys_in_or_sees_a_scan(cast: Cast) -> None:
    invitation = asked(cast)
    for other in (cast.nadia, cast.claire, cast.karim):
        with pytest.raises(ForTheCentre):
            _key_in(invitation, other)
    designation = _key_in(invitation, cast.julien)
    for other in (cast.nadia, cast.claire, cast.karim):
        with pytest.raises(ForTheCentre):
            paper.read_scan(designation, actor=acting(other))


def test_a_file_that_is_no_scan_leaves_nothing(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(BadScan):
        paper.key_in(asked(cast), answer(), io.BytesIO(b"<svg onload='x'/>"), actor=acting(cast.julien))
    assert not Designation.objects.exists()
    assert not _files(tmp_path)


def test_an_online_answer_that_came_meanwhile_stops_the_paper_one(cast: Cast, tmp_path: Path) -> None:
    online = received(cast, PAUL)
    with pytest.raises(AnswerWaiting, match="attend déjà"):
        _key_in(online.invitation, cast.julien)
    online.refresh_from_db()
    assert online.state == DesignationState.RECEIVED
    assert not _files(tmp_path)


def test_an_online_answer_replaces_a_paper_one_that_was_not_decided(cast: Cast) -> None:
    first = _key_in(asked(cast), cast.julien)
    received(cast, PAUL)
    first.refresh_from_db()
    assert first.state == DesignationState.REPLACED


def test_a_draft_begun_online_survives_a_paper_answer(cast: Cast) -> None:
    invitation = asked(cast)
    answering.save_draft(invitation, answer(PAUL))
    _key_in(invitation, cast.julien)
    assert answering.draft(invitation)
    code = letter_of(invitation)
    assert answering.receive(invitation, answer(PAUL), actor=VISITOR, letter_code=code).channel == Channel.ONLINE


def test_paper_is_keyed_in_after_the_end_and_not_once_validated(cast: Cast) -> None:
    invitation = asked(cast)
    invitation.campaign.state = "closed"
    invitation.campaign.save()
    Invitation.objects.update(state=InvitationState.VALIDATED)
    with pytest.raises(NotAwaited):
        _key_in(invitation, cast.julien)
    Invitation.objects.update(state=InvitationState.SENT)
    assert _key_in(invitation, cast.julien).receipt_number


@pytest.mark.parametrize("days", [1, -400])
def test_a_signature_of_tomorrow_or_of_long_ago_is_refused(cast: Cast, days: int) -> None:
    day = clock.today() + dt.timedelta(days=days)
    with pytest.raises(WrongAnswer) as refusal:
        paper.key_in(asked(cast), answer(), _scan(), actor=acting(cast.julien), signed_on=day)
    assert refusal.value.field == "signed_on"
