"""An engineer connects an application: what is refused, and why."""

from typing import Any

import pytest

from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.protocols.cas.errors import InvalidService
from convergences.protocols.cas.models import ServiceAddress
from convergences.protocols.cas.services import registration
from tests.cas.serving import define
from tests.cast import Cast

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    ("metadata", "field"),
    [
        ({}, "services"),
        ({"services": "https://a.example/"}, "services"),
        ({"services": ["https://a.example/*", "https://a.example/*"]}, "services"),
        ({"services": ["https://*.example/"]}, "services"),
        ({"services": ["https://a.example/*"], "proxy": "yes"}, "proxy"),
        ({"services": ["https://a.example/*"], "proxy_callbacks": ["https://a.example/p"]}, "proxy_callbacks"),
        ({"services": ["https://a.example/*"], "user": "phone"}, "user"),
        ({"services": ["https://a.example/*"], "single_sign_out": True}, "single_sign_out"),
    ],
)
def test_a_refusal_names_the_field(cast: Cast, metadata: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidService) as refusal:
        registration.define(cast.cotisations, metadata, actor=SYSTEM)
    assert refusal.value.field == field
    assert refusal.value.sentence.startswith(field)


def test_an_address_is_one_application_s(cast: Cast) -> None:
    define(cast.cotisations)
    with pytest.raises(InvalidService, match="autre application"):
        define(cast.bip)


def test_an_address_that_is_not_on_the_sheet_is_not_the_user(cast: Cast) -> None:
    cast.cotisations.attributes = ["roles"]
    with pytest.raises(InvalidService) as refusal:
        define(cast.cotisations)
    assert refusal.value.field == "user"


def test_the_same_description_twice_changes_nothing(cast: Cast) -> None:
    define(cast.cotisations)
    again = registration.define(cast.cotisations, {"services": ["https://cotisations.example/*"]}, actor=SYSTEM)
    assert (again.created, again.changed) == (False, ())
    assert AuditEvent.objects.filter(action__startswith="cas.").count() == 1


def test_a_new_description_replaces_the_addresses(cast: Cast) -> None:
    define(cast.cotisations)
    define(cast.cotisations, services=["https://new.example/", "https://cotisations.example/*"])
    assert set(ServiceAddress.objects.values_list("pattern", flat=True)) == {
        "https://new.example/",
        "https://cotisations.example/*",
    }
    assert AuditEvent.objects.filter(action="cas.service_changed").count() == 1
