"""An engineer connects an application: what is refused, and why."""

from typing import Any

import pytest

from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.catalog.models import Application
from convergences.protocols.forward_auth import queries
from convergences.protocols.forward_auth.errors import InvalidGate
from convergences.protocols.forward_auth.models import GateAddress
from convergences.protocols.forward_auth.services import registration
from tests.cast import Cast
from tests.forward_auth.serving import SNAPI, define

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    ("metadata", "field"),
    [
        ({}, "hosts"),
        ({"hosts": SNAPI}, "hosts"),
        ({"hosts": ["https://snapi.example"]}, "hosts"),
        ({"hosts": ["*.example"]}, "hosts"),
        ({"hosts": ["a.example", "A.example"]}, "hosts"),
        ({"hosts": ["testserver"]}, "hosts"),
        ({"hosts": ["a.example"], "paths": "/x/"}, "paths"),
        ({"hosts": ["a.example"], "paths": ["/x"]}, "paths"),
        ({"hosts": ["a.example"], "paths": ["x/"]}, "paths"),
        ({"hosts": ["a.example"], "paths": ["/../"]}, "paths"),
        ({"hosts": ["a.example"], "paths": ["/x//"]}, "paths"),
        ({"hosts": ["a.example"], "paths": ["/x/*"]}, "paths"),
        ({"hosts": ["a.example"], "paths": ["/x/", "/X/"]}, "paths"),
        ({"hosts": ["a.example"], "port": 3}, "port"),
    ],
)
def test_a_refusal_names_the_field(cast: Cast, metadata: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidGate) as refusal:
        registration.define(cast.bip, metadata, actor=SYSTEM)
    assert refusal.value.field == field
    assert refusal.value.sentence.startswith(field)


@pytest.mark.parametrize(("paths", "field"), [([], "hosts"), (["/"], "paths")])
def test_an_address_is_one_application_s(snapi: Application, cast: Cast, paths: list[str], field: str) -> None:
    with pytest.raises(InvalidGate, match="autre application") as refusal:
        registration.define(cast.bip, {"hosts": [SNAPI], "paths": paths}, actor=SYSTEM)
    assert refusal.value.field == field


def test_capitals_do_not_make_another_address(cast: Cast) -> None:
    define(cast.bip, paths=["/restreint/"])
    with pytest.raises(InvalidGate, match="autre application"):
        registration.define(cast.cotisations, {"hosts": [SNAPI], "paths": ["/Restreint/"]}, actor=SYSTEM)


def test_two_applications_share_a_host_by_path(snapi: Application, cast: Cast) -> None:
    define(cast.bip, paths=["/bip/"])
    assert GateAddress.objects.filter(host=SNAPI).count() == 2


def test_the_same_description_changes_nothing(snapi: Application) -> None:
    gate = queries.gate_of(snapi.pk)
    assert gate is not None
    done = registration.define(snapi, queries.metadata_of(gate), actor=SYSTEM)
    assert (done.created, done.changed) == (False, ())
    assert AuditEvent.objects.filter(action="forward_auth.gate_changed").count() == 0


def test_a_change_is_told_and_moves_the_addresses(snapi: Application) -> None:
    done = registration.define(snapi, {"hosts": ["autre.example"], "paths": ["/a/", "/b/"]}, actor=SYSTEM)
    assert done.changed == ("hosts", "paths")
    assert {str(line) for line in GateAddress.objects.all()} == {"autre.example/a/", "autre.example/b/"}
    assert AuditEvent.objects.filter(action="forward_auth.gate_changed").count() == 1
