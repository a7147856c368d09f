"""The end of a mandate: what the person keeps, what they lose at once, and who may say so."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine

from convergences.audit.models import AuditEvent
from convergences.campaigns import mandates as reading
from convergences.campaigns.errors import OwnMandate
from convergences.campaigns.models import Mandate
from convergences.campaigns.services import deciding, mandates
from convergences.directory import queries, rules
from convergences.directory.errors import ForTheCentre, InvalidField, WrongState
from convergences.directory.models import Membership, Profile
from convergences.directory.services import memberships
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from tests.campaigns.answering import ANNE, received
from tests.campaigns.doing import acting, with_addresses
from tests.cast import Cast, join, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.database]
TEAM = "/annuaire/collectivites/pantin/"


def _told() -> list[str]:
    return sorted(OutboxMessage.objects.values_list("kind", flat=True))


def _in_days(number: int) -> dt.date:
    return clock.today() + dt.timedelta(days=number)


def test_only_the_centre_ends_a_mandate(cast: Cast) -> None:
    for other in (cast.moussa, cast.claire, cast.karim):
        for act in (
            lambda other=other: mandates.end(cast.nadia, actor=acting(other)),
            lambda other=other: mandates.end_on(cast.nadia, _in_days(3), actor=acting(other)),
            lambda other=other: mandates.lift_end(cast.nadia, actor=acting(other)),
        ):
            with pytest.raises(ForTheCentre):
                act()
    assert rules.may_manage(cast.nadia.agent, cast.pantin)


def test_a_correspondant_who_is_a_referent_of_the_employer_ends_no_mandate_there(cast: Cast) -> None:
    own = join(cast.julien.agent, cast.pantin, profile=Profile.REFERENT)
    for member in (own, cast.nadia):
        with pytest.raises(OwnMandate):
            mandates.end(member, actor=acting(cast.julien))
    assert mandates.end(cast.karim, actor=acting(cast.julien)).organization == cast.romainville


def test_an_open_session_sees_the_end_at_once_and_the_person_stays_an_agent(cast: Cast) -> None:
    with_addresses(cast)
    nadia = signed_in(cast.nadia.agent, second_factor=True)
    assert nadia.get(TEAM).status_code == 200
    mandates.end(cast.nadia, reason="Départ à la retraite", actor=acting(cast.julien))
    assert nadia.get(TEAM).status_code == 404
    assert nadia.get("/annuaire/profil").status_code == 200
    assert _told() == ["campaigns.ended", "campaigns.mandate_over"]
    event = AuditEvent.objects.get(action="directory.referent_ended")
    assert (event.organization_id, event.details["warrant"]) == (cast.pantin.pk, "Fin de mandat : Départ à la retraite")
    with pytest.raises(WrongState):
        mandates.end(cast.nadia, actor=acting(cast.julien))


def test_on_its_day_a_mandate_ends_without_the_worker(cast: Cast) -> None:
    mandates.end_on(cast.nadia, _in_days(2), actor=acting(cast.julien))
    assert rules.may_manage(cast.nadia.agent, cast.pantin)
    with time_machine.travel(clock.now() + dt.timedelta(days=2), tick=False):
        assert rules.may_manage(cast.nadia.agent, cast.pantin)  # the last day is included
    with time_machine.travel(clock.now() + dt.timedelta(days=3), tick=False):
        nadia = signed_in(cast.nadia.agent, second_factor=True)
        assert nadia.get(TEAM).status_code == 404
        assert not rules.may_manage(cast.nadia.agent, cast.pantin)
        assert [each.pk for each in queries.referents_of(cast.pantin.pk)] == [cast.moussa.pk]
        assert rules.is_last_referent(cast.moussa)


def test_the_worker_writes_the_end_down_once(cast: Cast) -> None:
    with_addresses(cast)
    Mandate.objects.create(membership=cast.nadia, starts_on="2024-01-01")
    mandates.end_on(cast.nadia, _in_days(2), actor=acting(cast.julien))
    assert mandates.end_due(_in_days(2)) == 0
    with time_machine.travel(clock.now() + dt.timedelta(days=3), tick=False):
        assert (mandates.end_due(clock.today()), mandates.end_due(clock.today())) == (1, 0)
    member = Membership.objects.get(pk=cast.nadia.pk)
    assert (member.profile, member.referent_until, member.closed_at) == (Profile.USER, None, None)
    assert Mandate.objects.get().ended_on == _in_days(2)
    assert _told() == ["campaigns.end_planned", "campaigns.ended", "campaigns.mandate_over"]


def test_an_end_that_was_foreseen_can_be_taken_back(cast: Cast) -> None:
    mandates.end_on(cast.nadia, _in_days(2), actor=acting(cast.julien))
    with_addresses(cast)
    cast.nadia.refresh_from_db()
    mandates.lift_end(cast.nadia, actor=acting(cast.julien))
    assert _told() == ["campaigns.end_lifted", "campaigns.end_planned", "campaigns.mandate_goes_on"]
    assert mandates.end_due(_in_days(9)) == 0
    with pytest.raises(WrongState):
        mandates.lift_end(cast.nadia, actor=acting(cast.julien))


def test_a_day_that_is_past_is_refused(cast: Cast) -> None:
    for last in (_in_days(-1), dt.date(2300, 1, 1)):
        with pytest.raises(InvalidField) as refused:
            mandates.end_on(cast.nadia, last, actor=acting(cast.julien))
        assert refused.value.field == "last"


def test_who_is_named_again_meanwhile_keeps_their_mandate(cast: Cast) -> None:
    mandates.end_on(cast.nadia, _in_days(2), actor=acting(cast.julien))
    agent = cast.nadia.agent
    again = replace(ANNE, given_name=agent.given_name, family_name=agent.family_name, email=agent.email or "")
    deciding.accept(received(cast, again), actor=acting(cast.julien))
    assert Membership.objects.get(pk=cast.nadia.pk).referent_until is None


def test_a_mandate_falls_with_its_membership_and_does_not_rise_again(cast: Cast) -> None:
    Mandate.objects.create(membership=cast.nadia, starts_on="2024-01-01", to_confirm_by=_in_days(9))
    memberships.suspend(cast.nadia, reason="Congé", actor=acting(cast.julien))
    assert reading.standing().count() == 1  # kept, as rights are
    memberships.close(cast.nadia, actor=acting(cast.julien))
    assert (reading.standing().count(), reading.figures().employers) == (0, 0)
    memberships.restore(cast.nadia, actor=acting(cast.julien))
    assert reading.standing().count() == 0
    memberships.promote(cast.nadia, warrant="Fichier", actor=acting(cast.julien))
    assert reading.standing().count() == 0  # another mandate: the former answer says nothing of it
