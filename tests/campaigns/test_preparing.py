"""Preparing and launching a campaign."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from convergences.audit.models import AuditEvent
from convergences.campaigns.details import Filters
from convergences.campaigns.errors import DeadLink, NobodyToAsk, WrongDetails, WrongState
from convergences.campaigns.models import CampaignState, Invitation, InvitationState
from convergences.campaigns.queries import audience
from convergences.campaigns.services import links, preparing
from convergences.directory.errors import ForTheCentre
from convergences.foundations import clock
from tests.campaigns.doing import acting, details, drain, running, with_addresses
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_campaign_in_preparation_sends_nothing(cast: Cast) -> None:
    campaign = preparing.create(details(), actor=acting(cast.julien))
    assert drain() == 0
    assert (campaign.state, Invitation.objects.count()) == (CampaignState.DRAFT, 0)


@pytest.mark.parametrize("who", ["nadia", "claire"])
def test_nobody_but_a_correspondant_prepares(cast: Cast, who: str) -> None:
    with pytest.raises(ForTheCentre):
        preparing.create(details(), actor=acting(getattr(cast, who)))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " \n "),
        ("name", "x" * 121),
        ("mail_subject", ""),
        ("mail_text", "\x00"),
        ("letter_text", "x" * 4001),
    ],
)
def test_what_is_missing_or_too_long_is_named(cast: Cast, field: str, value: str) -> None:
    with pytest.raises(WrongDetails) as refused:
        preparing.create(details(**{field: value}), actor=acting(cast.julien))
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"deadline": 0}, "deadline"),
        ({"reminders": (0,)}, "reminders"),
        ({"reminders": (61,)}, "reminders"),
        ({"reminders": (1, 2, 3, 4, 5, 6, 7)}, "reminders"),
    ],
)
def test_days_that_cannot_be_are_refused(cast: Cast, fields: dict[str, Any], named: str) -> None:
    def day(number: int) -> dt.date:
        return clock.today() + dt.timedelta(days=number)

    given = {name: tuple(map(day, v)) if isinstance(v, tuple) else day(v) for name, v in fields.items()}
    with pytest.raises(WrongDetails) as refused:
        preparing.create(details(**given), actor=acting(cast.julien))
    assert refused.value.field == named


def test_a_subject_on_two_lines_adds_no_header_to_the_mail(cast: Cast) -> None:
    campaign = preparing.create(details(mail_subject="Un\r\nBcc: autre@example"), actor=acting(cast.julien))
    assert campaign.mail_subject == "Un Bcc: autre@example"


def test_employers_are_chosen_by_department_kind_and_affiliation_and_the_centre_never(cast: Cast) -> None:
    everybody = audience(Filters())
    assert set(everybody) == {cast.pantin, cast.romainville}
    cast.romainville.department = "94"
    cast.romainville.save()
    assert set(audience(Filters(departments=("94",)))) == {cast.romainville}
    assert not audience(Filters(kinds=("oph",)))
    assert not audience(Filters(affiliations=("center",)))


def test_a_second_campaign_asks_those_who_did_not_answer(cast: Cast) -> None:
    first = running(cast)
    Invitation.objects.filter(organization=cast.pantin).update(state=InvitationState.VALIDATED)
    assert list(audience(Filters(unanswered_of=str(first.uid)))) == [cast.romainville]


def test_launching_enrols_each_employer_once_and_is_journaled(cast: Cast) -> None:
    campaign = running(cast)
    assert campaign.state == CampaignState.RUNNING
    assert sorted(campaign.invitations.values_list("organization__key", flat=True)) == ["pantin", "romainville"]
    assert AuditEvent.objects.filter(action="campaigns.launched").count() == 1


def test_a_campaign_is_launched_once(cast: Cast) -> None:
    campaign = running(cast)
    with pytest.raises(WrongState):
        preparing.launch(campaign, actor=acting(cast.julien))
    with pytest.raises(WrongState):
        preparing.modify(campaign, details(), actor=acting(cast.julien))


def test_a_campaign_for_nobody_is_not_launched(cast: Cast) -> None:
    campaign = preparing.create(details(filters=Filters(kinds=("oph",))), actor=acting(cast.julien))
    with pytest.raises(NobodyToAsk):
        preparing.launch(campaign, actor=acting(cast.julien))


def test_a_pause_holds_what_is_leaving_and_loses_nothing(cast: Cast) -> None:
    with_addresses(cast)
    campaign = preparing.create(details(), actor=acting(cast.julien))
    preparing.launch(campaign, actor=acting(cast.julien))
    preparing.pause(campaign, actor=acting(cast.julien))
    assert drain() == 0
    preparing.resume(campaign, actor=acting(cast.julien))
    drain()
    assert campaign.invitations.filter(state=InvitationState.SENT).count() == 2


def test_a_closed_campaign_sends_no_more_and_is_not_moved(cast: Cast) -> None:
    campaign = running(cast)
    preparing.close(campaign, actor=acting(cast.julien))
    for act in (preparing.pause, preparing.resume, preparing.close):
        with pytest.raises(WrongState):
            act(campaign, actor=acting(cast.julien))
    with pytest.raises(WrongState):
        preparing.reschedule(campaign, clock.today() + dt.timedelta(days=9), (), actor=acting(cast.julien))


def test_the_deadline_moves_while_the_campaign_runs(cast: Cast) -> None:
    campaign = running(cast)
    later = clock.today() + dt.timedelta(days=90)
    moved = preparing.reschedule(campaign, later, (later,), actor=acting(cast.julien))
    assert (moved.deadline, moved.reminders) == (later, [later.isoformat()])


def test_the_links_already_sent_follow_a_deadline_put_off_but_those_that_are_dead(cast: Cast) -> None:
    campaign = running(cast)
    asked, other = campaign.invitations.order_by("pk")
    token, dead = links.issue(asked), links.issue(other)
    links.revoke(other, actor=acting(cast.julien))
    later = clock.today() + dt.timedelta(days=200)
    preparing.reschedule(campaign, later, (), actor=acting(cast.julien))
    with time_machine.travel(clock.now() + dt.timedelta(days=199), tick=False):
        assert links.find(token) == asked
        with pytest.raises(DeadLink):
            links.find(dead)
