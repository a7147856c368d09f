"""The secrets of an application as a page showed them."""

from collections.abc import Sequence

from convergences.foundations.sealing import digest
from convergences.web.panels.facts import SecretLine


def version_of(lines: Sequence[SecretLine]) -> str:
    """Return a word that changes with any secret: what a form sends back to show what it was built on."""
    return digest(" ".join(sorted(line.handle for line in lines)))[:16]
