"""The list says which applications need an engineer soon: certificates and descriptions that expire, or stay unread."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from convergences.catalog.models import Application
from convergences.foundations import clock
from convergences.protocols.saml import expiries
from convergences.protocols.saml.models import ServiceProvider
from convergences.protocols.saml.panel import learnt
from tests.cast import Cast
from tests.saml.serving import define, keys, metadata

pytestmark = pytest.mark.database
LIST = "/administration/applications"


def in_days(days: int) -> str:
    return f'validUntil="{clock.now() + dt.timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"'


def shown(engineer: Client, tab: str = "") -> str:
    return engineer.get(f"{LIST}{tab}").content.decode()


def connect(cast: Cast, **changes: Any) -> None:
    Application.objects.filter(pk=cast.bip.pk).update(protocol="saml")
    cast.bip.refresh_from_db()
    define(cast.bip, metadata(**changes))


WATCHED: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "nothing": ({}, {}, False),
    "a certificate for fifty days": ({"keys": keys("fifty", lasts=50)}, {}, True),
    "a certificate that is over": ({"keys": keys("over", lasts=-1)}, {}, True),
    "a description for fifty days": ({"about": in_days(50)}, {}, True),
    "a week, read at its address": ({"about": in_days(7)}, {"metadata_url": "https://a.example/"}, False),
    "a week, no longer read": ({"about": in_days(7)}, {"metadata_url": "https://a.example/", "read_error": "x"}, True),
    "hours, read at its address": ({"about": in_days(0 + 1)}, {"metadata_url": "https://a.example/"}, True),
    "no longer read": ({}, {"metadata_url": "https://a.example/", "read_error": "x"}, True),
}


@pytest.mark.parametrize("name", WATCHED)
def test_the_list_names_what_needs_looking_after(cast: Cast, engineer: Client, name: str) -> None:
    changes, row, watched = WATCHED[name]
    connect(cast, **changes)
    ServiceProvider.objects.update(**row)
    assert ("À surveiller" in shown(engineer)) == watched
    assert ("1 application<" in shown(engineer, "?etat=a-surveiller")) == watched


def test_one_that_left_saml_is_not_watched(cast: Cast, engineer: Client) -> None:
    connect(cast, keys=keys("fifty", lasts=50))
    Application.objects.filter(pk=cast.bip.pk).update(protocol="oidc")
    assert "À surveiller" not in shown(engineer)


def test_a_description_renewed_each_week_alarms_nobody(cast: Cast) -> None:
    """`convergences doctor` would fail for ever."""
    connect(cast, about=in_days(7))
    assert [one.what for one in expiries.soon() if one.application] == ["description"]
    ServiceProvider.objects.update(metadata_url="https://a.example/")
    assert [one for one in expiries.soon() if one.application] == []
    assert not any("valable" in line for line in learnt.about(ServiceProvider.objects.get()).warnings)
    ServiceProvider.objects.update(read_error="x")
    assert [one.what for one in expiries.soon() if one.application] == ["description"]
