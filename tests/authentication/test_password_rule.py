"""The rule for passwords: CNIL 2022-100 by estimate, ASVS 5.0 V6.2.1 to 6.2.12."""

import pytest

from convergences.authentication import hashing, strength
from convergences.authentication.errors import WeakPassword
from convergences.authentication.known import is_known, known_passwords
from convergences.authentication.models import Password
from convergences.authentication.services import passwords
from tests.cast import PASSWORD, Cast
from tests.hashing import REAL

CLAIRE = ["Claire", "Nguyên", "claire.nguyen", "Ville de Pantin"]


def _missing(clear: str, context: list[str] | None = None) -> list[str]:
    return strength.assess(clear, context=CLAIRE if context is None else context).missing


@pytest.mark.parametrize(
    "clear",
    [
        PASSWORD,
        "deux-chats-sous-le-tapis",
        "Éléphant à vélo mauve",
        "k8#Lq2!vX0pz",
        "quatre tasses bleues sur la table",
        "пароль для входа в систему",
        "correct cheval agrafe pile",
        "🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧🐦🐤🦆🦅",
    ],
)
def test_good_passwords_are_taken_whatever_their_kinds_of_characters(clear: str) -> None:
    assert _missing(clear) == []


@pytest.mark.parametrize(
    "clear",
    [
        "Motdepasse2026!",
        "M0tdepasse2026!",
        "P@ssw0rd2026!!",
        "MotDePasseMotDePasse",
        "Marguerite-17",
        "azertyuiopqsdfghjklm",
        "Administrateur1!",
        "1234567890123456",
        "azerty123456azerty",
    ],
)
def test_known_passwords_are_refused_however_dressed_up(clear: str) -> None:
    assert set(_missing(clear)) & {"known", "guess"}


@pytest.mark.parametrize("clear", ["aaaaaaaaaaaaaaaa", "abcdefghijklmnop", "soleil tasse velo", "Bureau!2026!Mai"])
def test_what_a_guesser_finds_soon_is_refused_although_long(clear: str) -> None:
    assert "guess" in _missing(clear)


@pytest.mark.parametrize(
    "clear",
    [
        "claire range ses quatre tasses",
        "CLAIRE-range-quatre-tasses",
        "la maison des N-g-u-y-e-n en bois",
        "trente-deux nguyen en chaussettes",
        "Vive pântin et ses quatre canaux",
        "P a n t i n sous la neige rouge",
    ],
)
def test_names_address_and_employer_are_refused_without_accents_case_or_spacing(clear: str) -> None:
    assert "personal" in _missing(clear)


@pytest.mark.parametrize("clear", ["quatre convergences mauves", "Net-Cotisations-mauve-6", "Trois BIP sous la neige"])
def test_what_is_opened_here_is_refused_by_its_name(cast: Cast, clear: str) -> None:
    assert "personal" in _missing(clear, strength.context_of(cast.moussa.agent))
    assert "personal" not in _missing("quatre cotisations au bipède net", strength.context_of(cast.moussa.agent))


def test_a_short_name_counts_standing_alone_and_not_inside_a_word() -> None:
    context = ["Li", "Ng", "li.ng", "Mairie des Lilas"]
    assert "personal" in _missing("quatre angles ng verts roses", context)
    assert "personal" not in _missing("quatre angles verts sous zinc", context)


def test_what_every_employer_is_called_is_nobodys_name() -> None:
    assert "personal" not in _missing("une ville de bois sur trois roues")


@pytest.mark.parametrize(("length", "accepted"), [(11, False), (12, True)])
def test_twelve_characters_are_enough_and_eleven_are_not(length: int, accepted: bool) -> None:
    assert ("length" not in _missing("k8#Lq2!vX0pz"[:length])) is accepted


def test_an_accented_letter_is_one_character_however_the_keyboard_makes_it() -> None:
    composed, decomposed = "été à Noël, dix vélos", "e\u0301te\u0301 a\u0300 Noe\u0308l, dix ve\u0301los"
    assert hashing.matches(hashing.hashed(composed), decomposed)
    assert "length" in _missing("e\u0301" * 11)


@pytest.mark.parametrize("length", [64, 128, 512])
def test_long_passwords_are_taken_whole(length: int) -> None:
    clear = ("quatre tasses bleues sur la table ronde " * 20)[: length - 1] + "!"
    hash_ = hashing.hashed(clear)
    assert not hashing.too_long(clear)
    assert hashing.matches(hash_, clear)
    assert not hashing.matches(hash_, clear[:-1])


def test_beyond_512_characters_it_is_said_and_nothing_is_cut() -> None:
    assert _missing("quatre tasses bleues " * 30)[0] == "too_long"


def test_nothing_is_sorted_of_what_is_too_long_to_be_taken() -> None:
    """Combining marks are put in order by a work that grows with their square: a million of them take minutes."""
    endless = "a" + "\u0301\u0327" * 5000
    untouched = hashing.normalised(endless) == endless
    assert untouched
    assert _missing(endless) == ["too_long"]


def test_the_lists_hold_tens_of_thousands_of_leaked_passwords() -> None:
    assert len(known_passwords()) > 39_000
    assert is_known("123456")
    assert is_known("Doudou!!")
    assert is_known("46dqLrYfBwRyc")  # long, drawn, and leaked
    assert "known" in _missing("Familie01,2005!!!?#?")
    assert not is_known("deux-chats-sous-le-tapis")


def test_one_persons_name_is_not_in_the_next_persons_dictionary() -> None:
    strength.assess("zlatimirovska zlatimirovska", context=["Zlatimirovska"])
    alone = strength.assess("zlatimirovska tasse bleue", context=[])
    again = strength.assess("zlatimirovska tasse bleue", context=["Zlatimirovska"])
    assert alone.bits > again.bits


@pytest.mark.database
def test_a_weak_password_is_refused_with_the_remedy_and_nothing_is_kept(cast: Cast) -> None:
    with pytest.raises(WeakPassword) as refused:
        passwords.store_checked(cast.claire.agent, "Pantin rit sous les arbres 9")
    assert refused.value.field == "new"
    assert "employeur" in refused.value.sentence
    assert not Password.objects.exists()


@pytest.mark.database
def test_every_employer_of_the_agent_is_refused_in_the_password(cast: Cast) -> None:
    assert "Ville de Pantin" in strength.context_of(cast.claire.agent)


@pytest.mark.database
def test_the_table_holds_argon2id_of_the_strength_decided(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "HASHER", REAL)
    passwords.store(cast.claire.agent, PASSWORD)
    assert Password.objects.get().hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.check(cast.claire.agent, PASSWORD)
    assert not passwords.check(cast.claire.agent, PASSWORD + " ")
    assert not passwords.check(cast.nadia.agent, PASSWORD)
