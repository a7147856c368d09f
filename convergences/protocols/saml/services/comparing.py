"""What an application may change of its own description without anybody, and what waits for an engineer.

Whoever holds the address of a description renews keys there: that is what it is for. They do not send answers, with
what they say of agents, to another site; nor do they take off the signature or the encryption that was there.
"""

from collections.abc import Iterator

from convergences.protocols.saml.metadata_in import Described, Endpoint
from convergences.web.panels import addresses


def weaker(known: Described, read: Described) -> str:
    """Return what an engineer must agree to, in French, or nothing."""
    return next(_reasons(known, read), "")


def changed(known: Described, read: Described) -> list[str]:
    """Return the names of what changed, in order."""
    before, after = known.kept(), read.kept()
    return sorted(name for name in after if before.get(name) != after[name])


def _reasons(known: Described, read: Described) -> Iterator[str]:
    for elsewhere in sorted(_origins(read) - _origins(known)):
        yield f"elle mène maintenant à {elsewhere}"
    if known.signs_requests and not read.signs_requests:
        yield "elle dit qu’elle ne signe plus ses demandes"
    if known.signing and not read.signing:
        yield "elle n’a plus de clé de signature"
    if known.encryption and not read.encryption:
        yield "elle n’a plus de clé de chiffrement"


def _origins(described: Described) -> set[str]:
    ends: tuple[Endpoint, ...] = (*described.consumers, *described.logouts)
    places = (place for one in ends for place in (one.location, one.response_location) if place)
    return {addresses.origin(place) for place in places}
