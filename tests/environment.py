"""The settings of the tests, laid before Django reads them (pytest loads this plugin first, see `addopts`).

`CONVERGENCES_TEST_DATABASE=postgresql` starts a PostgreSQL of its own for the whole run: a fresh cluster in a temporary
folder, reached by a Unix socket, gone at the end.
"""

import atexit
import os

from tests.postgresql import Cluster

CHOICE = "CONVERGENCES_TEST_DATABASE"
ADDRESS = "CONVERGENCES_TEST_DATABASE_URL"


def _database_url() -> str:
    choice = os.environ.get(CHOICE, "sqlite")
    if choice == "sqlite":
        return "sqlite:///:memory:"
    if choice != "postgresql":
        raise ValueError(f"{CHOICE} is sqlite or postgresql, not {choice}")
    if ADDRESS not in os.environ:  # else a worker of xdist, whose controller has started the cluster
        cluster = Cluster.start()
        atexit.register(cluster.stop)
        os.environ[ADDRESS] = cluster.url
    return os.environ[ADDRESS]


for name in [name for name in os.environ if name.startswith("CONVERGENCES_") and name not in (CHOICE, ADDRESS)]:
    del os.environ[name]  # a developer's own settings must not decide whether tests pass
os.environ["CONVERGENCES_SECRET_KEY"] = "a secret for tests only, of more than 32 characters"
os.environ["CONVERGENCES_SECOND_FACTOR_KEY"] = "another secret for tests only, for second factors"
os.environ["CONVERGENCES_BASE_URL"] = "http://testserver"
os.environ["CONVERGENCES_DATABASE_URL"] = _database_url()
os.environ["CONVERGENCES_DEMO"] = "true"
