"""Where an application of the hall stands, and which portal it trusts."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """An application's place. `key` names its package, its cookie and its files; `data` is where it keeps its own."""

    key: str
    name: str
    host: str
    port: int
    portal: str
    data: Path

    @property
    def base_url(self) -> str:
        """The address that browsers use."""
        return f"http://{self.host}:{self.port}"


NAMES = {
    "cotisations": "Net-Cotisations",
    "site": "Espace réservé du CIG",
    "octime": "Octime",
    "snapi": "SNAPI-CAP",
}
