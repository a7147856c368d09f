"""The pages of a PDF, written again in another process (`foundations.sandbox`).

A megabyte may hold minutes of work for who reads it: streams inflate a thousand times. Seconds and memory are counted.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

from convergences.campaigns.errors import BadScan
from convergences.foundations import sandbox

LONGEST = 20 * 1024 * 1024  # of what is written
MAX_PAGES = 10
MAX_OBJECTS = 5_000
SECONDS = 10  # of processor: a hundred times what a scanner's file takes
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
# In the dictionary of a stream: its bytes, or what it shows, lie in another file or in a program (7.3.8, 8.8, 8.10.4).
_ELSEWHERE = frozenset(["/F", "/FFilter", "/OPI", "/PS", "/Ref"])
UNREADABLE = "Ce fichier n'est ni un PDF ni une photo lisible. Choisissez un PDF, ou une image JPEG, PNG ou WebP."
_ACTS = (
    "Ce PDF contient autre chose que des pages : un programme, un fichier joint ou un formulaire. "
    "Imprimez-le et numérisez-le."
)


def pages_again(content: bytes) -> bytes:
    """Return a document of the same pages and nothing else. Raises `BadScan`, and `Crashed` from who reads it."""
    return sandbox.run(__name__, content, BadScan, seconds=SECONDS)


def _written(content: bytes) -> bytes:
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
    if len(written) > LONGEST:
        raise BadScan(UNREADABLE)
    return written


def _check_still(reader: PdfReader) -> None:
    """Refuse what acts, wherever it hides: in any object of the file, reached from a page or not."""
    numbers = {(number, generation) for generation, found in reader.xref.items() for number in found}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > MAX_OBJECTS:
        raise BadScan(UNREADABLE)
    objects = (reader.get_object(IndirectObject(number, generation, reader)) for number, generation in sorted(numbers))
    for found in (reader.trailer, *objects):
        if any(name in _ACTIVE for name in _names(found)):
            raise BadScan(_ACTS)
        if isinstance(found, StreamObject) and not _ELSEWHERE.isdisjoint(found):
            raise BadScan(_ACTS)


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


if __name__ == "__main__":
    sandbox.serve(_written)
