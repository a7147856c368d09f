"""After elections: mandates to confirm by a day, which cuts nobody, before or after."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine

from convergences.audit.models import AuditEvent
from convergences.campaigns import mandates
from convergences.campaigns.details import Filters
from convergences.campaigns.errors import NobodyToAsk, WrongDetails, WrongState
from convergences.campaigns.models import Mandate, Recall, Reconfirmation
from convergences.campaigns.services import deciding, reconfirming
from convergences.directory import rules
from convergences.directory.errors import ForTheCentre
from convergences.directory.models import Membership, Organization
from convergences.foundations import clock, outbox
from convergences.foundations.models import OutboxMessage
from tests.campaigns.answering import ANNE, received
from tests.campaigns.doing import acting, with_addresses
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.database]
REASON = "Élections municipales"


def _by(days: int = 30) -> dt.date:
    return clock.today() + dt.timedelta(days=days)


def _opened(cast: Cast, **filters: tuple[str, ...]) -> Reconfirmation:
    with_addresses(cast)
    made = reconfirming.start(Filters(**filters), REASON, _by(), actor=acting(cast.julien))
    while reconfirming.drain():
        pass
    made.refresh_from_db()
    return made


def _told(*kinds: str) -> list[tuple[str, str]]:
    rows = OutboxMessage.objects.filter(kind__in=[f"campaigns.{kind}" for kind in kinds])
    return sorted(rows.values_list("kind", "recipient"))


def test_nobody_but_a_correspondant_opens_or_withdraws_one(cast: Cast) -> None:
    made = _opened(cast)
    for other in (cast.nadia, cast.claire, cast.karim):
        with pytest.raises(ForTheCentre):
            reconfirming.start(Filters(), REASON, _by(), actor=acting(other))
        with pytest.raises(ForTheCentre):
            reconfirming.withdraw(made, actor=acting(other))


@pytest.mark.parametrize(
    ("reason", "days", "field"), [(" ", 30, "reason"), (REASON, 0, "deadline"), (REASON, 400, "deadline")]
)
def test_what_cannot_be_is_refused_by_its_field(cast: Cast, reason: str, days: int, field: str) -> None:
    with pytest.raises(WrongDetails) as refused:
        reconfirming.start(Filters(), reason, _by(days), actor=acting(cast.julien))
    assert refused.value.field == field
    with pytest.raises(NobodyToAsk):
        reconfirming.start(Filters(kinds=("oph",)), REASON, _by(), actor=acting(cast.julien))


def test_every_referent_of_the_employers_is_to_confirm_and_loses_nothing(cast: Cast) -> None:
    made = _opened(cast)
    assert (made.total, made.done, made.finished_at is not None) == (2, 2, True)
    assert mandates.figures() == mandates.ToConfirm(employers=2, late=0, referents=3, nearest=_by())
    assert set(mandates.days_to_confirm(cast.pantin.pk)) == {cast.nadia.pk, cast.moussa.pk}
    with time_machine.travel(clock.now() + dt.timedelta(days=60), tick=False):
        assert mandates.figures().late == 2
        assert all(rules.may_manage(each.agent, each.organization) for each in (cast.nadia, cast.moussa, cast.karim))
    assert set(AuditEvent.objects.filter(action="campaigns.to_confirm").values_list("organization_id", flat=True)) == {
        cast.pantin.pk,
        cast.romainville.pk,
    }


def test_each_is_told_once_though_the_worker_dies_and_goes_round_again(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_addresses(cast)
    reconfirming.start(Filters(), REASON, _by(), actor=acting(cast.julien))
    post = outbox.post

    def killed(mail: outbox.Mail) -> object:
        if mail.recipient == "karim.benali@romainville.example":
            raise SystemExit
        return post(mail)

    monkeypatch.setattr(outbox, "post", killed)
    with pytest.raises(SystemExit):
        reconfirming.drain()
    monkeypatch.setattr(outbox, "post", post)
    for _round in range(4):
        reconfirming.drain()
    assert [who for _kind, who in _told("to_confirm")] == ["maire@pantin.example", "maire@romainville.example"]
    told = [who for _kind, who in _told("mandate_to_confirm")]
    assert told == sorted(each.email for each in (cast.nadia, cast.moussa, cast.karim))


def test_an_answer_accepted_meanwhile_confirms_whom_it_names(cast: Cast) -> None:
    _opened(cast)
    agent = cast.nadia.agent
    again = replace(ANNE, given_name=agent.given_name, family_name=agent.family_name, email=agent.email or "")
    deciding.accept(received(cast, again), actor=acting(cast.julien))
    assert set(mandates.days_to_confirm(cast.pantin.pk)) == {cast.moussa.pk}
    assert mandates.standing().filter(membership=cast.nadia, designation__isnull=False).count() == 1


def test_a_replacement_leaves_nobody_to_confirm(cast: Cast) -> None:
    _opened(cast, departments=("93",))
    deciding.accept(received(cast, ANNE, replaces=True), actor=acting(cast.julien))
    assert mandates.countdown(mandates.days_to_confirm(cast.pantin.pk)) is None
    assert list(mandates.employers_to_confirm()) == [cast.romainville.pk]


def test_after_the_day_those_who_have_not_answered_are_reminded_once(cast: Cast) -> None:
    _opened(cast)
    Membership.objects.filter(pk=cast.karim.pk).update(closed_at=clock.now(), profile="user")  # nobody left to confirm
    assert reconfirming.remind_late(_by()) == 0
    with time_machine.travel(clock.now() + dt.timedelta(days=31), tick=False):
        while reconfirming.remind_late(clock.today()):
            pass
        found = mandates.countdown(mandates.days_to_confirm(cast.pantin.pk))
        assert found is not None
        assert found.late
    assert _told("late_to_confirm") == [("campaigns.late_to_confirm", "maire@pantin.example")]
    assert len(_told("mandate_late")) == 2
    assert AuditEvent.objects.filter(action="campaigns.confirmation_late").count() == 1


def test_withdrawn_it_asks_nothing_any_more_and_reminds_nobody(cast: Cast) -> None:
    made = _opened(cast)
    reconfirming.withdraw(made, actor=acting(cast.julien))
    assert mandates.figures() == mandates.ToConfirm(employers=0, late=0, referents=0)
    assert reconfirming.remind_late(_by(60)) == 0
    with pytest.raises(WrongState):
        reconfirming.withdraw(made, actor=acting(cast.julien))


def test_another_one_moves_the_day(cast: Cast) -> None:
    _opened(cast)
    second = reconfirming.start(Filters(), "Nouveau scrutin", _by(90), actor=acting(cast.julien))
    while reconfirming.drain():
        pass
    assert set(mandates.days_to_confirm(cast.pantin.pk).values()) == {_by(90)}
    assert set(Recall.objects.values_list("reconfirmation", flat=True)) == {second.pk}
    assert Mandate.objects.count() == 3


def test_asking_counts_the_queries_of_a_page_not_of_the_employers(
    cast: Cast, django_assert_num_queries: object
) -> None:
    _opened(cast)
    with django_assert_num_queries(4):  # type: ignore[operator]
        mandates.figures()
        mandates.reconfirmations()
    assert Organization.objects.filter(pk__in=mandates.employers_to_confirm()).count() == 2
