"""`python -m convergences_demo.hall`: serves the applications of the hall until interrupted."""

import argparse
import os
import sys
import threading
from importlib import import_module
from pathlib import Path

from django.conf import settings

from convergences_demo.hall import missing
from convergences_demo.hall.place import NAMES, Place
from convergences_demo.hall.web import Site
from convergences_demo.house.listening import Local, Quiet, Server

# SNAPI-CAP's own: only the server in front of it comes there.
SOCKET = "snapi.sock"


def main() -> int:
    """Listen everywhere at once, then learn what to answer: whoever comes meanwhile waits a little."""
    places = _places()
    try:
        servers = [_listening(place) for place in places]
    except OSError as error:
        sys.stderr.write(f"Les applications ne peuvent pas écouter : {error}.\n")
        return 2
    settings.configure(LANGUAGE_CODE="fr", USE_I18N=False, TIME_ZONE="Europe/Paris", USE_TZ=True, LOGGING_CONFIG=None)
    for server, place in zip(servers, places, strict=True):
        server.set_app(_application(place))
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    return 0


def _listening(place: Place) -> Server:
    if place.key != "snapi":
        return Server((place.host, place.port), Quiet)
    place.data.mkdir(parents=True, exist_ok=True)
    os.chdir(place.data)
    return Local(SOCKET)


def _application(place: Place) -> Site:
    try:
        built: Site = import_module(f"convergences_demo.{place.key}.application").build(place)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("convergences_demo"):
            raise
        return missing.build(place, error.name or "")
    return built


def _places() -> list[Place]:
    parser = argparse.ArgumentParser(prog="convergences_demo.hall", description="Applications of the demo")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--portal", default="http://127.0.0.1:8000")
    parser.add_argument("--data", type=Path, required=True, help="folder where they keep what is theirs")
    for key, name in NAMES.items():
        parser.add_argument(f"--{key}", type=int, metavar="PORT", help=f"port of {name}; without it, not served")
    given = parser.parse_args()
    ports = {key: getattr(given, key) for key in NAMES}
    portal = given.portal.rstrip("/")
    return [
        Place(key, NAMES[key], given.host, port, portal, given.data.absolute()) for key, port in ports.items() if port
    ]


if __name__ == "__main__":
    sys.exit(main())
