"""One portal for the whole run (for each process of it), and the clients that a test asks for."""

import contextlib
from collections.abc import Iterator

import pytest

from tests.clients import apache, authlib, node
from tests.clients.world import APACHES, World, open_world
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
    shared_world.give_rights()


@pytest.fixture(scope="session")
def apache_running(shared_world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Apache, in each of its configurations."""
    with contextlib.ExitStack() as sites:
        for name in APACHES:
            sites.enter_context(apache.running(tmp_path_factory.mktemp("apache"), shared_world, name))
        yield


@pytest.fixture(scope="session")
def node_running(shared_world: World) -> Iterator[None]:
    """The applications that speak openid-client."""
    with node.running(shared_world):
        yield


@pytest.fixture(scope="session")
def authlib_running(shared_world: World) -> Iterator[None]:
    """The application that speaks through Authlib."""
    with authlib.running(shared_world):
        yield


@pytest.fixture
def surfer() -> Surfer:
    """A browser that has been nowhere."""
    return Surfer()
