"""`convergences apply FILE…`: brings the database to what declarative files say."""

import json
from pathlib import Path
from typing import NoReturn

import click

from convergences.cli.answers import json_option, operator
from convergences.cli.declarative.applying import apply, load
from convergences.cli.declarative.problems import BadFiles


@click.command("apply", short_help="Appliquer des fichiers déclaratifs.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FICHIER…")
@click.option("--dry-run", is_flag=True, help="Dire ce qui changerait, sans rien écrire.")
@json_option
def command(files: tuple[Path, ...], dry_run: bool, as_json: bool) -> None:  # noqa: FBT001 - click's options
    """Crée et met à jour organisations, applications, abonnements et agents d'après des fichiers YAML.

    Tout est appliqué, ou rien. Ce que les fichiers ne citent pas reste en l'état.
    """
    try:
        plan = apply(load(list(files)), actor=operator("apply"), dry=dry_run)
    except BadFiles as error:
        _refuse(error, as_json=as_json)
    if as_json:
        click.echo(json.dumps({"applied": not dry_run, "changes": plan.values()}, ensure_ascii=False, indent=2))
        return
    click.echo(plan.text())
    if dry_run and plan.changes:
        click.echo("Essai à blanc : rien n'a été écrit.")


def _refuse(error: BadFiles, *, as_json: bool) -> NoReturn:
    if as_json:
        problems = [{"file": str(p.path), "line": p.line, "problem": p.sentence} for p in error.problems]
        click.echo(json.dumps({"applied": False, "problems": problems}, ensure_ascii=False, indent=2))
    else:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        click.echo("Rien n'a été écrit.", err=True)
    raise SystemExit(1)
