"""A letter that can never be drawn keeps no other from being made; each names somebody who answers."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.audit.models import AuditEvent
from convergences.campaigns import addressing, letters, post
from convergences.campaigns.errors import WrongState
from convergences.campaigns.letters import Sheet, Undrawable
from convergences.campaigns.models import Invitation, Volume
from convergences.campaigns.services import posting, printing, refusing
from convergences.directory.models import Organization, Presence, Role, StaffRole
from convergences.foundations import clock
from tests.answers.doing import browser, said
from tests.campaigns.doing import acting
from tests.campaigns.post import ask, by_volumes_of, made, of, taken, written_to
from tests.cast import Cast, member

pytestmark = pytest.mark.database
NOT_DRAWN = "Ville de Pantin \u0378"  # a sign that no font draws: typst refuses the document (ISO 14289-1, 7.21.8)


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    by_volumes_of(500, monkeypatch)


def _tried(times: int) -> None:
    for _time in range(times):
        with pytest.raises(Undrawable):
            printing.drain()


def _named(name: str) -> None:
    Organization.objects.filter(key="pantin").update(name=name)


def test_after_some_tries_the_guilty_letter_is_set_aside_and_the_others_are_made(cast: Cast) -> None:
    mailing = ask(written_to(cast), cast)
    _named(NOT_DRAWN)
    _tried(refusing.TRIES - 1)
    assert not Invitation.objects.exclude(letter_problem="").exists()
    made(mailing)
    assert (mailing.done, mailing.failed, mailing.finished_at is None) == (1, 1, False)
    assert [set(each) for each in taken(mailing, cast)] == [{of(cast, "romainville").reference}]
    assert of(cast).letter_code_digest == ""
    told = AuditEvent.objects.get(action="campaigns.letter_refused")
    assert (told.organization_id, told.details) == (cast.pantin.pk, {"reference": of(cast).reference})


def test_the_page_names_it_with_the_remedy_and_asking_again_tries_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusing, "TRIES", 1)
    campaign = written_to(cast)
    _named(NOT_DRAWN)
    made(ask(campaign, cast, only=[of(cast).pk]))
    with pytest.raises(WrongState, match="Retapez à la main"):
        posting.print_one(of(cast), None, actor=acting(cast.julien))
    page = said(browser(cast.julien).get(f"/espace-cig/designations/{campaign.uid}/courriers"))
    assert "Impossibles à dessiner" in page
    assert 'href="/espace-cig/employeurs/pantin"' in page
    assert "1 n’a pas pu être dessiné." in page
    _named("Ville de Pantin")
    again = made(ask(campaign, cast, only=[of(cast).pk]))
    assert (again.done, again.failed, post.refused(campaign)) == (1, 0, [])


def test_a_volume_too_large_to_be_drawn_whole_is_cut_in_two(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def short_of_memory(sheets: Sequence[Sheet], *given: Any, **named: Any) -> bytes:
        if len(sheets) > 1:
            raise Undrawable
        return letters.write(sheets, *given, **named)

    monkeypatch.setattr(refusing, "TRIES", 1)
    mailing = ask(written_to(cast), cast)
    monkeypatch.setattr(letters, "write_apart", short_of_memory)
    made(mailing)
    assert (mailing.done, mailing.failed) == (2, 0)
    assert [volume.letters for volume in Volume.objects.order_by("number")] == [1, 1]


def test_one_among_many_is_found_in_few_steps_and_a_whole_campaign_to_blame_is_too() -> None:
    asked: list[Any] = list(range(500))
    for guilty, most in (({321}, 20), (set(asked), 250)):
        steps: list[int] = []

        def is_drawn(part: Sequence[Any], guilty: set[int] = guilty, steps: list[int] = steps) -> bool:
            steps.append(len(part))
            return guilty.isdisjoint(part)

        assert set(refusing._to_blame(asked, is_drawn)) == guilty
        assert len(steps) <= most


def _called() -> set[str]:
    """Return whom the letters name; one query, whatever their number."""
    rows = list(Invitation.objects.select_related("campaign", "organization"))
    with CaptureQueriesContext(connection) as queries:
        drawn = addressing.sheets([(each, "XXXX-XXXX-XXXX") for each in rows], ())
    assert len(queries) == 1
    return {each.contact for each in drawn}


def test_a_letter_names_who_answers(cast: Cast) -> None:
    rose, today = member(cast.center, "Rose Amar"), clock.today()
    StaffRole.objects.create(agent=rose.agent, role=Role.CORRESPONDENT, granted_at=clock.now())
    written_to(cast)
    assert _called() == {"Julien Moreau"}
    away = Presence.objects.create(
        agent=cast.julien.agent, absent_from=today, absent_until=today + dt.timedelta(days=9), replaced_by=rose.agent
    )
    assert _called() == {"Rose Amar"}
    Presence.objects.update(replaced_by=None)
    [centre] = _called()
    assert "Julien" not in centre
    assert "@" in centre
    away.delete()
    StaffRole.objects.filter(agent=cast.julien.agent).delete()
    assert _called() == {centre}
