"""A thief who knows the password, and reads the mailbox, and waits: what the notices let the agent take back."""

import datetime as dt

import pytest

from convergences.authentication import queries
from convergences.authentication.errors import DeadLink, PendingOver, WrongCredentials
from convergences.authentication.models import Recovery, Totp
from convergences.authentication.services import changes, recoveries, recovering
from tests.authentication.doing import HERE, attempt, told
from tests.authentication.proving import Held, pending
from tests.authentication.recovering_from import Clock, code_for, come_back, renew, to, token_of
from tests.cast import Cast

pytestmark = pytest.mark.database


@pytest.mark.parametrize("which", [0, 1])
def test_a_thief_who_waits_is_stopped_by_either_notice(cast: Cast, recovery: Recovery, which: int) -> None:
    recoveries.tend()
    waiting = pending(cast.claire.agent)
    code = code_for(cast.claire.agent, waiting)
    notices = [mail for mail in to(cast.claire.agent) if mail.kind == "authentication.recovery_told"]
    assert changes.contest(token_of(notices[which]), browser=HERE).done_now
    with pytest.raises(PendingOver):
        recovering.come_back(waiting, code, browser=HERE)
    with pytest.raises(WrongCredentials):
        attempt(cast.claire.agent.email)
    (event,) = told("recovery_cancelled")
    assert (event.details["why"], event.organization_id) == ("contested", cast.pantin.pk)


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_thief_who_has_finished_is_thrown_out_by_any_of_the_notices(
    cast: Cast, recovery: Recovery, lost: Held, which: int
) -> None:
    recoveries.tend()
    done = come_back(cast.claire.agent)
    theirs = renew(done, "Téléphone du voleur")
    notices = [m for m in to(cast.claire.agent) if m.kind != "authentication.recovery_code"]
    changes.contest(token_of(notices[which]), browser=HERE)
    methods = queries.methods_of(cast.claire.agent)
    # Nor are the old ones given back: who reads the mailbox may be who stole the telephone.
    assert (methods.totps, methods.codes_left, methods.blocked) == ([], 0, True)
    assert not Totp.objects.filter(pk__in=[theirs.totp.pk, lost.totp.pk], frozen_at=None).exists()
    done.session.refresh_from_db()
    assert done.session.ended_at is not None
    with pytest.raises(WrongCredentials):
        attempt(cast.claire.agent.email)


def test_it_is_contested_for_a_week_only(cast: Cast, recovery: Recovery, clock: Clock) -> None:
    renew(come_back(cast.claire.agent))
    clock.shift(dt.timedelta(days=7, seconds=1))
    with pytest.raises(DeadLink):
        changes.contest(token_of(to(cast.claire.agent)[-1]), browser=HERE)
