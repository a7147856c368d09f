"""Mails of a campaign: each employer one, whatever happens to workers."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
import time_machine

from convergences.campaigns import addressing, mails, progress
from convergences.campaigns.errors import DeadLink, WrongState
from convergences.campaigns.models import Campaign, Invitation, InvitationState, Link, Mailing
from convergences.campaigns.services import links, mailing, preparing
from convergences.directory.models import Organization
from convergences.directory.narrowing import Narrowing
from convergences.directory.services import organizations
from convergences.foundations import clock, outbox
from convergences.foundations.models import OutboxMessage
from convergences.foundations.sealing import unseal
from tests.campaigns.doing import acting, details, drain, running, with_addresses
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _recipients(kind: str = "campaigns.invitation") -> list[str]:
    return sorted(OutboxMessage.objects.filter(kind=kind).values_list("recipient", flat=True))


def _token(recipient: str) -> str:
    content = unseal(OutboxMessage.objects.filter(recipient=recipient).latest("pk").sealed_content, use="outbox")
    found = re.search(r"cle=([\w-]{40,})", content)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("title", "name", "said"),
    [
        ("Madame la Maire", "Inès Roy", "Madame la Maire, Inès Roy"),
        ("Maire", "Inès Roy", "Inès Roy, Maire"),
        ("", "Inès Roy", "Inès Roy"),
        ("", "", ""),
    ],
)
def test_nobody_is_called_by_the_bare_name_of_an_office(title: str, name: str, said: str) -> None:
    assert addressing.attention(Organization(authority_title=title, authority_name=name)) == said
    assert addressing.greeting(title) == (title if title.startswith("Madame") else "Madame, Monsieur")


def test_each_employer_gets_one_mail_with_its_own_link(cast: Cast) -> None:
    running(cast)
    assert _recipients() == ["maire@pantin.example", "maire@romainville.example"]
    assert links.find(_token("maire@pantin.example")).organization == cast.pantin
    assert links.find(_token("maire@romainville.example")).organization == cast.romainville


def test_the_secret_of_a_link_is_not_kept(cast: Cast) -> None:
    running(cast)
    token = _token("maire@pantin.example")
    assert not Link.objects.filter(digest=token).exists()


def test_two_workers_who_read_the_same_list_send_one_mail_each(cast: Cast) -> None:
    with_addresses(cast)
    campaign = preparing.create(details(), actor=acting(cast.julien))
    work = preparing.launch(campaign, actor=acting(cast.julien))
    mailing.drain()
    mailing.drain()  # all are enrolled
    work = Mailing.objects.select_related("campaign").get(pk=work.pk)
    seen_by_both = list(Invitation.objects.select_related("campaign", "organization__correspondent"))
    for invitation in seen_by_both * 2:
        mailing._serve(work, invitation)
    assert len(_recipients()) == 2


def test_a_worker_that_waited_for_the_end_of_the_enrolment_writes_nobody_again(cast: Cast) -> None:
    with_addresses(cast)
    campaign = preparing.create(details(), actor=acting(cast.julien))
    read_before = preparing.launch(campaign, actor=acting(cast.julien))
    mailing.enrol(Mailing.objects.get(pk=read_before.pk))
    assert mailing._enrol(read_before) == 1
    assert (campaign.invitations.count(), Mailing.objects.get().cursor) == (2, 0)


def test_a_worker_killed_while_it_writes_a_mail_has_served_nobody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(_mail: outbox.Mail) -> None:
        raise SystemExit

    with_addresses(cast)
    campaign = preparing.create(details(), actor=acting(cast.julien))
    preparing.launch(campaign, actor=acting(cast.julien))
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "post", killed)
        with pytest.raises(SystemExit):
            drain()
    assert not Invitation.objects.exclude(state=InvitationState.WAITING).exists()
    drain()
    assert len(_recipients()) == 2


def test_progress_counts_who_was_served_and_who_could_not_be(cast: Cast) -> None:
    with_addresses(cast)
    cast.romainville.authority_email = ""
    cast.romainville.save()
    campaign = preparing.create(details(), actor=acting(cast.julien))
    work = preparing.launch(campaign, actor=acting(cast.julien))
    drain()
    work.refresh_from_db()
    assert (work.total, work.done, work.failed, work.finished_at is None) == (2, 1, 1, False)
    assert campaign.invitations.get(organization=cast.romainville).mail_problem


def test_an_employer_closed_midway_is_left_in_peace(cast: Cast) -> None:
    with_addresses(cast)
    campaign = preparing.create(details(), actor=acting(cast.julien))
    preparing.launch(campaign, actor=acting(cast.julien))
    mailing.drain()
    cast.pantin.active = False
    cast.pantin.save()
    drain()
    assert _recipients() == ["maire@romainville.example"]
    assert campaign.invitations.get(organization=cast.pantin).state == InvitationState.WITHDRAWN


def _moved(cast: Cast, campaign: Campaign) -> None:
    preparing.reschedule(campaign, clock.today() + dt.timedelta(days=90), (), actor=acting(cast.julien))


def _addressed(cast: Cast, _campaign: Campaign) -> None:
    organizations.set_official_address(cast.pantin, "cabinet@pantin.example", actor=acting(cast.julien))


@pytest.mark.parametrize(
    ("change", "then"),
    [
        (lambda cast, campaign: preparing.pause(campaign, actor=acting(cast.julien)), []),
        (lambda cast, campaign: preparing.close(campaign, actor=acting(cast.julien)), []),
        (_moved, ["maire@pantin.example"]),
        (_addressed, ["cabinet@pantin.example"]),
    ],
    ids=["paused", "closed", "deadline moved", "address moved"],
)
def test_what_changes_while_a_turn_is_under_way_is_obeyed_at_once(
    cast: Cast, change: Callable[[Cast, Campaign], object], then: list[str]
) -> None:
    with_addresses(cast)
    campaign = preparing.create(details(), actor=acting(cast.julien))
    preparing.launch(campaign, actor=acting(cast.julien))
    mailing.drain()
    mailing.drain()
    work = Mailing.objects.select_related("campaign").get()
    read = next(each for each in mailing._ahead(work) if each.organization == cast.pantin)
    change(cast, campaign)
    mailing._serve(work, read)
    assert _recipients() == []
    drain()
    assert [each for each in _recipients() if "pantin" in each] == then


def _on_day(campaign: Campaign, days: int) -> int:
    with time_machine.travel(clock.now() + dt.timedelta(days=days), tick=False):
        made = mailing.remind_due(clock.today())
        drain()
    return made


def test_reminders_leave_on_their_day_once_to_those_who_are_silent(cast: Cast) -> None:
    campaign = running(cast)
    Invitation.objects.filter(organization=cast.pantin).update(state=InvitationState.RECEIVED)
    assert _on_day(campaign, 19) == 0
    assert (_on_day(campaign, 20), _on_day(campaign, 20), _on_day(campaign, 21)) == (1, 0, 0)
    assert _recipients("campaigns.reminder") == ["maire@romainville.example"]


def test_a_reminder_says_that_the_day_is_past_and_that_an_answer_came_back(cast: Cast) -> None:
    campaign = running(cast)
    campaign.invitations.filter(organization=cast.pantin).update(state=InvitationState.SENT_BACK)
    with time_machine.travel(clock.now() + dt.timedelta(days=70), tick=False):
        back, silent = (mails.reminder(each, "x").text for each in campaign.invitations.order_by("organization"))
    assert ("pas encore reçu" in silent, "toujours" in silent) == (True, True)
    assert ("pas encore reçu" in back, "pour correction" in back) == (False, True)


def test_days_missed_by_a_stopped_worker_make_one_reminder(cast: Cast) -> None:
    campaign = running(cast)
    assert (_on_day(campaign, 45), _on_day(campaign, 46)) == (1, 0)
    assert len(_recipients("campaigns.reminder")) == 2


def test_the_reminder_of_a_pause_does_not_follow_the_first_mail_at_once(cast: Cast) -> None:
    with_addresses(cast)
    campaign = preparing.create(details(), actor=acting(cast.julien))
    preparing.launch(campaign, actor=acting(cast.julien))
    preparing.pause(campaign, actor=acting(cast.julien))
    with time_machine.travel(clock.now() + dt.timedelta(days=21), tick=False):
        preparing.resume(campaign, actor=acting(cast.julien))
        drain()
        mailing.remind_due(clock.today())
        drain()
    assert (len(_recipients()), _recipients("campaigns.reminder")) == (2, [])
    _on_day(campaign, 40)
    assert len(_recipients("campaigns.reminder")) == 2


def test_who_has_answered_another_campaign_since_is_not_told_that_it_is_silent(cast: Cast) -> None:
    campaign, other = running(cast), running(cast, name="Second appel")
    answered = other.invitations.filter(organization=cast.pantin)
    answered.update(state=InvitationState.VALIDATED, answered_at=clock.now())
    recall = progress.recall(campaign, Narrowing())
    assert (recall.total, recall.today, recall.elsewhere) == (1, 0, 1)
    _on_day(campaign, 20)
    assert "maire@pantin.example" not in _recipients("campaigns.reminder")
    with pytest.raises(WrongState, match="ont répondu"):
        mailing.remind(campaign, list(campaign.invitations.filter(organization=cast.pantin)), actor=acting(cast.julien))


def test_an_answer_of_before_does_not_stand_for_one_asked_since(cast: Cast) -> None:
    former = running(cast)
    former.invitations.update(state=InvitationState.VALIDATED, answered_at=clock.now())
    campaign = running(cast, name="Après les élections")
    assert progress.recall(campaign, Narrowing()).total == 2


def test_an_employer_that_closes_is_neither_counted_nor_reminded_until_it_opens(cast: Cast) -> None:
    campaign = running(cast)
    organizations.close(cast.pantin, actor=acting(cast.julien))
    counts = [sum(each.total for each in progress.tallies(campaign)), progress.totals([campaign])[campaign.pk].asked]
    assert (counts, progress.recall(campaign, Narrowing()).mails) == ([1, 1], 1)
    assert [each.organization for each in progress.counted(campaign, "tous")] == [cast.romainville]
    assert _on_day(campaign, 20) == 1
    assert _recipients("campaigns.reminder") == ["maire@romainville.example"]
    organizations.reopen(cast.pantin, actor=acting(cast.julien))
    assert progress.totals([campaign])[campaign.pk].asked == 2


def test_a_reminder_by_hand_leaves_once_a_day(cast: Cast) -> None:
    campaign = running(cast)
    chosen = list(campaign.invitations.filter(organization=cast.pantin))
    mailing.remind(campaign, chosen, actor=acting(cast.julien))
    with pytest.raises(WrongState):  # the same button, pressed twice
        mailing.remind(campaign, chosen, actor=acting(cast.julien))
    drain()
    assert _recipients("campaigns.reminder") == ["maire@pantin.example"]
    with pytest.raises(WrongState):
        mailing.remind(campaign, chosen, actor=acting(cast.julien))


def test_choosing_nobody_reminds_nobody(cast: Cast) -> None:
    campaign = running(cast)
    with pytest.raises(WrongState):
        mailing.remind(campaign, [], actor=acting(cast.julien))
    assert drain() == 0


def test_a_reminder_by_hand_does_not_take_the_place_of_the_one_of_that_day(cast: Cast) -> None:
    campaign = running(cast)
    with time_machine.travel(clock.now() + dt.timedelta(days=20), tick=False):
        mailing.remind(campaign, list(campaign.invitations.filter(organization=cast.pantin)), actor=acting(cast.julien))
        drain()
        assert mailing.remind_due(clock.today()) == 1
        drain()
    assert _recipients("campaigns.reminder") == ["maire@pantin.example", "maire@romainville.example"]


def test_the_link_of_the_first_mail_still_opens_after_a_reminder(cast: Cast) -> None:
    campaign = running(cast)
    first = _token("maire@pantin.example")
    mailing.remind(campaign, list(campaign.invitations.all()), actor=acting(cast.julien))
    drain()
    assert links.find(first) == links.find(_token("maire@pantin.example"))


@pytest.mark.parametrize("token", ["", "a", "0" * 43, "é\x00"])
def test_a_guessed_link_opens_nothing(cast: Cast, token: str) -> None:
    running(cast)
    with pytest.raises(DeadLink):
        links.find(token)


def test_a_link_dies_by_revocation_by_time_and_with_the_campaign(cast: Cast) -> None:
    campaign = running(cast)
    revoked, kept = _token("maire@pantin.example"), _token("maire@romainville.example")
    links.revoke(campaign.invitations.get(organization=cast.pantin), actor=acting(cast.julien))
    with pytest.raises(DeadLink):
        links.find(revoked)
    with time_machine.travel(clock.now() + dt.timedelta(days=121), tick=False), pytest.raises(DeadLink):
        links.find(kept)
    preparing.close(campaign, actor=acting(cast.julien))
    with pytest.raises(DeadLink):
        links.find(kept)


def test_the_work_of_a_turn_does_not_grow_with_the_campaign(cast: Cast, django_assert_max_num_queries: object) -> None:
    running(cast)
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        assert mailing.drain() == 0
