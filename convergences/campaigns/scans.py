"""From a file that a correspondant received to a scan that may be kept, and opened by another.

Nothing of the file remains as it came. A picture is decoded and drawn again; the pages of a PDF are written into a new
document that holds what draws them and nothing else. A PDF that does something, rather than show something, is refused
whole (ISO 32000-1, sections 7.11.4, 12.6, 12.7): a scanner never makes one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from PIL import Image, ImageOps
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject

from convergences.campaigns.errors import BadScan

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 3508  # A4 at 300 points an inch
MAX_PAGES = 10
MAX_OBJECTS = 5_000
FORMATS = ("JPEG", "PNG", "WEBP")
_ACTIVE = frozenset(
    [
        "/AA",
        "/EmbeddedFile",
        "/EmbeddedFiles",
        "/Filespec",
        "/GoToE",
        "/GoToR",
        "/ImportData",
        "/JS",
        "/JavaScript",
        "/Launch",
        "/Movie",
        "/Rendition",
        "/RichMedia",
        "/RichMediaContent",
        "/Sound",
        "/SubmitForm",
        "/XFA",
    ]
)
_PAGE = frozenset(
    ["/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents", "/Group"]
)
_UNREADABLE = "Ce fichier n'est ni un PDF ni une photo lisible. Choisissez un PDF, ou une image JPEG, PNG ou WebP."


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
            return Scan(_pages_again(content), "pdf")
        return Scan(_drawn_again(content), "jpg")
    except BadScan:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except Exception:  # decoders meet hostile bytes: whatever they raise means « not a scan »
        raise BadScan(_UNREADABLE) from None


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


def _pages_again(content: bytes) -> bytes:
    reader = PdfReader(BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise BadScan("Ce PDF est protégé par un mot de passe. Numérisez le formulaire à nouveau, sans protection.")
    if not 1 <= len(reader.pages) <= MAX_PAGES:
        raise BadScan(f"Ce PDF doit compter de 1 à {MAX_PAGES} pages.")
    _check_still(reader)
    writer = PdfWriter()
    for page in reader.pages:
        for key in [key for key in page if key not in _PAGE]:
            del page[key]
        writer.add_page(page)
    writer.metadata = None
    out = BytesIO()
    writer.write(out)
    written = out.getvalue()
    if len(written) > 2 * MAX_BYTES:
        raise BadScan(_UNREADABLE)
    return written


def _check_still(reader: PdfReader) -> None:
    """Refuse what acts, wherever it hides: in any object of the file, reached from a page or not."""
    numbers = {(number, generation) for generation, found in reader.xref.items() for number in found}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MAX_OBJECTS:
        raise BadScan(_UNREADABLE)
    objects = (reader.get_object(IndirectObject(number, generation, reader)) for number, generation in sorted(numbers))
    for found in (reader.trailer, *objects):
        if any(name in _ACTIVE for name in _names(found)):
            raise BadScan(
                "Ce PDF contient autre chose que des pages : un programme, un fichier joint ou un formulaire. "
                "Imprimez-le et numérisez-le."
            )


def _names(found: Any) -> Iterator[str]:
    """Yield the names in an object, keys and values, without following its references: each object has its turn."""
    left = [found]
    while left:
        each = left.pop()
        if isinstance(each, NameObject):
            yield str(each)
        elif isinstance(each, DictionaryObject):
            yield from (str(key) for key in each)
            left.extend(each.raw_get(key) for key in each)
        elif isinstance(each, ArrayObject):
            left.extend(list.__iter__(each))
