"""Scans that are not what they say: whatever is kept was drawn again, and whatever acts is refused."""

import io
import zlib
from collections.abc import Callable

import pypdf
import pytest
from PIL import Image
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from convergences.campaigns import scanned_pages, scans
from convergences.campaigns.errors import BadScan


def _picture(kind: str = "JPEG", size: tuple[int, int] = (60, 80), **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind, **options)
    return out.getvalue()


def _pdf(change: Callable[[pypdf.PdfWriter], object] = lambda _writer: None, pages: int = 1) -> bytes:
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _verified(content: bytes) -> scans.Scan:
    return scans.verified(io.BytesIO(content), len(content))


def _refused(content: bytes) -> str:
    with pytest.raises(BadScan) as refusal:
        _verified(content)
    return refusal.value.sentence


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_again_as_jpeg(kind: str) -> None:
    kept = _verified(_picture(kind))
    with Image.open(io.BytesIO(kept.content)) as drawn:
        assert (drawn.format, drawn.size, kept.extension) == ("JPEG", (60, 80), "jpg")


def test_nothing_hidden_behind_a_picture_is_kept() -> None:
    tail = b"PK\x03\x04<script>alert(1)</script>"
    place = Image.Exif()
    place[0x010E] = "chez moi"
    kept = _verified(_picture(exif=place) + tail)
    assert b"script" not in kept.content
    assert b"chez moi" not in kept.content


def test_a_picture_lying_on_its_side_is_turned() -> None:
    side = Image.Exif()
    side[0x0112] = 6
    with Image.open(io.BytesIO(_verified(_picture(exif=side)).content)) as drawn:
        assert drawn.size == (80, 60)


def test_a_pdf_keeps_its_pages_and_nothing_else() -> None:
    def more(writer: pypdf.PdfWriter) -> None:
        writer.add_metadata({"/Author": "Secret Author"})
        writer.add_outline_item(title="Signet", page_number=0)

    kept = _verified(_pdf(more, pages=3))
    found = pypdf.PdfReader(io.BytesIO(kept.content))
    assert (len(found.pages), kept.extension) == (3, "pdf")
    assert b"Secret Author" not in kept.content
    assert "/Outlines" not in found.trailer["/Root"]


def test_notes_and_links_on_a_page_are_left_out() -> None:
    def link(writer: pypdf.PdfWriter) -> None:
        action = DictionaryObject(
            {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): TextStringObject("http://x")}
        )
        note = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): action})
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(note)])

    kept = _verified(_pdf(link))
    assert "/Annots" not in pypdf.PdfReader(io.BytesIO(kept.content)).pages[0]
    assert b"http://x" not in kept.content


def _program(writer: pypdf.PdfWriter) -> None:
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject(script)


def _launch(writer: pypdf.PdfWriter) -> None:
    action = DictionaryObject({NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")})
    writer.pages[0][NameObject("/A")] = action


def _form(writer: pypdf.PdfWriter) -> None:
    writer._root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/XFA"): TextStringObject("<xdp/>")})


def _unreached(writer: pypdf.PdfWriter) -> None:
    writer._add_object(DictionaryObject({NameObject("/S"): NameObject("/JavaScript")}))


@pytest.mark.parametrize(
    "change",
    [
        _program,
        lambda writer: writer.add_attachment("facture.exe", b"MZ"),
        _launch,
        _form,
        _unreached,
    ],
)
def test_a_pdf_that_does_something_is_refused(change: Callable[[pypdf.PdfWriter], object]) -> None:
    assert "autre chose que des pages" in _refused(_pdf(change))


def test_a_program_spelt_in_hexadecimal_is_seen() -> None:
    hidden = _pdf(_unreached).replace(b"/JavaScript", b"/J#61vaScript")
    assert "autre chose que des pages" in _refused(hidden)


def _with_compressed(hidden: bytes) -> bytes:
    """Return a document whose object 5 is in a compressed stream, told by a compressed table (ISO 32000-1, 7.5.7)."""
    packed, out, places = zlib.compress(b"5 0 " + hidden), b"%PDF-1.7\n", []
    for number, body in enumerate(
        (
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject 5 0 R >> >>",
            b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream"
            % (len(packed), packed),
        ),
        1,
    ):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    rows = b"\x00\x00\x00\x00" + b"".join(b"\x01" + place.to_bytes(2, "big") + b"\x00" for place in places)
    rows += b"\x02\x00\x04\x00" + b"\x01" + len(out).to_bytes(2, "big") + b"\x00"
    head = b"6 0 obj\n<< /Type /XRef /Size 7 /W [1 2 1] /Root 1 0 R /Length %d >>\nstream\n" % len(rows)
    return out + head + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % len(out)


def test_a_program_in_a_compressed_object_is_seen() -> None:
    assert _verified(_with_compressed(b"<< /S /Nothing >>")).extension == "pdf"
    assert "autre chose que des pages" in _refused(_with_compressed(b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"))


def test_an_encrypted_pdf_is_refused_and_says_so() -> None:
    assert "mot de passe" in _refused(_pdf(lambda writer: writer.encrypt("secret")))
    assert "mot de passe" in _refused(_pdf(lambda writer: writer.encrypt("", "owner")))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7\n",
        b"%PDF-1.4 <script>alert(1)</script>",
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a" + b"\x00" * 40,
        b"PK\x03\x04" + b"\x00" * 40,
        b"MZ" + b"\x00" * 400,
        _picture()[:200],
        b" " + _pdf(),
    ],
)
def test_what_is_not_a_scan_is_refused(content: bytes) -> None:
    _refused(content)


def test_a_file_too_heavy_is_refused_whatever_size_it_says() -> None:
    with pytest.raises(BadScan):
        scans.verified(io.BytesIO(b"\xff" * (scans.MAX_BYTES + 1)), 12)


def test_a_bomb_of_pixels_is_refused() -> None:
    assert "pixels" in _refused(_picture("PNG", (9000, 9000)))


def test_a_pdf_of_too_many_pages_is_refused() -> None:
    assert "pages" in _refused(_pdf(pages=scanned_pages.MAX_PAGES + 1))
