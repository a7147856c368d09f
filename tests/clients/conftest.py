"""One portal for the whole run (for each process of it), and the clients that a test asks for."""

from collections.abc import Iterator

import pytest

from tests.clients import apache, node
from tests.clients.staging import SECRET
from tests.clients.world import World, open_world
from tests.oidc.surfing import Surfer


@pytest.fixture(scope="session")
def shared_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Portal and worker."""
    with open_world(tmp_path_factory.mktemp("clients")) as opened:
        yield opened


@pytest.fixture
def world(shared_world: World) -> Iterator[World]:
    """Portal and worker; every right that a test removes is given back."""
    yield shared_world
    shared_world.change("UPDATE entitlements_entitlement SET closed_at = NULL")


@pytest.fixture(scope="session")
def apache_running(shared_world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Apache."""
    with apache.running(tmp_path_factory.mktemp("apache"), shared_world, SECRET):
        yield


@pytest.fixture(scope="session")
def node_running(shared_world: World) -> Iterator[None]:
    """The applications that speak openid-client."""
    with node.running(shared_world):
        yield


@pytest.fixture
def surfer() -> Surfer:
    """A browser that has been nowhere."""
    return Surfer()
