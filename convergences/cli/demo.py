"""`convergences demo`: the whole product on this machine, with invented people and a real client of each protocol."""

import os
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType

import click
import django

from convergences.cli.demo_data.clients import CLIENTS, HOST, Client
from convergences.cli.demo_data.files import APPLICATIONS, PASSWORD, Place, edition, lay
from convergences.cli.demo_data.folder import Filled, Folder, default_path
from convergences.cli.demo_data.processes import Crew, Program, Stopped
from convergences.cli.demo_data.programs import describe_applications, programs
from convergences.foundations import clock

PEOPLE = (
    ("nadia.ferhat@pantin.example", "Nadia Ferhat, référente de la Ville de Pantin"),
    ("moussa.diarra@pantin.example", "Moussa Diarra, référent, à qui toutes les applications sont ouvertes"),
    ("claire.nguyen@pantin.example", "Claire Nguyen, agent de la Ville de Pantin"),
    ("samira.haddad@pantin.example", "Samira Haddad, agent de deux employeurs"),
    ("denis.pereira@vitry.example", "Denis Pereira, référent de deux organisations"),
    ("bruno.keller@malakoff.example", "Bruno Keller, référent, dont les places sur BIP sont prises"),
    ("mathilde.roussel@valdemarne.example", "Mathilde Roussel, référente d'un abonné à BIP"),
    ("julien.moreau@cig.example", "Julien Moreau, correspondant du CIG : la campagne de désignation en cours"),
    ("anne-laure.petit@cig.example", "Anne-Laure Petit, administratrice technique du CIG : le catalogue"),
    ("sophie.delorme@pantin.example", "Sophie Delorme, dont la première visite reste à faire"),
)


@click.command("demo", short_help="Démarrer la démonstration complète.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(1024, 65535 - len(CLIENTS)),
    help="Port du portail ; ses applications prennent les suivants.",
)
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Dossier des données.")
@click.option("--reset", is_flag=True, help="Repartir de zéro : efface ce que la démonstration a écrit.")
def command(port: int, data: Path | None, reset: bool) -> None:  # noqa: FBT001 - click's options
    """Démarre le portail, le travail de fond et sept applications sur cette machine, avec des personnes inventées.

    Ctrl-C arrête tout. Rien ne sort de cette machine : les courriers se lisent sur une page.
    """
    started = time.monotonic()
    folder = Folder((data or default_path()).absolute())
    for number in (port, *(client.port(port) for client in CLIENTS)):
        _refuse_taken(number)
    folder.path.mkdir(parents=True, exist_ok=True)
    with folder.held():
        if reset:
            folder.reset()
        folder.prepare()
        place = _filled(folder, port)
        _run(folder, place, started)


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise click.ClickException(
                f"Le port {port} est déjà pris. Arrêtez ce qui l'occupe, ou choisissez-en un autre : "
                "convergences demo --port 8100 (ou make run PORT=8100). Les applications prennent les ports suivants."
            ) from error


def _filled(folder: Folder, port: int) -> Place:
    """Fill the folder where it is not yet; return the demo's addresses and first day."""
    present = folder.filled()
    wanted = Filled(edition(), present.day if present else clock.today(), port)
    place = Place(port=port, day=wanted.day)
    os.environ.update(folder.environment(place.portal))
    if present == wanted:
        return place
    click.echo("Mise en place de la démonstration…")
    describe_applications(folder, place)
    paths = lay(folder.path / "files", place)
    if present and present.edition == wanted.edition:  # another port: only addresses change
        paths = [path for path in paths if path.name == APPLICATIONS]
    django.setup()
    # Django's models can be read only now that the settings are known.
    from convergences.cli.demo_data.filling import fill

    fill(paths)
    folder.note(wanted)
    return place


def _start(crew: Crew, programs: list[Program]) -> None:
    """Start what people wait for, and wait until it answers; then the rest, which would only have slowed it."""
    for program in programs:
        if program.answers_at:
            crew.start(program)
    crew.wait_until_ready()
    for program in programs:
        if not program.answers_at:
            crew.start(program)


def _run(folder: Folder, place: Place, started: float) -> None:
    crew = Crew()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        _start(crew, programs(folder, place))
        _present(folder, place, time.monotonic() - started)
        while True:
            gone = crew.check()
            if gone:
                click.echo(f"{gone.sentence()}\nLe reste continue. Ctrl-C, puis relancez, pour le retrouver.", err=True)
            time.sleep(0.2)
    except KeyboardInterrupt:
        click.echo("\nArrêt…")
    except Stopped as stopped:
        raise click.ClickException(f"{stopped.sentence()}\nTout est arrêté.") from stopped
    except TimeoutError as late:
        raise click.ClickException(f"{late} ne répond pas. Voyez ses messages dans {folder.logs}.") from late
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # a second Ctrl-C must not leave anybody behind
        crew.stop()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _lack(client: Client) -> str:
    return "" if client.is_installed else "   non installée : pip install 'convergences[demo]'"


def _present(folder: Folder, place: Place, seconds: float) -> None:
    """Say where the demo is, and as whom one may sign in."""
    width = max(len(email) for email, _ in PEOPLE)
    names = max(len(client.name) for client in CLIENTS)
    lines = [
        f"Convergences est prêt ({seconds:.1f} s).",
        "",
        f"  {'Portail':{names}}  {place.portal}/",
        f"  {'Courriers':{names}}  {place.portal}/courrier   ce que la démonstration envoie se lit ici",
        *(f"  {client.name:{names}}  {place.address(client)}/{_lack(client)}" for client in CLIENTS),
        "",
        f"Mot de passe de tous : {PASSWORD}",
        "",
        *(f"  {email:{width}}  {who}" for email, who in PEOPLE),
        "",
        f"Données et messages : {folder.path}. Ctrl-C arrête tout.",
    ]
    click.echo("\n".join(lines))
    sys.stdout.flush()
