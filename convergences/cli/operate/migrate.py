"""`convergences migrate`: brings the database to what this version expects."""

import io

import click
from django.core.management import call_command

from convergences.cli.answers import answer, counted, json_option
from convergences.cli.schema import pending_migrations
from convergences.foundations import keys
from convergences.protocols.saml import certificates as saml_certificates


def migrate_all() -> list[str]:
    """Apply what waits, make the first signing keys, and return the names of the migrations applied."""
    waiting = pending_migrations()
    call_command("migrate", verbosity=0, interactive=False, stdout=io.StringIO())
    make_first_keys()
    return waiting


def make_first_keys() -> None:
    """Make the signing keys that are not there yet: none is made while somebody waits, nor by two processes at once."""
    keys.ensure()
    saml_certificates.ensure()


@click.command("migrate", short_help="Mettre la base à jour.")
@click.option("--dry-run", is_flag=True, help="Dire ce qui attend, sans rien écrire.")
@json_option
def command(dry_run: bool, as_json: bool) -> None:  # noqa: FBT001 - click's options
    """Met la base de données à jour, et crée les premières clés de signature."""
    names = pending_migrations() if dry_run else migrate_all()
    if dry_run:
        summary = f"{counted(len(names), 'changement')} à faire."
    else:
        summary = f"{counted(len(names), 'changement fait')}."
    lines = [*names, summary] if names else ["La base est à jour."]
    answer({"applied": not dry_run, "migrations": names}, lines, as_json=as_json)
