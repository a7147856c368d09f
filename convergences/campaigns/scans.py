"""From a file that a correspondant received to a scan that may be kept, and opened by another.

Nothing of the file remains as it came. A picture is decoded and drawn again; the pages of a PDF are written into a new
document that holds what draws them and nothing else. A PDF that does something, rather than show something, is refused
whole (ISO 32000-1, sections 7.11.4, 12.6, 12.7): a scanner never makes one. Another process does both.
"""

from dataclasses import dataclass
from typing import BinaryIO

from convergences.campaigns.errors import BadScan
from convergences.campaigns.scanned_pages import UNREADABLE, pages_again
from convergences.foundations import pictures, sandbox

MAX_BYTES = 10 * 1024 * 1024
LONGEST_SIDE = 3508  # A4 at 300 points an inch
_REFUSED = {
    pictures.TOO_LARGE: "Cette image a trop de pixels : 40 millions au plus. Choisissez-en une plus petite.",
    pictures.MOVES: "Cette image est animée. Choisissez une image fixe.",
}


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan as it is kept."""

    content: bytes
    extension: str


def verified(upload: BinaryIO, size: int) -> Scan:
    """Return the scan drawn again; `size` is what the sender says, and bytes are counted. Raises `BadScan` only."""
    content = upload.read(MAX_BYTES + 1)
    if size > MAX_BYTES or len(content) > MAX_BYTES:
        raise BadScan(
            "Ce fichier est trop lourd : 10 Mo au plus. Numérisez en noir et blanc, ou à 150 points par pouce."
        )
    if not content:
        raise BadScan("Choisissez le formulaire signé et numérisé.")
    # The first bytes, and not the name: a reader of PDF would look for its mark anywhere in a picture.
    if not content.startswith(b"%PDF-"):
        drawing = pictures.Drawing("JPEG", LONGEST_SIDE, square=False)
        return Scan(pictures.drawn_again(content, drawing, _refusal), "jpg")
    try:
        return Scan(pages_again(content), "pdf")
    except sandbox.Crashed:
        raise BadScan(UNREADABLE) from None


def _refusal(word: str) -> BadScan:
    return BadScan(_REFUSED.get(word, UNREADABLE))
