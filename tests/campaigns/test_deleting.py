"""Deleting a campaign in preparation: by a correspondant, never once launched, and nothing else with it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext

from convergences.audit.models import AuditEvent
from convergences.campaigns.details import Filters
from convergences.campaigns.errors import CampaignGone, ChangedSince, WrongState
from convergences.campaigns.models import Campaign, CampaignState, Invitation, Mailing
from convergences.campaigns.services import mailing, preparing
from convergences.campaigns.services.mailing import EVERYBODY
from convergences.directory.errors import ForTheCentre
from convergences.directory.models import Organization, Role, StaffRole
from convergences.foundations import clock
from tests.campaigns.doing import acting, details, running
from tests.campaigns.post import ask, written_to
from tests.cast import Cast, member
from tests.employers.pages import towns

pytestmark = pytest.mark.django_db


def _deleted() -> list[str]:
    return list(AuditEvent.objects.filter(action="campaigns.deleted").values_list("details__campaign", flat=True))


@pytest.mark.parametrize("who", ["nadia", "claire", "karim"])
def test_nobody_but_a_correspondent_deletes(cast: Cast, who: str) -> None:
    campaign = preparing.create(details(), actor=acting(cast.julien))
    with pytest.raises(ForTheCentre):
        preparing.delete(campaign, actor=acting(getattr(cast, who)))
    assert Campaign.objects.filter(pk=campaign.pk).exists()
    assert _deleted() == []


@pytest.mark.parametrize("role", [Role.ENGINEER, Role.AUDITOR])
def test_no_other_role_of_the_centre_deletes(cast: Cast, role: Role) -> None:
    campaign, other = preparing.create(details(), actor=acting(cast.julien)), member(cast.center, "Anne-Laure Petit")
    StaffRole.objects.create(agent=other.agent, role=role, granted_at=clock.now())
    with pytest.raises(ForTheCentre):
        preparing.delete(campaign, actor=acting(other))
    assert Campaign.objects.filter(pk=campaign.pk).exists()


def test_a_campaign_that_was_launched_is_never_deleted_whatever_became_of_it(cast: Cast) -> None:
    campaign, julien = written_to(cast), acting(cast.julien)
    ask(campaign, cast)
    for move in (preparing.pause, preparing.resume, preparing.close):
        with pytest.raises(WrongState):
            preparing.delete(campaign, actor=julien)
        move(campaign, actor=julien)
    with pytest.raises(WrongState):
        preparing.delete(campaign, actor=julien)
    assert (Invitation.objects.count(), Mailing.objects.count()) == (2, 2)
    assert _deleted() == []


def test_a_campaign_launched_whose_page_is_still_that_of_the_preparation_is_not_deleted(cast: Cast) -> None:
    shown = preparing.create(details(), actor=acting(cast.julien))
    preparing.launch(Campaign.objects.get(pk=shown.pk), actor=acting(cast.julien))
    assert shown.state == CampaignState.DRAFT
    with pytest.raises(WrongState):
        preparing.delete(shown, actor=acting(cast.julien))
    assert Campaign.objects.filter(pk=shown.pk).exists()


def test_the_database_itself_keeps_a_campaign_of_which_something_left(cast: Cast) -> None:
    campaign = running(cast)
    Campaign.objects.filter(pk=campaign.pk).update(state=CampaignState.DRAFT, launched_at=None)
    with pytest.raises(ProtectedError):
        preparing.delete(campaign, actor=acting(cast.julien))
    assert (Invitation.objects.count(), _deleted()) == (2, [])


def test_what_was_prepared_goes_and_is_journaled_and_nothing_else_goes(cast: Cast) -> None:
    julien, other = acting(cast.julien), running(cast)
    campaign = preparing.create(details(name="Essai", applications=(cast.bip,)), actor=julien)
    kept = Organization.objects.count()
    preparing.delete(campaign, actor=julien)
    assert list(Campaign.objects.all()) == [other]
    assert not Campaign.applications.through.objects.exists()
    assert (Organization.objects.count(), Invitation.objects.count()) == (kept, 2)
    event = AuditEvent.objects.get(action="campaigns.deleted")
    assert (event.actor_id, event.details["campaign"]) == (cast.julien.agent_id, "Essai")


def test_a_second_deletion_deletes_nothing_and_says_so(cast: Cast) -> None:
    campaign, julien = preparing.create(details(), actor=acting(cast.julien)), acting(cast.julien)
    preparing.delete(campaign, actor=julien)
    with pytest.raises(CampaignGone):
        preparing.delete(campaign, actor=julien)
    assert len(_deleted()) == 1


@pytest.mark.parametrize("act", [preparing.delete, preparing.launch])
@pytest.mark.parametrize("changed", ["name", "mail_text", "filters", "applications", "deadline", "reminders"])
def test_what_a_colleague_saved_meanwhile_is_neither_deleted_nor_launched(
    cast: Cast, act: Callable[..., Any], changed: str
) -> None:
    campaign, julien = preparing.create(details(), actor=acting(cast.julien)), acting(cast.julien)
    seen, later = preparing.mark(campaign), clock.today() + dt.timedelta(days=25)
    others = {"name": "B", "mail_text": "B", "filters": Filters(departments=("93",)), "applications": (cast.bip,)}
    others |= {"deadline": campaign.deadline + dt.timedelta(days=1), "reminders": (later,)}
    preparing.modify(campaign, details(**{changed: others[changed]}), actor=julien)
    with pytest.raises(ChangedSince):
        act(campaign, actor=julien, seen=seen)
    assert (Campaign.objects.get().state, Mailing.objects.exists(), _deleted()) == (CampaignState.DRAFT, False, [])
    preparing.modify(campaign, details(), actor=julien)
    act(campaign, actor=julien, seen=seen)


def test_nothing_is_done_any_more_of_a_campaign_that_was_deleted(cast: Cast) -> None:
    campaign, julien = preparing.create(details(), actor=acting(cast.julien)), acting(cast.julien)
    preparing.delete(Campaign.objects.get(pk=campaign.pk), actor=julien)
    acts = (
        lambda: preparing.launch(campaign, actor=julien),
        lambda: preparing.modify(campaign, details(), actor=julien),
        lambda: preparing.reschedule(campaign, campaign.deadline, (), actor=julien),
        lambda: preparing.close(campaign, actor=julien),
        lambda: mailing.remind_all(campaign, EVERYBODY, actor=julien),
        lambda: ask(campaign, cast),
    )
    for act in acts:
        with pytest.raises(CampaignGone):
            act()
    assert not Mailing.objects.exists()


def test_deleting_takes_as_many_queries_for_three_employers_as_for_thirty(cast: Cast) -> None:
    counted = []
    for first, last in ((0, 3), (3, 30)):
        towns(first, last)
        campaign = preparing.create(details(filters=Filters(departments=("94",))), actor=acting(cast.julien))
        seen = preparing.mark(campaign)
        with CaptureQueriesContext(connection) as queries:
            preparing.delete(campaign, actor=acting(cast.julien), seen=seen)
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert counted[1] == 11  # two of them open and close a savepoint, in a test only
