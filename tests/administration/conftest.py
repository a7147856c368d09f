"""Anne-Laure, the centre's engineer."""

import pytest
from django.test import Client

from convergences.directory.models import Membership, Role, StaffRole
from convergences.foundations import clock
from tests.cast import Cast, member, signed_in


@pytest.fixture
def anne_laure(cast: Cast) -> Membership:
    """An engineer of the centre."""
    found = member(cast.center, "Anne-Laure Petit")
    StaffRole.objects.create(agent=found.agent, role=Role.ENGINEER, granted_at=clock.now())
    return found


@pytest.fixture
def engineer(anne_laure: Membership) -> Client:
    """The browser in which Anne-Laure is signed in, by two factors."""
    return signed_in(anne_laure.agent, second_factor=True)
