"""`convergences serve`: the production server, granian over WSGI."""

import contextlib
import errno
import multiprocessing
import os
import socket
import tempfile
from collections.abc import Iterator

import click
import structlog
from django.conf import settings
from django.db import connection, connections
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from convergences.cli.operate.migrate import make_first_keys, migrate_all
from convergences.cli.schema import pending_migrations
from convergences.cli.server_process import APPLICATION, load_application
from convergences.foundations.errors import Refusal
from convergences.web.serving.statics import prepare

log = structlog.get_logger(__name__)

MOST_WORKERS = 4
KILL_SECONDS = 30
# A thread that waits for SQLite's single writer only makes others wait; PostgreSQL answers several at once.
THREADS = {"sqlite": 1, "postgresql": 4}


@click.command("serve", short_help="Servir les pages et les protocoles.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Adresse d’écoute.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port d’écoute.")
@click.option("--workers", type=click.IntRange(1, 64), help="Processus [par défaut : un par cœur, 4 au plus].")
@click.option("--migrate", "with_migration", is_flag=True, help="Mettre d’abord la base à jour.")
def command(host: str, port: int, workers: int | None, with_migration: bool) -> None:  # noqa: FBT001 - click's options
    """Sert le portail, l’annuaire et les protocoles. Le chiffrement HTTPS revient au relais placé devant.

    Le travail de fond (courriers, journal, échéances) est fait par « convergences worker ».
    """
    with _held(host, port):
        _ready_the_database(with_migration=with_migration)
        prepare(settings.STATIC_PREPARED)
        with _shared_metrics():
            _run(host, port, workers or min(os.cpu_count() or 1, MOST_WORKERS))


def _run(host: str, port: int, processes: int) -> None:
    log.info("serve.started", host=host, port=port, workers=processes, threads=THREADS[connection.vendor])
    # A forked process would share this one's connection.
    multiprocessing.set_start_method("spawn", force=True)
    connections.close_all()
    server = Granian(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,  # what a relay speaks to us; no browser speaks HTTP/2 in clear, only attacks would
        workers=processes,
        blocking_threads=THREADS[connection.vendor],
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_SECONDS,
        log_level=LogLevels.warning,
        log_dictconfig=settings.LOGGING,
    )
    server.serve(target_loader=load_application)


@contextlib.contextmanager
def _held(host: str, port: int) -> Iterator[None]:
    """Keep the port for this server; raises `Refusal` when somebody has it.

    granian's processes share a port with any other server of this account, without a word. So it is tried first without
    sharing, then kept by a socket that shares it and listens to nothing: what a second server then fails on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe, socket.socket(family) as holder:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        try:
            probe.bind((host, port))
            probe.close()
            holder.bind((host, port))
        except OSError as error:
            raise Refusal(_refusal(host, port, error)) from error
        yield


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Le port {port} est déjà pris. Arrêtez ce qui l’occupe, ou choisissez-en un autre avec --port."
    if error.errno == errno.EACCES:
        return f"Ce compte n’a pas le droit d’écouter sur le port {port}. Choisissez-en un au-dessus de 1023."
    return f"Impossible d’écouter sur {host}, port {port} : {error.strerror or error}."


def _ready_the_database(*, with_migration: bool) -> None:
    if with_migration:
        migrate_all()
    elif pending_migrations():
        raise Refusal("La base de données n’est pas à jour. Lancez « convergences migrate », ou ajoutez --migrate.")
    make_first_keys()


@contextlib.contextmanager
def _shared_metrics() -> Iterator[None]:
    """Give the processes a folder where their figures add up (prometheus-client's multiprocess mode)."""
    with tempfile.TemporaryDirectory(prefix="convergences-metrics-") as folder:
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", folder)
        yield
