"""An entrance before Django asks for the second step exactly when the view does, whatever the sheet and the session."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client as Browser

from convergences.authentication.models import RememberedDevice, Session
from convergences.catalog.models import Application, Assurance
from convergences.foundations import clock
from tests.cast import Cast, strengthen
from tests.oidc.dispatched import is_lean
from tests.oidc.relying import Relying
from tests.oidc.test_dispatcher_short import alike, coming

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("kept_connection")]
SIX_MINUTES = dt.timedelta(minutes=6)


def _on_a_device(cast: Cast) -> None:
    now = clock.now()
    device = RememberedDevice.objects.create(
        agent=cast.claire.agent, token_digest="d", created_at=now, last_used_at=now, expires_at=now + dt.timedelta(1)
    )
    Session.objects.update(remembered_device=device)


PROVED: dict[str, Callable[[Cast], None]] = {
    "password": lambda cast: None,
    "now": lambda cast: strengthen(cast.claire.agent),
    "old": lambda cast: strengthen(cast.claire.agent, second_factor_at=clock.now() - SIX_MINUTES),
    "mail": lambda cast: strengthen(
        cast.claire.agent, factors=["pwd", "mail"], level="eidas1-mfa", second_factor_at=None
    ),
    "device": _on_a_device,
}
ENTERS = {
    Assurance.SECOND_FACTOR: {"now", "old", "device"},
    Assurance.FRESH_SECOND_FACTOR: {"now"},
}


@pytest.mark.parametrize("proved", PROVED)
@pytest.mark.parametrize("assurance", ENTERS)
def test_the_sheet_asks_the_same_before_django(
    bip: Relying, cast: Cast, claire: Browser, assurance: Assurance, proved: str
) -> None:
    Application.objects.filter(slug="bip").update(assurance=assurance, remembers_devices=True)
    PROVED[proved](cast)
    enters = proved in ENTERS[assurance]
    assert is_lean(coming(bip, claire)) is enters
    sent_to = dict(alike(coming(bip, claire)).headers)["location"]
    assert sent_to.startswith("https://bip.example" if enters else "/verification?")


def test_a_device_that_is_not_trusted_there_is_not_sent_on(bip: Relying, cast: Cast, claire: Browser) -> None:
    Application.objects.filter(slug="bip").update(assurance=Assurance.SECOND_FACTOR, remembers_devices=False)
    _on_a_device(cast)
    assert not is_lean(coming(bip, claire))
    alike(coming(bip, claire))
