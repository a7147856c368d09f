"""From a file that a correspondant received to a scan that may be kept, and opened by another.

Nothing of the file remains as it came. A picture is decoded and drawn again; the pages of a PDF are written into a new
document that holds what draws them and nothing else. A PDF that does something, rather than show something, is refused
whole (ISO 32000-1, sections 7.11.4, 12.6, 12.7): a scanner never makes one.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps

from convergences.campaigns.errors import BadScan
from convergences.campaigns.scanned_pages import UNREADABLE, pages_again

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 3508  # A4 at 300 points an inch
FORMATS = ("JPEG", "PNG", "WEBP")


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
    try:
        # The first bytes, and not the name: a reader of PDF would look for its mark anywhere in a picture.
        if content.startswith(b"%PDF-"):
            return Scan(pages_again(content), "pdf")
        return Scan(_drawn_again(content), "jpg")
    except BadScan:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except Exception:  # decoders meet hostile bytes: whatever they raise means « not a scan »
        raise BadScan(UNREADABLE) from None


def _too_large() -> BadScan:
    return BadScan("Cette image a trop de pixels : 40 millions au plus. Choisissez-en une plus petite.")


def _drawn_again(content: bytes) -> bytes:
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:
            raise _too_large()
        if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
            raise BadScan("Cette image est animée. Choisissez une image fixe.")
        image.load()
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), resample=Image.Resampling.LANCZOS)
        drawn = Image.new("RGB", upright.size, "white")
        shown = upright.convert("RGBA") if upright.has_transparency_data else upright.convert("RGB")
        drawn.paste(shown, mask=shown.getchannel("A") if shown.mode == "RGBA" else None)
    out = BytesIO()
    drawn.save(out, "JPEG", quality=85)
    return out.getvalue()
