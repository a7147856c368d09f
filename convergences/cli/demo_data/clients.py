"""The demo's applications: processes of their own, on the ports that follow the portal's."""

from dataclasses import dataclass

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Client:
    """A real client of the portal. `key` names its package, its variables and its files."""

    key: str
    name: str
    rank: int
    has_secret: bool = True

    def port(self, of_portal: int) -> int:
        """Return its port."""
        return of_portal + self.rank

    @property
    def secret_file(self) -> str:
        """The name of the file that holds the secret it shares with the portal."""
        return f"{self.key}-secret"


CLIENTS = (
    Client("bip", "BIP", 1),
    Client("rdv", "RDV emploi public", 2, has_secret=False),
    Client("commission", "Commission de réforme", 3),
)
