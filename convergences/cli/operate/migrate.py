"""`convergences migrate`: brings the database to what this version expects."""

import io

import click
from django.core.management import call_command

from convergences.cli.answers import answer, counted, json_option
from convergences.cli.schema import pending_migrations
from convergences.foundations import keys


def migrate_all() -> list[str]:
    """Apply what waits, make the first signing keys, and return the names of the migrations applied."""
    waiting = pending_migrations()
    call_command("migrate", verbosity=0, interactive=False, stdout=io.StringIO())
    keys.ensure()
    return waiting


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
