"""Calling the commands inside the test's process and database."""

import json
from typing import Any

from click.testing import CliRunner, Result

from convergences.cli.main import group


def run(*arguments: str) -> Result:
    """Run `convergences …` and return what it answered; an exception that is no exit is raised."""
    result = CliRunner().invoke(group, list(arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def told(*arguments: str) -> Any:
    """Run `convergences … --json` and return the value it answered."""
    return json.loads(run(*arguments, "--json").stdout)
