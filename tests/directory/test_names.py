"""Articles before the names of organizations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convergences.directory.names import at, of, with_article

FIRST_WORDS = {
    "la": ["Ville", "Commune", "Communauté", "Métropole", "Caisse", "Régie", "VILLE", "Mairie"],
    "le": ["Département", "CCAS", "Centre", "CIG", "Syndicat", "SIVU", "Service", "Conseil"],
    "l’": ["Établissement", "Office", "EPT", "Agence", "OPH", "Institut"],
}


@pytest.mark.parametrize("word", FIRST_WORDS["la"])
def test_feminine_names(word: str) -> None:
    name = f"{word} de Pantin"
    assert (with_article(name), of(name), at(name)) == (f"la {name}", f"de la {name}", f"à la {name}")


@pytest.mark.parametrize("word", FIRST_WORDS["le"])
def test_masculine_names(word: str) -> None:
    name = f"{word} de Pantin"
    assert (with_article(name), of(name), at(name)) == (f"le {name}", f"du {name}", f"au {name}")


@pytest.mark.parametrize("word", FIRST_WORDS["l’"])
def test_names_that_begin_with_a_vowel(word: str) -> None:
    name = f"{word} de Pantin"
    assert (with_article(name), of(name), at(name)) == (f"l’{name}", f"de l’{name}", f"à l’{name}")


@pytest.mark.parametrize(
    ("name", "after_de"),
    [
        ("Est Ensemble", "d’Est Ensemble"),
        ("Plaine Commune", "de Plaine Commune"),
        ("Hauts-de-Seine Habitat", "de Hauts-de-Seine Habitat"),
    ],
)
def test_other_names_take_no_article(name: str, after_de: str) -> None:
    assert (with_article(name), of(name), at(name)) == (name, after_de, f"à {name}")


@given(st.text(max_size=160))
def test_any_name_is_kept_whole(name: str) -> None:
    for said in (with_article(name), of(name), at(name)):
        assert said.endswith(name)
