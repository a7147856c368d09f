"""Mandates and reconfirmations at the same instant, on PostgreSQL: each employer once, nobody half ended."""

import datetime as dt

import pytest
import time_machine

from convergences.campaigns import mandates as reading
from convergences.campaigns.details import Filters
from convergences.campaigns.models import Mandate
from convergences.campaigns.services import deciding, mandates, reconfirming
from convergences.directory.models import Membership, Profile
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from tests.campaigns.answering import ANNE, received
from tests.campaigns.doing import acting, with_addresses
from tests.campaigns.test_at_once import _together, on_postgresql
from tests.cast import build_cast

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True), on_postgresql]


def _recipients(kind: str) -> list[str]:
    return sorted(OutboxMessage.objects.filter(kind=f"campaigns.{kind}").values_list("recipient", flat=True))


def _by() -> dt.date:
    return clock.today() + dt.timedelta(days=30)


def test_several_workers_ask_and_remind_each_employer_once() -> None:
    cast = build_cast()
    with_addresses(cast)
    reconfirming.start(Filters(), "Élections", _by(), actor=acting(cast.julien))
    assert set(_together(*[reconfirming.drain] * 4)) == {"done"}
    both = ["maire@pantin.example", "maire@romainville.example"]
    assert _recipients("to_confirm") == both
    assert len(_recipients("mandate_to_confirm")) == 3
    with time_machine.travel(clock.now() + dt.timedelta(days=31)):
        assert set(_together(*[lambda: reconfirming.remind_late(clock.today())] * 4)) == {"done"}
    assert _recipients("late_to_confirm") == both


def test_taken_back_while_it_is_sent_it_leaves_nobody_to_confirm() -> None:
    cast = build_cast()
    with_addresses(cast)
    made = reconfirming.start(Filters(), "Élections", _by(), actor=acting(cast.julien))
    julien = acting(cast.julien)
    _together(reconfirming.drain, lambda: reconfirming.withdraw(made, actor=julien), reconfirming.drain)
    assert reading.figures().employers == 0


def test_a_mandate_ended_by_several_at_once_ends_once() -> None:
    cast = build_cast()
    julien = acting(cast.julien)
    came = _together(*[lambda: mandates.end(cast.nadia, actor=julien)] * 4)
    assert sorted(came) == ["done", *["wrong_state"] * 3]
    assert _recipients("ended") == [cast.nadia.agent.email]


def test_an_end_and_a_replacement_at_once_leave_one_open_mandate_a_referent() -> None:
    cast = build_cast()
    designation = received(cast, ANNE, replaces=True)
    julien = acting(cast.julien)
    _together(
        lambda: mandates.end(cast.nadia, actor=julien),
        lambda: deciding.accept(designation, actor=julien),
        lambda: mandates.end_on(cast.moussa, clock.today(), actor=julien),
    )
    referents = Membership.objects.filter(organization=cast.pantin, profile=Profile.REFERENT)
    assert set(referents.values_list("agent__email", flat=True)) == {ANNE.email}
    assert Mandate.objects.filter(ended_on__isnull=True).count() == 1
