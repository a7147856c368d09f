"""What is typed about an agent is cleaned, or refused with the field and the remedy."""

import contextlib
import datetime as dt
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from convergences.directory.details import AgentDetails, clean_email, clean_phone
from convergences.directory.errors import DatesInDisorder, InvalidField
from tests.directory.acting import details

LENGTHS = {"given_name": 80, "family_name": 80, "email": 254, "phone": 30, "job_title": 120, "department": 120}
any_text = st.text(max_size=300)
any_day = st.none() | st.dates()


def refusal(**changes: object) -> InvalidField:
    with pytest.raises(InvalidField) as refused:
        details(**changes).cleaned()
    return refused.value


@given(
    st.builds(
        AgentDetails,
        given_name=any_text,
        family_name=any_text,
        email=any_text | st.emails(),
        civility=any_text | st.sampled_from(["", "madam", "sir"]),
        phone=any_text | st.from_regex(r"[+0-9 ().\-/;=extwp#*]{0,40}", fullmatch=True),
        job_title=any_text,
        department=any_text,
        starts_on=any_day,
        ends_on=any_day,
    )
)
def test_anything_typed_is_cleaned_or_refused_by_its_field(typed: AgentDetails) -> None:
    with contextlib.suppress(InvalidField):
        clean = typed.cleaned()
        assert clean.cleaned() == clean
        for name, length in LENGTHS.items():
            assert len(getattr(clean, name)) <= length


@given(st.text(max_size=60))
@example("jean\u202emartin")  # turned around on the screen
@example("Paul http://gagnez.example")
@example("<script>alert(1)</script>")
def test_a_name_that_is_kept_is_made_of_letters(name: str) -> None:
    with contextlib.suppress(InvalidField):
        kept = details(given_name=name).cleaned().given_name
        assert all(unicodedata.category(character)[0] in "LM" or character in " '’-.‐‑" for character in kept)
        assert any(character.isalpha() for character in kept)


@given(st.emails() | st.text(max_size=80))
@example("0@A.XN--30RR7Y")  # another alphabet, in its ASCII form
def test_an_address_that_is_kept_is_lower_case_ascii(typed: str) -> None:
    with contextlib.suppress(InvalidField):
        kept = clean_email(typed)
        assert kept == kept.lower()
        assert kept.isascii()
        assert "." in kept.rpartition("@")[2]


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("", "Saisissez l’adresse"),
        ("lea.marchand", "il manque le signe @"),
        ("lea.marchand@pantin", "il manque la fin, par exemple .fr"),
        ("léa@pantin.example", "accent"),
        ("lea marchand@pantin.example", "n’est pas valable"),
        ("lea@pantin..example", "n’est pas valable"),
        ("lea@pantin.example\nBcc: tous@pantin.example", "n’est pas valable"),
        ("a" * 250 + "@pantin.example", "trop longue"),
        ('"lea"@pantin.example', "n’est pas valable"),
        ("lea@[192.0.2.1]", "n’est pas valable"),
    ],
)
def test_a_malformed_address_says_what_is_wrong(email: str, words: str) -> None:
    refused = refusal(email=email)
    assert refused.field == "email"
    assert words in refused.sentence


@pytest.mark.parametrize("name", ["given_name", "family_name"])
@pytest.mark.parametrize(
    "value", ["", "   ", "---", "x" * 81, "Léa@", "Léa\x00", "Léa7", "\ud800", "\u3164", "Léa\uffa0"]
)
def test_a_name_that_is_no_name_is_refused(name: str, value: str) -> None:
    assert refusal(**{name: value}).field == name


@pytest.mark.parametrize("name", ["Léa", "Jean-Marc", "D’Artagnan", "O'Neill", "Nguyễn", "Ömer", "de La Tour", "J. P."])
def test_names_of_everywhere_are_kept(name: str) -> None:
    assert details(family_name=f" {name} ").cleaned().family_name == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("0199004127", "01 99 00 41 27"),
        ("+33 1 99 00 41 27", "01 99 00 41 27"),
        ("01.99.00.41.27", "01 99 00 41 27"),
        ("+32 2 123 45 67", "+32 2 123 45 67"),
    ],
)
def test_a_telephone_is_kept_as_it_is_written_in_france(typed: str, kept: str) -> None:
    assert clean_phone(typed) == kept


@pytest.mark.parametrize("typed", ["12", "0800 ALLO", "01 99 00 41 2", "téléphone", "+999 1", "0" * 60])
def test_a_telephone_that_is_none_is_refused(typed: str) -> None:
    refused = refusal(phone=typed)
    assert refused.field == "phone"
    assert "10 chiffres" in refused.sentence


@pytest.mark.parametrize("field", ["job_title", "department"])
def test_free_text_is_bounded_and_visible(field: str) -> None:
    assert refusal(**{field: "x" * 121}).field == field
    assert refusal(**{field: "Paie\u200b"}).field == field
    assert refusal(**{field: "\u3164"}).field == field
    assert getattr(details(**{field: "  Paie   et\tcarrières "}).cleaned(), field) == "Paie et carrières"


def test_an_unknown_civility_is_refused() -> None:
    assert refusal(civility="dr").field == "civility"


def test_dates_in_disorder_are_refused() -> None:
    refused = refusal(starts_on=dt.date(2027, 3, 2), ends_on=dt.date(2027, 3, 1))
    assert isinstance(refused, DatesInDisorder)
    assert refused.field == "ends_on"


def test_a_year_mistyped_is_refused() -> None:
    assert refusal(starts_on=dt.date(202, 3, 1)).field == "starts_on"
    assert refusal(ends_on=dt.date(2927, 3, 1)).field == "ends_on"
