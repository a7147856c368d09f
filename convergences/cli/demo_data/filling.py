"""Filling the demo: the database is made, the files are applied as any operator's would be."""

import datetime as dt
import random
from pathlib import Path

import click
from django.db import transaction

from convergences.audit.services import Actor
from convergences.cli.declarative.applying import apply, load
from convergences.cli.demo_data.crowd import SEED
from convergences.cli.operate.migrate import migrate_all
from convergences.directory.models import Agent, AgentState
from convergences.directory.services import agents
from convergences.foundations import clock

LOADER = Actor(agent_id=None, label="Mise en place de la démonstration")
_AT_MOST_AGO = dt.timedelta(days=60)


def fill(paths: list[Path]) -> None:
    """Bring the demo's database up to date and apply the files to it. Django must be set up for it."""
    migrate_all()
    plan = apply(load(paths), actor=LOADER)
    click.echo(f"  {plan.summary()}")
    _give_a_past()


@transaction.atomic
def _give_a_past() -> None:
    """Say when people last signed in: a directory where nobody ever came would show nothing of its use."""
    dice = random.Random(SEED)  # noqa: S311 - invented dates
    for agent in Agent.objects.filter(state=AgentState.ACTIVE, last_sign_in_at__isnull=True).order_by("email"):
        agents.note_sign_in(agent, clock.now() - dice.random() ** 2 * _AT_MOST_AGO)
