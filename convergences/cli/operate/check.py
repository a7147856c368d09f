"""`convergences check`: says what in the settings is unsafe."""

import click

from convergences.cli.answers import answer, json_option
from convergences.cli.operate.findings import Level, findings


@click.command("check", short_help="Dire ce que les réglages ont de dangereux.")
@json_option
def command(as_json: bool) -> None:  # noqa: FBT001 - click's option
    """Relit les réglages et dit ce qu’ils ont de dangereux. Sort en erreur s’il y a un danger."""
    found = findings()
    lines = [f"[{finding.level}] {finding.sentence}" for finding in found]
    value = [
        {"level": finding.level.name.lower(), "code": finding.code, "sentence": finding.sentence} for finding in found
    ]
    answer(value, lines or ["Rien à redire."], as_json=as_json)
    if any(finding.level == Level.DANGER for finding in found):
        raise SystemExit(1)
