"""The `convergences` command: each subcommand is read only when it is called."""

import importlib
import json
import os
import sys
from dataclasses import dataclass

import click
import django
from django.db import DatabaseError

from convergences import __version__
from convergences.foundations.errors import Misconfigured, Refusal


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a subcommand is, its line of help, and whether it runs with the settings of an installation."""

    place: str
    help: str
    settings: bool = True


COMMANDS = {
    "demo": Entry("convergences.cli.demo:command", "Démarrer la démonstration complète.", settings=False),
    "serve": Entry("convergences.cli.serve:command", "Servir les pages et les protocoles."),
    "worker": Entry("convergences.cli.worker:command", "Faire le travail de fond : courriers, journal, échéances."),
    "migrate": Entry("convergences.cli.operate.migrate:command", "Mettre la base à jour."),
    "check": Entry("convergences.cli.operate.check:command", "Dire ce que les réglages ont de dangereux."),
    "doctor": Entry("convergences.cli.operate.doctor:command", "Essayer la base, le courrier, le cache, les clés…"),
    "apply": Entry("convergences.cli.apply:command", "Appliquer des fichiers déclaratifs."),
    "export-config": Entry("convergences.cli.export_config:command", "Écrire le fichier déclaratif de la base."),
    "key": Entry("convergences.cli.operate.key:command", "Clés de signature : lister, renouveler."),
    "saml": Entry("convergences.cli.operate.saml:command", "SAML : renouveler la clé, lister les échéances."),
    "audit": Entry("convergences.cli.operate.audit:command", "Journal : vérifier, exporter."),
    "outbox": Entry("convergences.cli.operate.outbox:command", "Courriers : lister, remettre en route."),
    "visits": Entry("convergences.cli.operate.visits:command", "Déconnexions : lister, remettre en route."),
    "application": Entry(
        "convergences.cli.operate.application:command", "Applications : lister, autoriser, changer un secret."
    ),
    "agent": Entry("convergences.cli.operate.agent:command", "Comptes : lister, inviter, suspendre, réactiver, aider."),
}


class LazyGroup(click.Group):
    """A group that imports a subcommand when it is called, once Django is ready for it."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Import a subcommand; raises `Misconfigured` when its settings do not let it run."""
        entry = COMMANDS.get(name)
        if entry is None:
            return None
        if entry.settings:
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "convergences.project.settings")
            django.setup()
        module, _colon, attribute = entry.place.partition(":")
        found: click.Command = getattr(importlib.import_module(module), attribute)
        return found

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list without importing anything: help must work before any setting is made."""
        with formatter.section("Commandes"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="convergences")
def group() -> None:
    """Convergences : le portail, l’annuaire et les droits des services en ligne d’un centre de gestion."""


def main() -> None:
    """Run the command line; faults of settings and refusals are French sentences, never tracebacks."""
    os.umask(0o077)  # the database, photos and exports are for this account alone
    try:
        group(prog_name="convergences")
    except Misconfigured as fault:
        _fail(fault.sentences, status=2)
    except Refusal as refusal:
        _fail([refusal.sentence], status=1)
    except DatabaseError as error:
        lines = str(error).strip().splitlines() or [type(error).__name__]
        _fail(
            [f"La base de données ne répond pas comme attendu : {lines[0]}", "Essayez « convergences doctor »."],
            status=3,
        )


def _fail(sentences: list[str], *, status: int) -> None:
    if "--json" in sys.argv:
        click.echo(json.dumps({"errors": sentences}, ensure_ascii=False))
    else:
        for sentence in sentences:
            click.echo(sentence, err=True)
    sys.exit(status)
