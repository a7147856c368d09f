"""`convergences worker`: does, again and again, everything that a page leaves to be done. Several may run."""

import json
import signal
import threading
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from types import FrameType

import click
import structlog
from django.db import DatabaseError, connection

from convergences.admission.services import request_ends
from convergences.adoption.services import counting
from convergences.audit import purging
from convergences.audit.sealing import seal_pending
from convergences.authentication.services import housekeeping, recoveries, sessions
from convergences.campaigns.services import asking, mailing, mandates, paper, printing, reconfirming, retention
from convergences.cli.answers import counted
from convergences.cli.jobs import run_ready
from convergences.cli.lanes import Drain, run_lane, run_once
from convergences.cli.schema import pending_migrations
from convergences.entitlements.services import close_expired
from convergences.foundations import clock, delivery, heartbeats, keys
from convergences.lifecycle.services import losses
from convergences.protocols.cas import notices as cas_notices
from convergences.protocols.cas.services import cleaning as cas_cleaning
from convergences.protocols.forward_auth.services import cleaning as gate_cleaning
from convergences.protocols.oidc.notices import back_channel
from convergences.protocols.oidc.services import cleaning
from convergences.protocols.saml import certificates as saml_certificates
from convergences.protocols.saml import notices as saml_notices
from convergences.protocols.saml.services import cleaning as saml_cleaning
from convergences.protocols.saml.services import refreshing, warning

log = structlog.get_logger(__name__)

PATIENCE = 60.0

# Everything that goes on behind the pages, in one place. Lanes run side by side; within a lane, one after the other.
DRAINS = (
    Drain("journal", "seal", 1, seal_pending),
    Drain("journal", "heartbeat", 10, heartbeats.beat),
    Drain("rights", "end_sessions", 5, sessions.end_lapsed),
    Drain("rights", "end_visits", 2, lambda: request_ends(clock.now())),
    Drain("rights", "close_rights", 60, lambda: close_expired(clock.now())),
    Drain("rights", "tend_recoveries", 30, recoveries.tend),
    Drain("rights", "end_mandates", 60, lambda: mandates.end_due(clock.today())),
    Drain("notices", "tell_applications", 0.5, back_channel.tell_due),
    Drain("notices_cas", "tell_cas_applications", 0.5, cas_notices.tell_due),
    Drain("notices_saml", "tell_saml_applications", 0.5, saml_notices.tell_due),
    Drain("documents", "read_metadata", 600, refreshing.refresh_due),
    Drain("documents", "warn_of_metadata", 600, warning.warn_due),
    Drain("campaigns", "mail_employers", 1, mailing.drain),
    Drain("campaigns", "mail_found_addresses", 60, asking.send_found),
    Drain("campaigns", "remind_employers", 300, lambda: mailing.remind_due(clock.today())),
    Drain("cleaning", "count_accounts", 600, counting.count_accounts),
    Drain("cleaning", "count_rights", 600, counting.count_rights),
    Drain("letters", "make_letters", 1, printing.drain),
    Drain("campaigns", "ask_to_confirm", 1, reconfirming.drain),
    Drain("campaigns", "remind_to_confirm", 300, lambda: reconfirming.remind_late(clock.today())),
    Drain("losses", "note_ended_contracts", 600, lambda: losses.note_ended(clock.today())),
    Drain("losses", "tell_of_losses", 5, losses.tell_due),
    Drain("mail", "deliver", 1, delivery.deliver_due),
    Drain("jobs", "run_jobs", 1, run_ready),
    Drain("cleaning", "first_keys", 3600, lambda: len(keys.ensure())),
    Drain("cleaning", "forget_mails", 3600, delivery.forget_old),
    Drain("cleaning", "forget_letters", 3600, printing.forget),
    Drain("cleaning", "forget_codes", 3600, housekeeping.forget),
    Drain("cleaning", "forget_scans", 3600, paper.forget_kept),
    Drain("cleaning", "forget_paper_answers", 3600, lambda: retention.forget_scans(clock.today())),
    Drain("cleaning", "forget_tokens", 3600, lambda: cleaning.forget_expired(clock.now())),
    Drain("cleaning", "forget_tickets", 3600, lambda: cas_cleaning.forget_expired(clock.now())),
    Drain("cleaning", "forget_passes", 3600, lambda: gate_cleaning.forget_expired(clock.now())),
    Drain("cleaning", "forget_statements", 3600, lambda: saml_cleaning.forget_expired(clock.now())),
    Drain("cleaning", "purge_journal", 3600, purging.purge),
    Drain("cleaning", "first_saml_key", 3600, saml_certificates.ensure),
)


@click.command("worker", short_help="Faire le travail de fond : courriers, journal, échéances.")
@click.option("--once", is_flag=True, help="Faire ce qui attend, puis s’arrêter.")
@click.option("--json", "as_json", is_flag=True, help="Répondre en JSON (avec --once).")
def command(once: bool, as_json: bool) -> None:  # noqa: FBT001 - click's options
    """Envoie les courriers, scelle le journal, ferme les droits échus, exécute les travaux en file.

    Plusieurs peuvent tourner ensemble. Ctrl-C ou SIGTERM : chacun finit ce qu’il a commencé, puis s’arrête.
    """
    if once:
        done = run_once(DRAINS)
        heartbeats.stop()
        click.echo(json.dumps(done) if as_json else f"{counted(sum(done.values()), 'tâche faite')}.")
        return
    stop = threading.Event()
    _stop_on_signals(stop)
    if _wait_for_schema(stop) and not _work(stop):
        raise SystemExit(1)


def _work(stop: threading.Event) -> bool:
    """Run every lane until told to stop; False when one died or would not stop."""
    log.info("worker.started", worker=heartbeats.worker_name(), lanes=[name for name, _drains in _lanes()])
    threads = [
        threading.Thread(target=run_lane, args=(drains, stop), name=name, daemon=True) for name, drains in _lanes()
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(1.0) and all(thread.is_alive() for thread in threads):
        pass
    died = not stop.is_set()
    stop.set()
    for thread in threads:
        thread.join(PATIENCE)
    late = [thread.name for thread in threads if thread.is_alive()]
    _say_goodbye()
    log.info("worker.stopped", worker=heartbeats.worker_name(), late=late)
    return not late and not died


def _lanes() -> Iterator[tuple[str, list[Drain]]]:
    for lane, drains in groupby(sorted(DRAINS, key=attrgetter("lane")), key=attrgetter("lane")):
        yield lane, list(drains)


def _stop_on_signals(stop: threading.Event) -> None:
    def asked(number: int, _frame: FrameType | None) -> None:
        log.info("worker.stopping", signal=signal.Signals(number).name)
        if stop.is_set():  # asked twice: somebody is in a hurry
            raise SystemExit(1)
        stop.set()

    signal.signal(signal.SIGTERM, asked)
    signal.signal(signal.SIGINT, asked)


def _wait_for_schema(stop: threading.Event) -> bool:
    """Wait until the database answers and is up to date: a worker is often started with the server that migrates it."""
    while not stop.is_set():
        try:
            if not pending_migrations():
                return True
            log.warning("worker.waiting", reason="migrations", remedy="convergences migrate")
        except DatabaseError as error:
            log.warning("worker.waiting", reason="database", error=str(error))
            connection.close()
        stop.wait(2.0)
    return False


def _say_goodbye() -> None:
    try:
        heartbeats.stop()
    except DatabaseError as error:
        log.warning("worker.goodbye_not_heard", error=str(error))
