"""From a file that anybody may send to a photo that everybody may be shown: drawn again, by another process."""

from typing import BinaryIO

from convergences.directory.errors import BadPhoto
from convergences.foundations import pictures

MAX_BYTES = 5 * 1024 * 1024
SIDE = 512
CONTENT_TYPE = "image/webp"
_REFUSED = {
    pictures.TOO_LARGE: "Cette photo a trop de pixels : 40 millions au plus. Choisissez-en une plus petite.",
    pictures.MOVES: "Cette image est animée. Choisissez une photo fixe.",
    pictures.UNREADABLE: "Ce fichier n'est pas une photo lisible. Choisissez une image JPEG, PNG ou WebP.",
}


def squared(upload: BinaryIO, size: int) -> bytes:
    """Return the photo upright, cut to its central square of 512 pixels, as WebP without metadata.

    `size` is what the sender says; the bytes are counted all the same. Raises `BadPhoto`, and nothing else.
    """
    content = upload.read(MAX_BYTES + 1)
    if size > MAX_BYTES or len(content) > MAX_BYTES:
        raise BadPhoto("Cette photo est trop lourde : 5 Mo au plus. Choisissez-en une plus légère.")
    if not content:
        raise BadPhoto("Choisissez une photo.")
    return pictures.drawn_again(content, pictures.Drawing("WEBP", SIDE, square=True), _refusal)


def _refusal(word: str) -> BadPhoto:
    return BadPhoto(_REFUSED.get(word, _REFUSED[pictures.UNREADABLE]))
