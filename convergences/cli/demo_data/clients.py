"""The demo's applications: processes of their own, on the ports that follow the portal's."""

from dataclasses import dataclass
from importlib.util import find_spec

HOST = "127.0.0.1"  # where they listen
NAME = "localhost"  # how browsers reach them: they keep passkeys for names, and for no bare address


@dataclass(frozen=True)
class Client:
    """A real client of the portal. `key` names its package, its variables and its files.

    `in_hall`: it shares a process with others, started once the portal answers; `needs` is the module without which it
    only says that it is not installed.
    """

    key: str
    name: str
    rank: int
    has_secret: bool = True
    in_hall: bool = False
    needs: str = ""

    def port(self, of_portal: int) -> int:
        """Return its port."""
        return of_portal + self.rank

    @property
    def secret_file(self) -> str:
        """The name of the file that holds the secret it shares with the portal."""
        return f"{self.key}-secret"

    @property
    def is_installed(self) -> bool:
        """Whether what it needs is there."""
        return not self.needs or find_spec(self.needs) is not None


CLIENTS = (
    Client("bip", "BIP", 1),
    Client("rdv", "RDV emploi public", 2, has_secret=False),
    Client("commission", "Commission de réforme", 3),
    Client("cotisations", "Net-Cotisations", 4, has_secret=False, in_hall=True, needs="cas"),
    Client("site", "Site internet", 5, has_secret=False, in_hall=True, needs="onelogin"),
    Client("octime", "Octime", 6, has_secret=False, in_hall=True, needs="onelogin"),
    Client("snapi", "SNAPI-CAP", 7, has_secret=False, in_hall=True),
)
