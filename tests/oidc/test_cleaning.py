"""What died is forgotten, and nothing that lives."""

import datetime as dt

import pytest
from django.test import Client as Browser

from convergences.foundations import clock
from convergences.protocols.oidc.models import AccessToken, AuthorizationCode, Grant, RefreshToken
from convergences.protocols.oidc.services import cleaning
from tests.oidc.relying import Relying

pytestmark = pytest.mark.database


def test_the_living_stay(bip: Relying, claire: Browser) -> None:
    token = bip.tokens(claire)["refresh_token"]
    assert cleaning.forget_expired(clock.now()) == 0
    assert bip.refresh(token).status_code == 200


def test_an_old_family_goes_as_a_whole_however_long_its_chain(bip: Relying, claire: Browser) -> None:
    bip.tokens(claire)
    grant = Grant.objects.get()
    previous = RefreshToken.objects.get()
    for number in range(1200):
        previous = RefreshToken.objects.create(
            digest=f"{number:064}", grant=grant, predecessor=previous, issued_at=clock.now()
        )
    assert cleaning.forget_expired(clock.now() + dt.timedelta(days=2)) == 1
    for table in (Grant, AuthorizationCode, AccessToken, RefreshToken):
        assert not table.objects.exists()


def test_a_code_never_used_is_forgotten_after_a_day(bip: Relying, claire: Browser) -> None:
    bip.code(claire)
    cleaning.forget_expired(clock.now() + dt.timedelta(hours=23))
    assert AuthorizationCode.objects.exists()
    cleaning.forget_expired(clock.now() + dt.timedelta(hours=25))
    assert not AuthorizationCode.objects.exists()
