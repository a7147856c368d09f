"""The folder where a demo keeps everything: its database, its secrets, its files, its journals."""

import contextlib
import datetime as dt
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from convergences.cli.demo_data.clients import CLIENTS, HOST, Client

_OURS = (
    "demo.json",
    "secret-key",
    "second-factor-key",
    "files",
    "logs",
    "applications",
    "demo-media",
    "static",
    "demo.sqlite3",
    "demo.sqlite3-wal",
    "demo.sqlite3-shm",
)


@dataclass(frozen=True)
class Filled:
    """What a folder was last filled with."""

    edition: str
    day: dt.date
    port: int


@dataclass(frozen=True)
class Folder:
    """A demo's folder. Only what the demo writes there is ever removed from it."""

    path: Path

    @property
    def logs(self) -> Path:
        """Where the processes write what they say."""
        return self.path / "logs"

    @property
    def applications(self) -> Path:
        """Where applications that share a process keep their keys."""
        return self.path / "applications"

    def secret(self, client: Client) -> Path:
        """Return where the secret is that an application and the portal share."""
        return self.path / "files" / client.secret_file

    def prepare(self) -> None:
        """Create the folder and its secrets; raises `ClickException` when it cannot be written."""
        try:
            for path in (self.path, self.logs, self.path / "demo-media", self.path / "files", self.applications):
                path.mkdir(parents=True, exist_ok=True)
            shared = (self.secret(client) for client in CLIENTS if client.has_secret)
            for path in (self.path / "secret-key", self.path / "second-factor-key", *shared):
                _write_secret(path)
        except OSError as error:
            raise click.ClickException(
                f"Le dossier {self.path} ne peut pas être écrit ({error.strerror}). Choisissez-en un autre avec --data."
            ) from error

    def reset(self) -> None:
        """Remove what the demo wrote, and nothing else."""
        for name in _OURS:
            path = self.path / name
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    def filled(self) -> Filled | None:
        """Return what the folder was filled with, or None before the first time has gone to its end."""
        try:
            kept = json.loads((self.path / "demo.json").read_text())
            return Filled(str(kept["edition"]), dt.date.fromisoformat(kept["day"]), int(kept["port"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def note(self, filled: Filled) -> None:
        """Note that all is there, so that the next start has nothing to fill."""
        kept = {"edition": filled.edition, "day": filled.day.isoformat(), "port": filled.port}
        (self.path / "demo.json").write_text(json.dumps(kept))

    def environment(self, portal: str) -> dict[str, str]:
        """Return the settings of the processes. None of this shell's own: a demo never touches a real installation."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CONVERGENCES_")}
        return kept | {
            "CONVERGENCES_BASE_URL": portal,
            "CONVERGENCES_ALLOWED_HOSTS": HOST,  # a bare address still opens the pages; passkeys want the name
            "CONVERGENCES_SECRET_KEY_FILE": str(self.path / "secret-key"),
            "CONVERGENCES_SECOND_FACTOR_KEY_FILE": str(self.path / "second-factor-key"),
            "CONVERGENCES_DATABASE_URL": f"sqlite:///{self.path / 'demo.sqlite3'}",
            "CONVERGENCES_MEDIA_ROOT": str(self.path / "demo-media"),
            "CONVERGENCES_EMAIL_URL": "mailbox:",
            "CONVERGENCES_DEMO": "true",
            "CONVERGENCES_OUTBOUND_NETWORKS": "127.0.0.0/8",
            # The web server in front of SNAPI-CAP says which page is asked for.
            "CONVERGENCES_TRUSTED_PROXIES": "127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "convergences.project.settings",
        }

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for one demo at a time; raises `ClickException` when another runs in it."""
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise click.ClickException(
                    f"Une démonstration tourne déjà dans {self.path}. Arrêtez-la, ou choisissez un autre dossier "
                    "avec --data et un autre port avec --port."
                ) from error
            yield


def default_path() -> Path:
    """Return `./var` in a checkout, else the place that the machine gives to applications' data (XDG)."""
    checkout = Path(__file__).parents[3]
    if (checkout / "pyproject.toml").is_file():
        return checkout / "var"
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "convergences-demo"


def _write_secret(path: Path) -> None:
    if path.exists():
        return
    temporary = path.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
    temporary.rename(path)
