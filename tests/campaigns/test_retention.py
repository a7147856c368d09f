"""Scans go when what they prove is over, and some months later; not before, and the journal says so."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from convergences.audit.models import AuditEvent
from convergences.campaigns.models import Designation, DesignationState, Mandate
from convergences.campaigns.services import answering, deciding, mandates, paper, retention
from convergences.directory.models import Membership, Role, StaffRole
from convergences.foundations import clock
from convergences.pages.answers.showing import how_long_kept
from tests.campaigns.answering import PAUL, VISITOR, answer, asked, letter_of
from tests.campaigns.doing import acting
from tests.cast import Cast, member

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def keyed_in(cast: Cast) -> Designation:
    """A paper answer of Pantin that names Anne, keyed in by Julien."""
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "white").save(out, "PNG")
    out.seek(0)
    return paper.key_in(asked(cast), answer(), out, actor=acting(cast.julien))


def _accepted(cast: Cast, designation: Designation) -> Membership:
    """Have another correspondante accept it; return the référente."""
    rose = member(cast.center, "Rose Amar")
    StaffRole.objects.create(agent=rose.agent, role=Role.CORRESPONDENT, granted_at=clock.now())
    deciding.accept(designation, actor=acting(rose))
    return Membership.objects.get(agent__email="anne.martin@pantin.example")


def _files(folder: Path) -> int:
    return sum(path.is_file() for path in folder.rglob("*"))


def _worked_in(days: int) -> int:
    return retention.forget_scans(clock.today() + dt.timedelta(days=days))


def test_a_scan_that_waits_or_whose_mandate_stands_is_kept_however_long(
    cast: Cast, keyed_in: Designation, tmp_path: Path
) -> None:
    assert _worked_in(4000) == 0
    assert "Gardée trois mois après un refus ; acceptée, le temps du mandat" in _said(keyed_in)
    _accepted(cast, keyed_in)
    assert _worked_in(4000) == 0
    assert "Gardée tant que dure un mandat qu'elle prouve, puis douze mois." in _said(keyed_in)
    assert _files(tmp_path) == 1


def _said(designation: Designation) -> str:
    designation.refresh_from_db()
    return how_long_kept(designation).replace("\u00a0", " ").replace("’", "'")


def test_an_accepted_one_goes_a_year_after_its_last_mandate_is_over_and_that_is_journaled(
    cast: Cast, keyed_in: Designation, tmp_path: Path
) -> None:
    anne = _accepted(cast, keyed_in)
    mandates.end(anne, actor=acting(cast.julien))
    assert _worked_in(0) == 1
    keyed_in.refresh_from_db()
    assert keyed_in.scan_until == clock.today() + retention.AFTER_MANDATE
    assert _said(keyed_in).startswith("Gardée jusqu'au ")
    assert _worked_in(365) == 0
    assert paper.read_scan(keyed_in, actor=acting(cast.julien))
    assert (_worked_in(366), _worked_in(367), _files(tmp_path)) == (1, 0, 0)
    told = AuditEvent.objects.get(action="campaigns.scan_deleted")
    assert (told.organization_id, told.details) == (cast.pantin.pk, {"receipt": keyed_in.receipt_number})
    assert _said(keyed_in).startswith("Numérisation supprimée le ")
    with pytest.raises(FileNotFoundError):
        paper.read_scan(keyed_in, actor=acting(cast.julien))


def test_a_departure_that_nobody_wrote_down_as_an_end_counts_too(cast: Cast, keyed_in: Designation) -> None:
    anne = _accepted(cast, keyed_in)
    Membership.objects.filter(pk=anne.pk).update(closed_at=clock.now(), profile="user")
    assert Mandate.objects.filter(membership=anne, ended_on__isnull=True).exists()
    assert (_worked_in(0), _worked_in(366)) == (1, 1)


def test_one_decided_otherwise_goes_three_months_after(cast: Cast, keyed_in: Designation, tmp_path: Path) -> None:
    deciding.send_back(keyed_in, "La page 2 manque.", actor=acting(cast.julien))
    last = clock.today() + retention.AFTER_REFUSAL
    assert str(last.year) in _said(keyed_in)
    assert _worked_in(1) == 1
    keyed_in.refresh_from_db()
    assert keyed_in.scan_until == last
    assert (_worked_in(92), _worked_in(93), _files(tmp_path)) == (0, 1, 0)


def test_one_replaced_goes_and_an_answer_without_scan_is_left_alone(cast: Cast, keyed_in: Designation) -> None:
    invitation = keyed_in.invitation
    answering.receive(invitation, answer(PAUL), actor=VISITOR, letter_code=letter_of(invitation))
    keyed_in.refresh_from_db()
    assert keyed_in.state == DesignationState.REPLACED
    assert (_worked_in(0), _worked_in(93), _worked_in(4000)) == (1, 1, 0)
    assert not AuditEvent.objects.filter(action="campaigns.scan_deleted").exclude(organization_id=cast.pantin.pk)


def test_a_worker_killed_between_file_and_row_is_finished_by_the_next(
    cast: Cast, keyed_in: Designation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def killed(*_given: Any, **_named: Any) -> None:
        raise SystemExit

    deciding.send_back(keyed_in, "La page 2 manque.", actor=acting(cast.julien))
    _worked_in(0)
    with monkeypatch.context() as patch:
        patch.setattr(retention, "record", killed)
        with pytest.raises(SystemExit):
            _worked_in(93)
    keyed_in.refresh_from_db()
    assert (bool(keyed_in.scan), _files(tmp_path)) == (True, 0)
    assert _worked_in(93) == 1
    assert AuditEvent.objects.filter(action="campaigns.scan_deleted").count() == 1
