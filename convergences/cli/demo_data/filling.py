"""Filling the demo: the database is made, the files are applied as any operator's would be."""

from pathlib import Path

import click

from convergences.audit.services import Actor
from convergences.cli.declarative.applying import apply, load
from convergences.cli.demo_data import campaign, past
from convergences.cli.operate.migrate import migrate_all

LOADER = Actor(agent_id=None, label="Mise en place de la démonstration")


def fill(paths: list[Path]) -> None:
    """Bring the demo's database up to date and apply the files to it. Django must be set up for it."""
    migrate_all()
    with past.installation():
        plan = apply(load(paths), actor=LOADER)
    click.echo(f"  {plan.summary()}")
    past.give()
    campaign.give()
