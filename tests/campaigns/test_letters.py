"""Letters: what they say, that a screen reader can read them, and that words are never taken for drawing."""

import dataclasses
import datetime as dt
import io
from typing import Any

import pypdf
import pytest

from convergences.campaigns.letters import Sender, Sheet, preview, write, write_apart

DAY = dt.date(2026, 10, 5)
SENDER = Sender(
    name="CIG petite couronne",
    address=("1 rue Lucienne-Gérain", "93698 Pantin Cedex"),
    email="designation@cig.example",
    dpo_email="dpo@cig.example",
    place="Pantin",
)
SHEET = Sheet(
    organization="Ville de Clamart",
    siret="21920023500018",
    department="92",
    addressee=("Ville de Clamart", "Monsieur le Maire", "1 place Maurice-Gunsbourg", "92140 Clamart"),
    greeting="Monsieur le Maire,",
    reference="CLM-7Q4X",
    code="4KX7-9QPD",
    url="https://auth.example.fr/designation?reference=CLM-7Q4X",
    deadline=dt.date(2026, 12, 18),
    paragraphs=("Le centre ouvre un portail unique.", "Désignez un ou deux référents."),
    applications=("BIP", "Net-Cotisations"),
    contact="Julien Moreau, 01 56 96 80 80",
)


def _read(document: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(document))


def _words(page: pypdf.PageObject) -> str:
    return " ".join(page.extract_text().replace("\u00a0", " ").split())


def test_a_letter_names_the_employer_the_deadline_and_both_ways_to_answer() -> None:
    letter, form = (_words(page) for page in _read(write([SHEET], SENDER, day=DAY, title="Désignation")).pages)
    for said in ("Monsieur le Maire", "92140 Clamart", "18 décembre 2026", "4KX7-9QPD", "CLM-7Q4X", "Net-Cotisations"):
        assert said in letter
    assert "Julien Moreau" in letter
    for said in ("219 200 235 00018", "Ville de Clamart", "Signature et cachet", "93698 Pantin Cedex"):
        assert said in form


def test_the_form_to_post_back_does_not_hold_the_code() -> None:
    form = _read(write([SHEET], SENDER, day=DAY, title="Désignation")).pages[1]
    assert SHEET.code not in _words(form)


def test_the_document_is_tagged_titled_and_in_french() -> None:
    """ISO 14289-1, sections 7.1 and 7.2: marked content, a title that is shown, a language."""
    document = _read(write([SHEET], SENDER, day=DAY, title="Désignation"))
    root: Any = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"].value is True
    assert str(root["/Lang"]).lower().startswith("fr")
    assert document.metadata is not None
    assert document.metadata.title == "Désignation"
    assert "/StructTreeRoot" in root
    assert b"pdfuaid" in root["/Metadata"].get_data()


def test_each_page_is_a4() -> None:
    for page in _read(write([SHEET], SENDER, day=DAY, title="Désignation")).pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)


@pytest.mark.parametrize("name", ["#panic(1)", "= Titre *gras* $x$", "\\ @ref <b>", '"#image("/etc/passwd")'])
def test_words_of_an_employer_are_shown_and_never_drawn_by(name: str) -> None:
    sheet = dataclasses.replace(SHEET, organization=name)
    form = _words(_read(write([sheet], SENDER, day=DAY, title="Désignation")).pages[1])
    assert "".join(name.split()) in "".join(form.split()).replace("’", "'")


def test_another_process_draws_the_same_letters() -> None:
    pages = _read(
        write_apart([SHEET, dataclasses.replace(SHEET, reference="CLM-0003")], SENDER, day=DAY, title="D")
    ).pages
    assert [_words(page) for page in pages[:2]] == [
        _words(page) for page in _read(write([SHEET], SENDER, day=DAY, title="D")).pages
    ]
    assert len(pages) == 4
    assert "CLM-0003" in _words(pages[2])


def test_no_letter_is_no_document() -> None:
    with pytest.raises(ValueError, match="no letter"):
        write([], SENDER, day=DAY, title="Désignation")


def test_every_font_is_in_the_document_once_whatever_the_number_of_letters() -> None:
    """ISO 14289-1, 7.21.4.1: fonts are embedded."""
    fonts: dict[int, Any] = {}
    for page in _read(write([SHEET] * 3, SENDER, day=DAY, title="Désignation")).pages:
        used: Any = page["/Resources"]["/Font"]  # type: ignore[index]
        fonts |= {used.raw_get(name).idnum: used[name]["/DescendantFonts"][0]["/FontDescriptor"] for name in used}
    assert len(fonts) == 3
    assert all(font.keys() & {"/FontFile2", "/FontFile3"} for font in fonts.values())


@pytest.mark.parametrize("name", ["Ville 漢字", "Ville \x01\ufffe😀", "Œuvre de Łódź à 3 €, Ώ Я №"])
def test_a_sign_that_no_font_draws_keeps_no_letter_from_being_made(name: str) -> None:
    """ISO 14289-1, 7.21.8: typst refuses a document where such a sign remains."""
    sheet = dataclasses.replace(SHEET, organization=name, addressee=(name,), paragraphs=(name,), contact=name)
    assert "Ville ?" in _words(_read(write([sheet], SENDER, day=DAY, title=name)).pages[1]) or "Łódź" in name


def test_each_letter_names_its_own_correspondant() -> None:
    sheets = [SHEET, dataclasses.replace(SHEET, contact="Anne Petit, 01 02 03 04 05")]
    pages = _read(write(sheets, SENDER, day=DAY, title="Désignation")).pages
    assert ["Anne Petit" in _words(pages[number]) for number in (0, 2)] == [False, True]


def test_a_long_text_stays_on_its_letter_and_the_form_begins_a_page() -> None:
    sheet = dataclasses.replace(SHEET, paragraphs=("Une phrase assez longue pour remplir. " * 60,) * 2)
    pages = _read(write([sheet], SENDER, day=DAY, title="Désignation")).pages
    assert _words(pages[-1]).startswith("CONVERGENCES Référence")


def test_what_will_leave_can_be_looked_at() -> None:
    pages = preview(SHEET, SENDER, day=DAY)
    assert len(pages) == 2
    assert all(page.startswith(b"\x89PNG") for page in pages)


def test_a_trace_does_not_show_the_code() -> None:
    assert SHEET.code not in repr(SHEET)
