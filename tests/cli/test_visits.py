"""`convergences visits`: what applications never heard is seen, and told again."""

import pytest

from convergences.admission.models import Visit
from convergences.foundations import clock
from tests.cast import Cast, signed_in
from tests.cli.commands import run, told
from tests.oidc.relying import Relying, define, entitle

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def unheard(cast: Cast) -> Visit:
    entitle(cast.claire, cast.bip, "reader")
    Relying(define(cast.bip)).code(signed_in(cast.claire.agent))
    now = clock.now()
    Visit.objects.update(
        end_requested_at=now, ended_at=now, given_up_at=now, telling_attempts=11, telling_error="bip: TimeoutError"
    )
    return Visit.objects.get()


def test_what_was_given_up_is_listed(unheard: Visit) -> None:
    assert "bip: TimeoutError" in run("visits", "list").stdout
    assert [visit["state"] for visit in told("visits", "list", "--dead")] == ["dead"]


def test_it_is_put_back(unheard: Visit) -> None:
    assert told("visits", "retry", str(unheard.pk + 1)) == {"retried": 0}
    assert told("visits", "retry", "--all") == {"retried": 1}
    assert [visit["state"] for visit in told("visits", "list")] == ["waiting"]
    assert told("visits", "list", "--dead") == []
    assert run("visits", "retry").exit_code == 2
