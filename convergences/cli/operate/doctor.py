"""`convergences doctor`: tries what the product leans on."""

from dataclasses import asdict

import click

from convergences.cli.answers import answer, json_option
from convergences.cli.operate.trials import trials


@click.command("doctor", short_help="Essayer la base, le courrier, le cache, l’horloge, les clés…")
@json_option
def command(as_json: bool) -> None:  # noqa: FBT001 - click's option
    """Essaie pour de bon la base, le courrier, le cache, l’horloge, les clés, les fichiers et le travail de fond.

    N’envoie aucun courrier. Sort en erreur si un essai échoue.
    """
    outcomes = trials()
    width = max(len(trial.name) for trial in outcomes)
    lines = [
        f"{'bon   ' if trial.succeeded else 'ÉCHEC '} {trial.name:<{width}}  {trial.sentence}" for trial in outcomes
    ]
    answer([asdict(trial) for trial in outcomes], lines, as_json=as_json)
    if not all(trial.succeeded for trial in outcomes):
        raise SystemExit(1)
