"""One fixed cast for every test: Nadia the référente, Claire the agent, Karim who is référent elsewhere, the centre."""

import gc

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper
from hypothesis import HealthCheck, settings

from convergences.foundations import keys
from tests import drawing, draws, flushing, hashing, keypool
from tests.cast import Cast, build_cast

flushing.allow()
# What is drawn may not depend on how busy the machine is.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
drawing.here()
hashing.cheapen()
keypool.share()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what is long: one process would end with it alone. Leave out what PostgreSQL is not asked again."""
    if out := draws.left_out(items):
        config.hook.pytest_deselected(items=out)
        apart = set(out)
        items[:] = [item for item in items if item not in apart]
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of the collector's rounds, a sixth of the tests' processor time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(autouse=True)
def no_key_of_another_test() -> None:
    """Signing keys are kept in memory for a minute: each test has its own database, so its own keys."""
    keys.forget_cached()


@pytest.fixture
def cast(db: None) -> Cast:
    """The people and organizations that every test talks about."""
    return build_cast()


@pytest.fixture
def kept_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server ages its connections between requests: a test's one, with its transaction, must outlive them."""
    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda _connection: None)
