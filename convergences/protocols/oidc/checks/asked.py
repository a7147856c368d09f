"""A request that came through a browser, as the checks find it and complete it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from convergences.protocols.oidc.models import Client, PushedRequest

MAY_REPEAT = "resource"


@dataclass(slots=True)
class Asked:
    """What a client asks. Checks fill the second half, in the order of their table.

    `resumed`: the browser comes back with our proof, from a page that this very request sent it to. `acr` must be had,
    `wished_acr` would be better. `return_to` is empty until the address has been found among the client's: an error may
    travel from then on.
    """

    parameters: Mapping[str, tuple[str, ...]]
    size: int
    client: Client | None = None
    return_to: str = ""
    response_mode: str = "query"
    scope: str = ""
    prompts: frozenset[str] = frozenset()
    max_age: int | None = None
    hint: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, list[str]] = field(default_factory=dict)
    acr: tuple[str, ...] = ()
    wished_acr: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    resumed: bool = False
    pushed: PushedRequest | None = None

    def one(self, name: str) -> str:
        """Return the value of a parameter, or nothing: an empty one counts as absent (RFC 6749, section 3.1)."""
        values = self.parameters.get(name, ())
        return values[0] if values else ""

    def repeated(self) -> Iterable[str]:
        """Return the names that come more than once, but the one that may (`resource`, RFC 8707, section 2)."""
        return (name for name, values in self.parameters.items() if len(values) > 1 and name != MAY_REPEAT)

    @property
    def known_client(self) -> Client:
        """The client, once its check has passed."""
        if self.client is None:
            raise LookupError("the client is read before its check")
        return self.client
