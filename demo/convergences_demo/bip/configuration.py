"""What an operator of BIP says on the command line or in the environment."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Configuration:
    """Where BIP listens, and which portal it trusts."""

    host: str
    port: int
    base_url: str
    issuer: str
    client_id: str
    client_secret: str
    recheck: int
    refresh_margin: int


_in_use: list[Configuration] = []


def use(chosen: Configuration) -> None:
    """Make this the configuration of the process."""
    _in_use[:] = [chosen]


def in_use() -> Configuration:
    """Return the configuration of the process."""
    return _in_use[0]


def read(arguments: Sequence[str] | None = None) -> Configuration:
    """Read the arguments, each of which has an environment variable as default; leaves with a message if one lacks.

    The secret is best given by `BIP_CLIENT_SECRET` or `BIP_CLIENT_SECRET_FILE`: arguments are seen by everybody here.
    """
    given = _parser().parse_args(arguments)
    base_url = given.base_url or f"http://{given.host}:{given.port}"
    return Configuration(
        host=given.host,
        port=given.port,
        base_url=base_url.rstrip("/"),
        issuer=given.issuer.rstrip("/"),
        client_id=given.client_id,
        client_secret=given.client_secret,
        recheck=given.recheck,
        refresh_margin=given.refresh_margin,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="convergences_demo.bip", description="BIP, application of the demo")
    parser.add_argument("--host", default=_environment("HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(_environment("PORT", "8001")))
    parser.add_argument("--base-url", default=_environment("BASE_URL"), help="address that browsers use")
    parser.add_argument("--issuer", default=_environment("ISSUER", "http://127.0.0.1:8000"), help="the portal")
    parser.add_argument("--client-id", default=_environment("CLIENT_ID", "bip"))
    parser.add_argument("--client-secret", default=_environment("CLIENT_SECRET"))
    parser.add_argument(
        "--recheck", type=int, default=int(_environment("RECHECK", "60")), help="seconds between two questions to it"
    )
    parser.add_argument(
        "--refresh-margin",
        type=int,
        default=int(_environment("REFRESH_MARGIN", "60")),
        help="seconds before its end that an access token is renewed",
    )
    return parser


def _environment(name: str, default: str = "") -> str:
    path = os.environ.get(f"BIP_{name}_FILE")
    return Path(path).read_text().strip() if path else os.environ.get(f"BIP_{name}", default)
