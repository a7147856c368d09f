"""A list of employers as a file: read with indulgence, compared, confirmed; nothing before, all or nothing then."""

import io
import zipfile
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from stdnum import luhn

from convergences.audit.models import AuditEvent
from convergences.directory.models import Organization
from tests.cast import Cast
from tests.employers.pages import LIST, julien
from tests.team.pages import value_of, words

pytestmark = pytest.mark.database
IMPORT = "/espace-cig/importer-des-employeurs"
NEW = "21930008400015;Ville de Bobigny;Commune;Affilié;93\n"
HEAD = "SIRET;Nom;Nature;Lien;Département\n"


def _send(browser: Client, content: str | bytes, name: str = "liste.csv") -> Any:
    raw = content.encode() if isinstance(content, str) else content
    return browser.post(IMPORT, {"file": SimpleUploadedFile(name, raw)})


def _confirm(browser: Client, shown: Any) -> Any:
    return browser.post(IMPORT, {"rows": value_of(shown, "rows"), "mark": value_of(shown, "mark")})


def _book(*lines: list[Any]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    for number, line in enumerate(lines):
        sheet.write_row(number, 0, line)
    book.close()
    return file.getvalue()


def test_nothing_is_written_before_the_list_is_confirmed(cast: Cast) -> None:
    browser = julien(cast)
    before = list(Organization.objects.order_by("pk").values())
    shown = _send(browser, HEAD + NEW + "21930055500014;Pantin;;;\n21930063900016;;;;\n")
    told = words(shown)
    assert "1 à ajouter, 1 à modifier, 1 sans changement, 0 à corriger" in told
    assert "Nom : « Ville de Pantin » devient « Pantin »" in told
    assert list(Organization.objects.order_by("pk").values()) == before
    assert _confirm(browser, shown)["Location"] == LIST
    assert Organization.objects.get(siret="21930008400015").key == "ville-de-bobigny"
    cast.pantin.refresh_from_db()
    assert (cast.pantin.name, cast.pantin.kind, cast.pantin.department) == ("Pantin", "commune", "93")
    acts = AuditEvent.objects.filter(actor_id=cast.julien.agent_id).order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["directory.organization_created", "directory.organization_modified"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("21930008400016;Bobigny;Commune;Affilié;93", "Ce numéro SIRET n'existe pas"),
        ("2193000840001;Bobigny;Commune;Affilié;93", "Le numéro SIRET compte 14 chiffres"),
        (";Bobigny;Commune;Affilié;93", "Le numéro SIRET compte 14 chiffres"),
        ("21930008400015;Bobigny;;Affilié;", "Pour un nouvel employeur, il manque : Nature, Département"),
        ("21930008400015;Bobigny;Château;Affilié;93", "Choisissez la nature"),
        ("21930008400015;Bobigny;Commune;Affilié;00", "numéro du département"),
        ("21930008400015;Bobigny;Centre de gestion;Centre;93", "Un centre de gestion ne se déclare pas"),
        ("21930055500014;Pantin;Centre de gestion;Centre;93", "Un centre de gestion ne se déclare pas"),
        ("28930001400015;CIG;Commune;Affilié;93", "Un centre de gestion ne se déclare pas"),
        (NEW + NEW, "déjà plus haut dans le fichier"),
    ],
)
def test_one_wrong_line_keeps_all_the_others_out(cast: Cast, line: str, why: str) -> None:
    browser, good = julien(cast), "21930007600011;Ville des Lilas;Ville;affiliée;93\n"
    shown = _send(browser, HEAD + good + line)
    assert why in words(shown)
    assert "Enregistrer tout" not in words(shown)
    assert _confirm(browser, shown).status_code == 422
    assert Organization.objects.count() == 3


@pytest.mark.parametrize(
    "head",
    ["N° SIRET;Collectivité;Type;Affiliation;Dép.", "siret;RAISON SOCIALE;catégorie;statut;DEPARTEMENT",
     " Numéro  SIRET ;Nom de l’employeur;nature;lien avec le centre;dept"],
)  # fmt: skip
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1252"])
def test_headings_typed_again_separators_and_codings_are_understood(
    cast: Cast, head: str, separator: str, coding: str
) -> None:
    content = f"{head}\n{NEW}".replace(";", separator).encode(coding)
    assert "1 à ajouter, 0 à modifier" in words(_send(julien(cast), content))


def test_a_spreadsheet_whose_siret_is_a_number_is_understood(cast: Cast) -> None:
    line = [21930008400015, "Ville de Bobigny", "Commune", "Affilié", 93, "ville de pantin", "Julien Moreau"]
    head = ["SIRET", "Nom", "Nature", "Lien", "Département", "Rattaché à", "Correspondant", "Couleur"]
    browser = julien(cast)
    shown = _send(browser, _book(head, line), "liste.xlsx")
    assert "Couleur" in words(shown)
    _confirm(browser, shown)
    made = Organization.objects.get(siret="21930008400015")
    assert (made.department, made.parent, made.correspondent) == ("93", cast.pantin, cast.julien.agent)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_exported_file_sent_back_changes_nothing(cast: Cast, form: str) -> None:
    Organization.objects.filter(pk=cast.pantin.pk).update(
        authority_name="=Ève", authority_address="1 place", parent=cast.romainville, correspondent=cast.julien.agent
    )
    browser = julien(cast)
    answer = browser.get(f"{LIST}.{form}")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert "0 à ajouter, 0 à modifier, 3 sans changement, 0 à corriger" in words(_send(browser, content))


def _bomb() -> bytes:
    content = io.BytesIO(_book(["SIRET"], ["1"]))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/more.xml", b"\0" * (60 * 1024 * 1024))
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"SIRET\n", b"Nom;Nature\nPantin;Commune\n", b"SIRET;N SIRET\n1;2\n", b"PK\x03\x04 not a zip", b"\x00\x01",
     b"%PDF-1.7\n1\n", b"SIRET;" + b"x;" * 60 + b"\n1\n", b"SIRET\n" + b"1\n" * 1200, b"SIRET\n" + b"a" * 3_000_000,
     b'SIRET\n"' + b"a" * 200_000],
)  # fmt: skip
def test_a_file_that_is_no_list_is_refused(cast: Cast, content: bytes) -> None:
    assert _send(julien(cast), content).status_code == 422


def test_a_bomb_is_refused(cast: Cast) -> None:
    assert len(_bomb()) < 2_000_000
    assert "Ce fichier ne peut pas être lu" in words(_send(julien(cast), _bomb(), "liste.xlsx"))


@pytest.mark.parametrize("rows", ["", "[]", "{}", "null", "[1]", '[{"key":"x"}]', '[{"siret":1}]', "[" * 100_000])
def test_lines_forged_on_the_way_back_write_nothing(cast: Cast, rows: str) -> None:
    assert julien(cast).post(IMPORT, {"rows": rows, "mark": ""}).status_code == 422
    assert Organization.objects.count() == 3


def test_a_change_made_meanwhile_is_shown_before_anything_is_written(cast: Cast) -> None:
    browser = julien(cast)
    shown = _send(browser, HEAD + NEW + "21930055500014;Pantin;;;\n")
    Organization.objects.filter(pk=cast.pantin.pk).update(name="Commune de Pantin")
    again = _confirm(browser, shown)
    assert again.status_code == 422
    assert "« Commune de Pantin » devient « Pantin »" in words(again)
    assert Organization.objects.count() == 3
    assert _confirm(browser, again).status_code == 302


def test_a_list_confirmed_twice_is_written_once(cast: Cast) -> None:
    browser = julien(cast)
    shown = _send(browser, HEAD + NEW)
    assert _confirm(browser, shown).status_code == 302
    assert _confirm(browser, shown).status_code == 422
    assert Organization.objects.filter(siret="21930008400015").count() == 1


def test_scripts_in_a_file_are_texts(cast: Cast) -> None:
    shown = _send(julien(cast), 'SIRET;Nom;<script>\n21930055500014;"<script>alert(1)</script>";x\n')
    assert "<script>alert" not in shown.content.decode()
    assert "alert(1)" in words(shown)


def test_a_long_list_is_compared_in_the_queries_of_a_short_one(cast: Cast) -> None:
    def queries(lines: int) -> int:
        content = "SIRET;Nom;Rattaché à\n" + "21930055500014;Pantin;Ville de Romainville\n" * lines
        browser = julien(cast)
        with CaptureQueriesContext(connection) as captured:
            _send(browser, content)
        return len(captured)

    assert queries(1) == queries(900)


def test_employers_of_one_name_in_one_file_have_each_a_handle(cast: Cast) -> None:
    browser, other = julien(cast), NEW.replace("21930008400015", "21930007600011")
    assert _confirm(browser, _send(browser, HEAD + NEW + other)).status_code == 302
    made = Organization.objects.filter(name="Ville de Bobigny").order_by("key")
    assert [each.key for each in made] == ["ville-de-bobigny", "ville-de-bobigny-2"]


def test_a_long_list_is_written_in_as_many_queries_a_line_as_a_short_one(cast: Cast) -> None:
    def queries(count: int, first: int) -> int:
        browser, lines = julien(cast), [f"{siret};Commune;Commune;Affilié;93" for siret in _sirets(first, count)]
        shown = _send(browser, HEAD + "\n".join(lines))
        with CaptureQueriesContext(connection) as captured:
            assert _confirm(browser, shown).status_code == 302
        return len(captured)

    one, two = queries(1, 100_000_000), queries(2, 200_000_000)
    assert queries(40, 300_000_000) - one == 39 * (two - one)


def _sirets(first: int, count: int) -> list[str]:
    sirens = (number for number in range(first, first + 20 * count) if luhn.is_valid(str(number)))
    return [_siret(str(siren)) for _, siren in zip(range(count), sirens, strict=False)]


def _siret(siren: str) -> str:
    return next(number for nic in range(10, 20) if luhn.is_valid(number := f"{siren}000{nic}"))


def test_a_cell_that_says_so_empties_what_is_known_and_an_empty_one_leaves_it(cast: Cast) -> None:
    Organization.objects.filter(pk=cast.pantin.pk).update(
        authority_name="Ève Martin", authority_title="Maire", parent=cast.romainville, correspondent=cast.julien.agent
    )
    head = "SIRET;Nom de l’autorité;Titre;Rattaché à;Correspondant;Domaines\n"
    browser = julien(cast)
    shown = _send(browser, f"{head}21930055500014;(vide);;(VIDE);(vide);(vide)\n")
    told = words(shown)
    assert "Nom de l'autorité : « Ève Martin » est vidé" in told
    assert "Titre" not in told
    _confirm(browser, shown)
    cast.pantin.refresh_from_db()
    emptied = (cast.pantin.authority_name, cast.pantin.parent, cast.pantin.correspondent, cast.pantin.email_domains)
    assert emptied == ("", None, None, [])
    assert cast.pantin.authority_title == "Maire"


@pytest.mark.parametrize("column", ["Nom", "Nature", "Lien", "Département", "SIRET"])
def test_what_an_employer_cannot_be_without_is_not_emptied(cast: Cast, column: str) -> None:
    cells = {"SIRET": "21930055500014", column: "(vide)"}
    shown = _send(julien(cast), f"{';'.join(cells)};\n{';'.join(cells.values())};\n")
    assert "1 à corriger" in words(shown)


def test_a_department_is_understood_by_its_name(cast: Cast) -> None:
    browser = julien(cast)
    shown = _send(browser, "SIRET;Département\n21930055500014;hauts de seine\n21930063900016;1\n")
    assert "Département : « Seine-Saint-Denis (93) » devient « Hauts-de-Seine (92) »" in words(shown)
    _confirm(browser, shown)
    assert dict(Organization.objects.values_list("key", "department")) == {
        "cig": "93",
        "pantin": "92",
        "romainville": "01",
    }
