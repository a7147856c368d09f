"""A whole installation in a folder, run by the real command in processes of its own."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.environment import ADDRESS

SECRET = "f7Qm0-an installation of the tests, with a secret of its own"


@dataclass(frozen=True)
class Installation:
    """Its settings, and how to run something under them."""

    settings: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its processes: nothing of the tests' own settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CONVERGENCES_")}
        return {**kept, **self.settings, "DJANGO_SETTINGS_MODULE": "convergences.project.settings"}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `convergences …`."""
        command = [sys.executable, "-m", "convergences", *arguments]
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `convergences …` to its end."""
        command = [sys.executable, "-m", "convergences", *arguments]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120, check=False)

    def python(self, code: str) -> str:
        """Run Python with the installation's settings and return what it printed."""
        command = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120, check=True)
        return done.stdout.strip()

    def query(self, statement: str) -> list[Any]:
        """Read its database directly: a process of its own for each look would cost seconds."""
        url = self.settings["CONVERGENCES_DATABASE_URL"]
        if url.startswith("postgresql"):
            with psycopg.connect(url) as connection:
                return connection.execute(statement).fetchall()
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=20)) as file:
            return file.execute(statement).fetchall()


@dataclass
class Template:
    """A migrated database, copied for each installation: migrating takes seconds."""

    folder: Path
    name: str = ""

    def copy(self, folder: Path) -> str:
        """Return the address of a copy."""
        if ADDRESS not in os.environ:
            shutil.copy(self.folder / "template.sqlite3", folder / "convergences.sqlite3")
            return f"sqlite:///{folder / 'convergences.sqlite3'}"
        return _created(template=self.name)

    @classmethod
    def made(cls, folder: Path) -> "Template":
        """Migrate a database to copy from."""
        if ADDRESS not in os.environ:
            template, url = cls(folder), f"sqlite:///{folder / 'template.sqlite3'}"
        else:
            url = _created(template="template1")
            template = cls(folder, name=_name(url))
        done = Installation(_settings(DATABASE_URL=url, MEDIA_ROOT=str(folder / "media"))).run("migrate")
        assert done.returncode == 0, done.stderr
        return template


@contextlib.contextmanager
def installed(folder: Path, template: Template, **more: str) -> Iterator[Installation]:
    """Yield a migrated installation: an SQLite file, or a database of its own on the tests' PostgreSQL."""
    url = template.copy(folder)
    yield Installation(_settings(DATABASE_URL=url, MEDIA_ROOT=str(folder / "media"), **more))
    if ADDRESS in os.environ:
        with psycopg.connect(os.environ[ADDRESS], autocommit=True) as server:
            server.execute(f'DROP DATABASE "{_name(url)}" WITH (FORCE)')


def _settings(**settings: str) -> dict[str, str]:
    named = {"SECRET_KEY": SECRET, "LOG_FORMAT": "json", **settings}
    return {f"CONVERGENCES_{name}": value for name, value in named.items()}


def _created(*, template: str) -> str:
    name = f"installation_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(os.environ[ADDRESS], autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return os.environ[ADDRESS].replace("/postgres?", f"/{name}?")


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]
