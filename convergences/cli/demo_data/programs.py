"""The programs that a demo is made of, and how each is started."""

import subprocess
import sys

import click

from convergences.cli.demo_data.clients import CLIENTS, HOST, NAME, Client
from convergences.cli.demo_data.files import Place
from convergences.cli.demo_data.folder import Folder
from convergences.cli.demo_data.processes import Program


def programs(folder: Folder, place: Place) -> list[Program]:
    """Return them all, those that people wait for first (`answers_at`)."""
    environment = folder.environment(place.portal)
    ours = [sys.executable, "-c", "from convergences.cli.main import main; main()"]
    portal = Program(
        "Le portail",
        [*ours, "serve", "--host", HOST, "--port", str(place.port), "--workers", "1", "--migrate"],
        environment,
        folder.logs / "portal.log",
        answers_at=f"{place.portal}/readyz",
    )
    worker = Program("Le travail de fond", [*ours, "worker"], environment, folder.logs / "worker.log")
    alone = [_application(folder, place, client) for client in CLIENTS if not client.in_hall]
    return [portal, *alone, _hall(folder, place), _front(folder, place), worker]


def describe_applications(folder: Folder, place: Place) -> None:
    """Let the applications that speak SAML write what the portal must be given of them."""
    ports = [f"--{client.key}={client.port(place.port)}" for client in CLIENTS if client.key in {"site", "octime"}]
    command = [sys.executable, "-m", "convergences_demo.hall.describe", "--host", NAME, *ports]
    folders = [f"--data={folder.applications}", f"--into={folder.path / 'files'}"]
    done = subprocess.run(  # noqa: S603 - our own command
        [*command, *folders], env=_of_others(folder, place), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise click.ClickException(f"Les applications de la démonstration ne se décrivent pas : {done.stderr}")


def _application(folder: Folder, place: Place, client: Client) -> Program:
    """Return the process of an application, which knows of the portal its address and at most a secret."""
    environment = _of_others(folder, place)
    environment[f"{client.key.upper()}_ISSUER"] = place.portal
    if client.has_secret:
        environment[f"{client.key.upper()}_CLIENT_SECRET_FILE"] = str(folder.secret(client))
    where = ["--host", HOST, "--port", str(client.port(place.port)), "--base-url", place.address(client)]
    return Program(
        client.name,
        [sys.executable, "-m", f"convergences_demo.{client.key}", *where],
        environment,
        folder.logs / f"{client.key}.log",
        answers_at=f"{place.address(client)}/healthz",
        vital=False,
    )


def _hall(folder: Folder, place: Place) -> Program:
    """Return the process that several applications share, one port each."""
    inside = [client for client in CLIENTS if client.in_hall]
    ports = [f"--{client.key}={client.port(place.port)}" for client in inside]
    command = [sys.executable, "-m", "convergences_demo.hall", "--host", NAME, "--portal", place.portal]
    return Program(
        ", ".join(client.name for client in inside),
        [*command, "--data", str(folder.applications), *ports],
        _of_others(folder, place),
        folder.logs / "hall.log",
        vital=False,
    )


def _front(folder: Folder, place: Place) -> Program:
    """Return the web server in front of SNAPI-CAP."""
    (client,) = (client for client in CLIENTS if client.key == "snapi")
    command = [sys.executable, "-m", "convergences_demo.snapi", "--host", NAME, "--portal", place.portal]
    return Program(
        "Le serveur de SNAPI-CAP",
        [*command, "--port", str(client.port(place.port)), "--data", str(folder.applications)],
        _of_others(folder, place),
        folder.logs / "snapi.log",
        vital=False,
    )


def _of_others(folder: Folder, place: Place) -> dict[str, str]:
    """Return the environment of an application: nothing of the portal's own settings."""
    theirs = folder.environment(place.portal).items()
    return {name: value for name, value in theirs if not name.startswith(("CONVERGENCES_", "DJANGO_"))}
