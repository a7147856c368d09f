"""Lays the demo's declarative files in its folder: those of the package, and the invented agents."""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from convergences import __version__
from convergences.cli.demo_data.clients import CLIENTS, NAME, Client
from convergences.cli.demo_data.crowd import invented

PASSWORD = "Douze barques vertes sur le canal"  # noqa: S105 - printed at each start of the demo, opens nothing else
APPLICATIONS = "2-applications.yaml"
TEMPLATES = files("convergences.cli") / "data" / "demo"
_TOKEN = re.compile(r"\$\{(\w+)([+-]\d+)?\}")
_HEAD = "# Des agents inventés, tirés au sort toujours de la même façon.\n"


def edition() -> str:
    """Return what tells these files from those of another version, or of another moment of a checkout."""
    contents = b"".join(entry.read_bytes() for entry in sorted(TEMPLATES.iterdir(), key=lambda entry: entry.name))
    return f"{__version__}-{hashlib.sha256(contents + NAME.encode()).hexdigest()[:12]}"


@dataclass(frozen=True)
class Place:
    """This demo: where its portal and its applications answer, and the day from which it counts."""

    port: int
    day: dt.date

    @property
    def portal(self) -> str:
        """The portal's address."""
        return f"http://{NAME}:{self.port}"

    def address(self, client: Client) -> str:
        """Return where an application answers."""
        return f"http://{NAME}:{client.port(self.port)}"

    def fill(self, text: str) -> str:
        """Return a file's text with days and addresses in place of `${day+9}`, `${portal}`, `${bip}`…"""
        return _TOKEN.sub(self._value, text)

    def _value(self, found: re.Match[str]) -> str:
        if found[1] == "day":
            return (self.day + dt.timedelta(days=int(found[2] or 0))).isoformat()
        addresses = {client.key: self.address(client) for client in CLIENTS}
        hosts = {f"{client.key}_host": f"{NAME}:{client.port(self.port)}" for client in CLIENTS}
        return {"portal": self.portal, **addresses, **hosts}[found[1]]


def lay(folder: Path, place: Place) -> list[Path]:
    """Write the files, and the password that they name; return them in the order to apply them."""
    (folder / "password").write_text(PASSWORD)
    laid = []
    for template in sorted(
        (entry for entry in TEMPLATES.iterdir() if entry.name.endswith(".yaml")), key=lambda e: e.name
    ):
        laid.append(folder / template.name)
        laid[-1].write_text(place.fill(template.read_text(encoding="utf-8")), encoding="utf-8")
    laid.append(folder / "4-agents.yaml")
    _write_crowd(laid[-1], place.day, taken=_addresses(laid[:-1]))
    return laid


def _addresses(paths: list[Path]) -> set[str]:
    return {email for path in paths for email in re.findall(r"- email: (\S+)", path.read_text(encoding="utf-8"))}


def _write_crowd(path: Path, today: dt.date, *, taken: set[str]) -> None:
    agents: list[dict[str, Any]] = invented(TEMPLATES / "crowd.toml", today, taken)  # type: ignore[arg-type]
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.allow_unicode = True
    with path.open("w", encoding="utf-8") as file:
        file.write(_HEAD)
        yaml.dump({"agents": agents}, file)
