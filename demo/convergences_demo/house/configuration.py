"""What an application is, and what its operator says on the command line or in the environment."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Application:
    """One of the demo's applications. `key` names its package, its cookie, its variables and its client.

    `acr`: how strongly its users must have signed in, in the portal's words; `max_age`: since how many seconds at most.
    """

    key: str
    name: str
    port: int
    acr: str = ""
    max_age: int = 0


@dataclass(frozen=True, slots=True)
class Configuration:
    """Where an application listens, and which portal it trusts."""

    application: Application
    host: str
    port: int
    base_url: str
    issuer: str
    client_id: str
    client_secret: str
    acr: tuple[str, ...]
    max_age: int
    recheck: int
    refresh_margin: int


_in_use: list[Configuration] = []


def use(chosen: Configuration) -> None:
    """Make this the configuration of the process."""
    _in_use[:] = [chosen]


def in_use() -> Configuration:
    """Return the configuration of the process."""
    return _in_use[0]


def read(application: Application, arguments: Sequence[str] | None = None) -> Configuration:
    """Read the arguments, each of which has an environment variable as default; leaves with a message if one lacks.

    The secret is best given by `…_CLIENT_SECRET` or `…_CLIENT_SECRET_FILE`: arguments are seen by everybody here.
    """
    given = _parser(application).parse_args(arguments)
    base_url = given.base_url or f"http://{given.host}:{given.port}"
    return Configuration(
        application=application,
        host=given.host,
        port=given.port,
        base_url=base_url.rstrip("/"),
        issuer=given.issuer.rstrip("/"),
        client_id=given.client_id,
        client_secret=given.client_secret,
        acr=tuple(given.acr.split()),
        max_age=given.max_age,
        recheck=given.recheck,
        refresh_margin=given.refresh_margin,
    )


def _parser(application: Application) -> argparse.ArgumentParser:
    key = application.key

    def default(name: str, otherwise: str = "") -> str:
        return _environment(key, name, otherwise)

    parser = argparse.ArgumentParser(
        prog=f"convergences_demo.{key}", description=f"{application.name}, application of the demo"
    )
    parser.add_argument("--host", default=default("HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=default("PORT", str(application.port)))
    parser.add_argument("--base-url", default=default("BASE_URL"), help="address that browsers use")
    parser.add_argument("--issuer", default=default("ISSUER", "http://127.0.0.1:8000"), help="the portal")
    parser.add_argument("--client-id", default=default("CLIENT_ID", key))
    parser.add_argument("--client-secret", default=default("CLIENT_SECRET"))
    parser.add_argument("--acr", default=default("ACR", application.acr), help="one of these is required")
    parser.add_argument(
        "--max-age", type=int, default=default("MAX_AGE", str(application.max_age)), help="of a sign-in; 0: any"
    )
    parser.add_argument("--recheck", type=int, default=default("RECHECK", "60"), help="seconds between two questions")
    parser.add_argument(
        "--refresh-margin", type=int, default=default("REFRESH_MARGIN", "60"), help="seconds before a token's end"
    )
    return parser


def _environment(key: str, name: str, default: str) -> str:
    variable = f"{key.upper()}_{name}"
    path = os.environ.get(f"{variable}_FILE")
    return Path(path).read_text().strip() if path else os.environ.get(variable, default)
