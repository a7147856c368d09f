"""Others act while two employers merge. On PostgreSQL only: SQLite lets one transaction write at a time."""

import pytest
from django.db import connection  # noqa: F401 - read by `skipif`
from django.db.models import Q

from convergences.audit.services import SYSTEM
from convergences.campaigns.services import merging
from convergences.directory.errors import AlreadyMember, DirectoryRefusal, WrongState
from convergences.directory.models import Membership
from convergences.directory.services.merging import Absorbed
from convergences.entitlements.errors import MembershipOver
from convergences.entitlements.models import Entitlement
from tests.cast import Cast, build_cast
from tests.directory.acting import created
from tests.directory.test_simultaneous_acts import together
from tests.employers.merging import Fusion, build_fusion, merged
from tests.entitlements.doing import grant

pytestmark = [
    pytest.mark.database,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs transactions that overlap"),
]


def _fusion() -> tuple[Cast, Fusion]:
    cast = build_cast()
    return cast, build_fusion(cast)


def test_two_correspondants_merge_once() -> None:
    cast, fusion = _fusion()
    outcomes = together(lambda: merged(fusion, cast), lambda: merged(fusion, cast))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Absorbed", "WrongState"]


def test_two_employers_that_absorb_each_other_leave_one_open() -> None:
    cast, fusion = _fusion()
    outcomes = together(lambda: merged(fusion, cast), lambda: merging.merge(cast.pantin, fusion.ccas, actor=SYSTEM))
    assert sum(isinstance(outcome, WrongState) for outcome in outcomes) == 1
    cast.pantin.refresh_from_db()
    fusion.ccas.refresh_from_db()
    assert cast.pantin.active != fusion.ccas.active


@pytest.mark.parametrize("attempt", range(3))
def test_a_right_given_meanwhile_moves_or_is_refused_and_is_never_left_behind(attempt: int) -> None:
    cast, fusion = _fusion()

    def give() -> object:
        try:
            return grant(fusion.yann, cast.cotisations)
        except MembershipOver as refusal:
            return refusal

    given, done = together(give, lambda: merged(fusion, cast))
    assert isinstance(done, Absorbed), done
    assert not Entitlement.objects.filter(organization=fusion.ccas, closed_at__isnull=True).exists()
    kept = Entitlement.objects.filter(Q(application=cast.cotisations), organization=cast.pantin).count()
    assert kept == (0 if isinstance(given, MembershipOver) else 1)


@pytest.mark.parametrize("attempt", range(3))
def test_an_agent_attached_to_the_other_meanwhile_has_one_attachment(attempt: int) -> None:
    cast, fusion = _fusion()
    address = fusion.yann.agent.email
    outcomes = together(lambda: created(cast.nadia, email=address), lambda: merged(fusion, cast))
    assert any(isinstance(outcome, Absorbed) for outcome in outcomes), outcomes
    refused = [outcome for outcome in outcomes if isinstance(outcome, DirectoryRefusal)]
    assert all(isinstance(outcome, AlreadyMember) for outcome in refused)
    opened = Membership.objects.filter(agent=fusion.yann.agent, closed_at__isnull=True)
    assert [each.organization_id for each in opened] == [cast.pantin.pk]
