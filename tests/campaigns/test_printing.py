"""Making letters: each employer one code and one letter, whatever happens to workers and employers meanwhile."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pypdf
import pytest
import time_machine
from django.test import TestCase

from convergences.audit.models import AuditEvent
from convergences.campaigns import vault
from convergences.campaigns.errors import WrongCode
from convergences.campaigns.models import Campaign, Invitation, InvitationState, Mailing, Volume
from convergences.campaigns.services import codes, posting, preparing, printing
from convergences.foundations import clock, heartbeats
from convergences.foundations.models import Heartbeat
from convergences.foundations.text import day_in_words
from tests.campaigns.doing import acting
from tests.campaigns.post import ask, by_volumes_of, made, taken, written_to
from tests.cast import Cast, organization

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    by_volumes_of(1, monkeypatch)


def _right(code: str, key: str = "pantin") -> bool:
    try:
        codes.check_letter(of_key(key), code)
    except WrongCode:
        return False
    return True


def of_key(key: str) -> Invitation:
    return Invitation.objects.get(organization__key=key)


def test_each_employer_has_one_letter_whose_code_is_right_and_kept_nowhere(cast: Cast, settings: Any) -> None:
    mailing = made(ask(written_to(cast), cast))
    assert (mailing.done, mailing.total, mailing.finished_at is None) == (2, 2, False)
    first, second = taken(mailing, cast)
    for codes_of_volume in (first, second):
        ((reference, code),) = codes_of_volume.items()
        codes.check_letter(Invitation.objects.get(reference=reference), code)
        for volume in Volume.objects.all():
            assert code.encode() not in (settings.MEDIA_ROOT / str(volume.file)).read_bytes()
    assert first != second


@pytest.mark.parametrize("killed_in", ["keep_letter_codes", "record"])
def test_a_worker_killed_midway_goes_on_with_no_letter_missing_and_none_twice(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, killed_in: str
) -> None:
    def killed(*_given: object, **_named: object) -> None:
        raise SystemExit

    mailing = ask(written_to(cast), cast)
    printing.drain()
    before = of_key("romainville").letter_code_digest
    with monkeypatch.context() as patch:
        patch.setattr(codes if killed_in == "keep_letter_codes" else printing, killed_in, killed)
        with pytest.raises(SystemExit):
            printing.drain()
    assert of_key("romainville").letter_code_digest == before == ""
    assert len(vault.names()) == 1
    made(mailing)
    volumes = taken(mailing, cast)
    assert sorted(len(each) for each in volumes) == [1, 1]
    assert set(volumes[0]) | set(volumes[1]) == set(Invitation.objects.values_list("reference", flat=True))


def test_what_a_worker_that_died_had_begun_is_made_by_another_and_what_one_is_making_is_not(cast: Cast) -> None:
    mailing = ask(written_to(cast), cast)
    assert printing._claim(mailing) is not None
    now = clock.now()
    Heartbeat.objects.create(worker="other:1", started_at=now, beat_at=now)
    Volume.objects.update(maker="other:1")
    assert printing.drain() == 1
    assert printing.drain() == 0
    mailing.refresh_from_db()
    assert (mailing.done, mailing.finished_at) == (1, None)
    Heartbeat.objects.update(beat_at=now - heartbeats.FRESH)
    assert made(mailing).done == 2


def test_two_workers_that_draw_the_same_volume_make_it_once(cast: Cast) -> None:
    mailing = ask(written_to(cast), cast)
    volume = printing._claim(mailing)
    assert volume is not None
    drawn = {of_key("pantin"): "AAAA-BBBB-CCCC"}
    for invitation in drawn:
        volume.first = volume.last = invitation.pk
    assert printing._take_effect(volume, drawn)
    assert not printing._take_effect(volume, {of_key("pantin"): "DDDD-EEEE-FFFF"})
    assert _right("AAAA-BBBB-CCCC")


def test_an_employer_that_answers_while_its_letter_is_drawn_gets_none(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_volumes_of(2, monkeypatch)
    mailing, keep = ask(written_to(cast), cast), vault.keep

    def answered_meanwhile(content: bytes) -> str:
        Invitation.objects.filter(organization=cast.pantin).update(state=InvitationState.RECEIVED)
        return keep(content)

    monkeypatch.setattr(vault, "keep", answered_meanwhile)
    made(mailing)
    assert [set(each) for each in taken(mailing, cast)] == [{of_key("romainville").reference}]
    assert (of_key("pantin").letter_code_digest, len(vault.names())) == ("", 1)


def _closed(campaign: Campaign, cast: Cast) -> None:
    preparing.close(campaign, actor=acting(cast.julien))


def _paused(campaign: Campaign, cast: Cast) -> None:
    preparing.pause(campaign, actor=acting(cast.julien))


@pytest.mark.parametrize("stop", [_closed, _paused])
def test_a_campaign_stopped_while_letters_are_drawn_gets_no_more(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, stop: Any
) -> None:
    campaign, keep = written_to(cast), vault.keep
    mailing = ask(campaign, cast)

    def stopped_meanwhile(content: bytes) -> str:
        stop(campaign, cast)
        return keep(content)

    with monkeypatch.context() as patch:
        patch.setattr(vault, "keep", stopped_meanwhile)
        printing.drain()
    assert printing.drain() == 0
    assert not Invitation.objects.exclude(letter_code_digest="").exists()
    assert vault.names() == []
    if stop is _paused:
        preparing.resume(campaign, actor=acting(cast.julien))
        assert made(mailing).done == 2


def test_letters_never_name_a_deadline_that_was_moved_while_they_were_drawn(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign, keep, moved = written_to(cast), vault.keep, clock.today() + dt.timedelta(days=99)
    mailing = ask(campaign, cast)

    def moved_meanwhile(content: bytes) -> str:
        if Campaign.objects.get(pk=campaign.pk).deadline != moved:
            preparing.reschedule(campaign, moved, (), actor=acting(cast.julien))
        return keep(content)

    monkeypatch.setattr(vault, "keep", moved_meanwhile)
    made(mailing)
    released = posting.release(mailing, actor=acting(cast.julien))
    assert len(released) == len(vault.names()) == 2
    for each in released:
        text = pypdf.PdfReader(io.BytesIO(each.read())).pages[0].extract_text()
        assert "".join(day_in_words(moved).split()) in "".join(text.split())


def test_closed_employers_and_those_without_a_postal_address_get_no_letter(cast: Cast) -> None:
    campaign = written_to(cast)
    organization("clamart", "21920023500013", "Ville de Clamart")  # in no campaign
    mailing = ask(campaign, cast)
    cast.pantin.__class__.objects.filter(pk=cast.pantin.pk).update(active=False)
    cast.romainville.__class__.objects.filter(pk=cast.romainville.pk).update(authority_address="")
    assert (made(mailing).done, Volume.objects.count()) == (0, 0)


def _after(days: float) -> int:
    later = clock.now() + dt.timedelta(days=days)
    with time_machine.travel(later, tick=False), TestCase.captureOnCommitCallbacks(execute=True):
        return printing.forget()


def test_files_go_after_a_week_and_their_codes_still_open(cast: Cast) -> None:
    mailing = made(ask(written_to(cast), cast))
    found = {reference: code for each in taken(mailing, cast) for reference, code in each.items()}
    assert (_after(6.9), _after(7.1), _after(7.1)) == (0, 2, 0)
    assert vault.names() == []
    assert posting.release(mailing, actor=acting(cast.julien)) == []
    assert _right(found[of_key("pantin").reference])
    assert AuditEvent.objects.filter(action="campaigns.letters_deleted").count() == 2


def test_a_letter_that_nobody_took_leaves_no_code_and_is_still_to_be_made(cast: Cast) -> None:
    campaign = written_to(cast)
    made(ask(campaign, cast))
    _after(7.1)
    assert set(Invitation.objects.values_list("letter_code_digest", "letter_made_at")) == {("", None)}


def test_the_files_of_a_closed_campaign_go_at_once(cast: Cast) -> None:
    campaign = written_to(cast)
    made(ask(campaign, cast))
    _closed(campaign, cast)
    assert _after(0) == 2
    assert vault.names() == []


def test_what_a_killed_worker_wrote_for_nothing_is_swept(cast: Cast) -> None:
    mailing = made(ask(written_to(cast), cast))
    vault.keep(b"lost")
    assert _after(0) == 0
    assert _after(1.1) == 1
    assert len(taken(mailing, cast)) == len(vault.names()) == 2


def test_a_turn_without_letters_to_make_is_one_query(cast: Cast, django_assert_num_queries: Any) -> None:
    made(ask(written_to(cast), cast))
    with django_assert_num_queries(1):
        assert printing.drain() == 0
    assert Mailing.objects.filter(kind="letters", finished_at=None).count() == 0
