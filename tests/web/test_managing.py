"""The pages where one acts for others ask for a second factor, once a grace of 14 days is over."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from convergences.audit.services import SYSTEM
from convergences.authentication.models import RememberedDevice, Session
from convergences.directory.models import Agent, Membership, Profile, Role, StaffRole
from convergences.directory.services import memberships
from convergences.foundations import clock
from tests.cast import Cast, give_totp, join, signed_in, strengthen

pytestmark = pytest.mark.database
PANTIN = "/annuaire/collectivites/pantin/"
DAY = dt.timedelta(days=1)
NOW = dt.datetime(2027, 3, 8, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """An instant that the tests may count from."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def overdue(cast: Cast) -> Client:
    """Nadia, whose grace is over, signed in by her password."""
    came(cast.nadia, 15 * DAY)
    return signed_in(cast.nadia.agent)


def came(member: Membership, ago: dt.timedelta) -> None:
    """The agent made the first visit, and the attachment was written, so long ago."""
    Agent.objects.filter(pk=member.agent_id).update(activated_at=clock.now() - ago)
    Membership.objects.filter(pk=member.pk).update(created_at=clock.now() - ago)


def led(answer: Any) -> dict[str, str]:
    """What the page of the second step is asked."""
    address = urlsplit(answer["Location"])
    assert (answer.status_code, address.path) == (302, "/verification")
    return {name: values[0] for name, values in parse_qs(address.query).items()}


def text(answer: Any) -> str:
    """The page, with plain spaces and apostrophes."""
    assert answer.status_code == 200
    page: str = answer.content.decode().replace("\u00a0", " ").replace("’", "'")
    return page


def test_in_the_grace_the_pages_open_and_say_until_when(cast: Cast) -> None:
    came(cast.nadia, 5 * DAY)
    page = text(signed_in(cast.nadia.agent).get(f"{PANTIN}utilisateurs"))
    assert "Il vous reste 9 jours pour le faire, jusqu'au 17 mars 2027" in page
    assert "/annuaire/securite/deux-etapes?next=%2Fannuaire%2Fcollectivites%2Fpantin%2Futilisateurs" in page


@pytest.mark.parametrize(("seconds", "said"), [(1, "2 jours "), (0, "1 jour "), (-1, "1 jour ")])
def test_the_last_days_are_counted(cast: Cast, seconds: int, said: str) -> None:
    came(cast.nadia, 13 * DAY - dt.timedelta(seconds=seconds))
    assert f"Il vous reste {said}pour" in text(signed_in(cast.nadia.agent).get(PANTIN))


@pytest.mark.parametrize(("ago", "opens"), [(14 * DAY - dt.timedelta(seconds=1), True), (14 * DAY, False)])
def test_the_grace_lasts_fourteen_days_to_the_second(cast: Cast, ago: dt.timedelta, opens: bool) -> None:
    came(cast.nadia, ago)
    assert (signed_in(cast.nadia.agent).get(PANTIN).status_code == 200) == opens


def test_the_grace_is_a_setting(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        settings, "CONFIGURATION", settings.CONFIGURATION.model_copy(update={"second_factor_grace_days": 0})
    )
    assert led(signed_in(cast.nadia.agent).get(PANTIN))


def test_then_they_wait_for_it_and_one_comes_back(cast: Cast, overdue: Client) -> None:
    wanted = led(overdue.get(f"{PANTIN}utilisateurs?q=claire"))
    assert wanted == {"pour": "gestion", "next": f"{PANTIN}utilisateurs?q=claire"}
    strengthen(cast.nadia.agent)
    assert "Il vous reste" not in text(overdue.get(wanted["next"]))


def test_a_code_by_mail_opens_none_of_them(cast: Cast, overdue: Client) -> None:
    strengthen(cast.nadia.agent, factors=["pwd", "mail"], level="eidas1-mfa", second_factor_at=None)
    assert led(overdue.get(PANTIN))["pour"] == "gestion"


def test_an_act_sent_without_it_is_not_done(cast: Cast, overdue: Client) -> None:
    """The attack: the form is posted straight to its address."""
    address = f"{PANTIN}utilisateurs/{cast.claire.uid}/suspendre"
    assert led(overdue.post(address, {"reason": "x"}))["pour"] == "gestion"
    cast.claire.refresh_from_db()
    assert cast.claire.suspended_at is None


def test_what_htmx_asks_for_leads_the_whole_page_there(overdue: Client) -> None:
    answer = overdue.get(f"{PANTIN}utilisateurs?q=cl", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["HX-Redirect"].startswith("/verification?next=%2Fannuaire%2Fcollectivites%2Fpantin%2Futilisateurs")


def test_who_has_a_factor_is_asked_for_it_even_in_the_grace(cast: Cast) -> None:
    """The attack: a password was stolen; the grace is for who has nothing to show, not for who says nothing."""
    give_totp(cast.nadia.agent)
    assert led(signed_in(cast.nadia.agent).get(PANTIN))


def test_a_remembered_device_will_do_until_it_is_ended(cast: Cast, overdue: Client) -> None:
    give_totp(cast.nadia.agent)
    now = clock.now()
    device = RememberedDevice.objects.create(
        agent=cast.nadia.agent, token_digest="d", created_at=now, last_used_at=now, expires_at=now + 30 * DAY
    )
    Session.objects.update(remembered_device=device)
    assert overdue.get(PANTIN).status_code == 200
    Session.objects.update(remembered_device=None)
    assert led(overdue.get(PANTIN))


def test_a_code_by_mail_will_not_do(cast: Cast, overdue: Client) -> None:
    Session.objects.update(factors=["pwd", "mail"], level="eidas1-mfa")
    assert led(overdue.get(PANTIN))


def test_who_becomes_a_referent_later_has_fourteen_days_from_then(cast: Cast) -> None:
    came(cast.claire, 300 * DAY)
    with time_machine.travel(NOW - 10 * DAY, tick=False):
        memberships.promote(cast.claire, warrant="arrêté 12", actor=SYSTEM)
    page = text(signed_in(cast.claire.agent).get(PANTIN))
    assert "Il vous reste 4 jours" in page


def test_a_new_duty_gives_no_new_grace(cast: Cast, overdue: Client) -> None:
    """The attack: a second employer, or the same again, to put the day off."""
    join(cast.nadia.agent, cast.romainville, profile=Profile.REFERENT, referent_since=clock.now())
    assert led(overdue.get(PANTIN))


def test_the_same_holds_for_the_engineers_of_the_centre(cast: Cast) -> None:
    came(cast.julien, 300 * DAY)
    StaffRole.objects.filter(agent=cast.julien.agent).update(role=Role.ENGINEER, granted_at=NOW - 13 * DAY)
    julien = signed_in(cast.julien.agent)
    assert "Il vous reste 1 jour " in text(julien.get("/administration/cles"))
    StaffRole.objects.update(granted_at=NOW - 15 * DAY)
    assert led(julien.get("/administration/cles")) == {"pour": "gestion", "next": "/administration/cles"}


def test_what_one_does_not_manage_is_unknown_first(cast: Cast, overdue: Client) -> None:
    """No answer tells of an employer that there is one."""
    assert overdue.get("/annuaire/collectivites/romainville/").status_code == 404
    assert overdue.get("/administration/cles").status_code == 404


def test_ones_own_pages_never_wait(overdue: Client) -> None:
    assert [overdue.get(path).status_code for path in ("/", "/annuaire/profil", "/annuaire/securite")] == [200] * 3


def test_it_costs_one_query_and_none_once_it_is_made(cast: Cast, django_assert_num_queries: Any) -> None:
    from convergences.admission.services import decide_for_managing

    came(cast.nadia, DAY)
    signed_in(cast.nadia.agent)
    weak = _session()
    with django_assert_num_queries(1):
        decide_for_managing(weak, since=clock.now())
    strengthen(cast.nadia.agent)
    session = _session()
    with django_assert_num_queries(0):
        decide_for_managing(session, since=clock.now())


def _session() -> Session:
    return Session.objects.select_related("agent").get()
