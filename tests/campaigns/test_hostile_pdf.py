"""PDFs made to break who reads them, or to reach elsewhere: they are read in another process, and refused."""

import io
import zlib

import pytest

from convergences.campaigns import scanned_pages, scans
from convergences.campaigns.errors import BadScan

HEAD = (b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"


def _stream(said: bytes, content: bytes) -> bytes:
    return b"<< %b /Length %d >>\nstream\n%b\nendstream" % (said, len(content), content)


def _file(*bodies: bytes) -> tuple[bytes, list[int]]:
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    return out, places


def _with_table(*bodies: bytes) -> bytes:
    out, places = _file(*bodies)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(bodies) + 1, rows)
    return out + head + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(bodies) + 1, len(out))


def _bomb(streams: int = 8, blanks: int = 20 << 20) -> bytes:
    """Return a file whose compressed objects are blanks, a thousand times what they weigh (ISO 32000-1, 7.5.7)."""
    first = 4 + streams
    packed = [zlib.compress(b"%d 0 << /A 1 >>" % (first + n) + b" " * blanks, 1) for n in range(streams)]
    said = b"/Type /ObjStm /N 1 /First %d /Filter /FlateDecode" % len(b"%d 0 " % first)
    out, places = _file(*HEAD, PAGE.replace(b"4 0 R", b"[]"), *(_stream(said, each) for each in packed))
    rows = b"\x00" * 6 + b"".join(b"\x01" + place.to_bytes(4, "big") + b"\x00" for place in places)
    rows += b"".join(b"\x02" + (4 + n).to_bytes(4, "big") + b"\x00" for n in range(streams))
    rows += b"\x01" + len(out).to_bytes(4, "big") + b"\x00"
    number = first + streams
    table = _stream(b"/Type /XRef /Size %d /W [1 4 1] /Root 1 0 R" % (number + 1), rows)
    return out + b"%d 0 obj\n%b\nendobj\nstartxref\n%d\n%%%%EOF" % (number, table, len(out))


def _refused(content: bytes) -> str:
    with pytest.raises(BadScan) as refusal:
        scans.verified(io.BytesIO(content), len(content))
    return refusal.value.sentence


def test_a_pdf_that_inflates_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanned_pages, "SECONDS", 1)
    assert "ni un PDF ni une photo lisible" in _refused(_bomb())
    assert scans.verified(io.BytesIO(_bomb(streams=1, blanks=9)), 0).extension == "pdf"


@pytest.mark.parametrize(
    "said", [b"/F (http://elsewhere.example/x)", b"/Type /XObject /Subtype /Form /Ref << /F (a.pdf) /Page 0 >>"]
)
def test_a_pdf_whose_pages_lie_elsewhere_is_refused(said: bytes) -> None:
    assert "autre chose que des pages" in _refused(_with_table(*HEAD, PAGE, _stream(said, b"q Q")))
    assert scans.verified(io.BytesIO(_with_table(*HEAD, PAGE, _stream(b"", b"q Q"))), 0).extension == "pdf"
