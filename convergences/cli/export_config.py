"""`convergences export-config`: the declarative file, from the database."""

import sys
from typing import TextIO

import click

from convergences.cli.declarative.exporting import write


@click.command("export-config", short_help="Écrire le fichier déclaratif d'après la base.")
@click.option("--output", type=click.File("w", encoding="utf-8"), help="Fichier à écrire, au lieu de la sortie.")
def command(output: TextIO | None) -> None:
    """Écrit organisations, applications, abonnements et agents en YAML, sans aucun secret.

    Appliquer ce fichier à la même base ne change rien.
    """
    write(output or sys.stdout)
