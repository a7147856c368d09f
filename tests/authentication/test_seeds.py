"""Seeds at rest: under a key of their own, with their row, and renewed without an agent noticing."""

import pytest
from cryptography.fernet import InvalidToken

from convergences.authentication import seeds
from convergences.authentication.errors import SeedUnreadable
from convergences.authentication.models import Totp
from convergences.authentication.services import second_step
from convergences.foundations.sealing import unseal, unseal_under
from tests.authentication.doing import HERE, told
from tests.authentication.proving import opened, with_codes, with_totp
from tests.cast import Cast

pytestmark = pytest.mark.database

NEWER = "a newer secret for tests only, for second factors"


def _keys(monkeypatch: pytest.MonkeyPatch, settings: object, first: str, *others: str) -> None:
    said = settings.CONFIGURATION  # type: ignore[attr-defined]
    monkeypatch.setattr(said, "second_factor_key", first)
    monkeypatch.setattr(said, "second_factor_key_fallbacks", list(others))


def test_the_secret_key_does_not_open_them(cast: Cast, settings: object) -> None:
    held = with_totp(cast.claire.agent)
    sealed = Totp.objects.get().sealed_seed
    assert held.secret not in sealed
    with pytest.raises(InvalidToken):
        unseal(sealed, use="totp")
    with pytest.raises(InvalidToken):
        unseal_under((settings.SECRET_KEY,), sealed, use="totp")  # type: ignore[attr-defined]


def test_a_wrong_key_is_a_sentence_and_a_line_of_the_log_not_a_trace(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    held = with_totp(cast.claire.agent)
    _keys(monkeypatch, settings, NEWER)
    with pytest.raises(SeedUnreadable, match="ne peuvent pas être vérifiés en ce moment") as refused:
        second_step.by_totp(opened(cast.claire.agent), held.code(), browser=HERE)
    assert refused.value.__suppress_context__
    assert told("second_step_failed")[0].details == {"why": "seed_unreadable"}


@pytest.mark.parametrize("first", ["", NEWER])
def test_other_ways_go_on_without_the_key(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: object, first: str
) -> None:
    with_totp(cast.claire.agent)
    codes = with_codes(cast.claire.agent)
    _keys(monkeypatch, settings, first)
    done = second_step.by_recovery_code(opened(cast.claire.agent), codes[0], browser=HERE)
    assert done.session.second_factor_at is not None


def test_guesses_are_counted_while_a_seed_cannot_be_read(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    held = with_totp(cast.claire.agent)
    _keys(monkeypatch, settings, NEWER)
    with_totp(cast.claire.agent, "Lisible")
    for _ in range(5):
        with pytest.raises(SeedUnreadable):
            second_step.by_totp(opened(cast.claire.agent), "000000", browser=HERE)
    with pytest.raises(Exception, match="Trop d’essais"):
        second_step.by_totp(opened(cast.claire.agent), held.code(), browser=HERE)


def test_a_former_key_opens_what_it_sealed(cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: object) -> None:
    held = with_totp(cast.claire.agent)
    _keys(monkeypatch, settings, NEWER, settings.CONFIGURATION.second_factor_key)  # type: ignore[attr-defined]
    second_step.by_totp(opened(cast.claire.agent), held.code(), browser=HERE)


def test_a_seed_copied_to_another_row_opens_nothing(cast: Cast) -> None:
    """Who writes in the table puts their own seed into somebody else's row."""
    thief = with_totp(cast.lucie.agent)
    claires = with_totp(cast.claire.agent)
    Totp.objects.filter(pk=claires.totp.pk).update(sealed_seed=thief.totp.sealed_seed)
    with pytest.raises(SeedUnreadable):
        second_step.by_totp(opened(cast.claire.agent), thief.code(), browser=HERE)
    Totp.objects.filter(pk=thief.totp.pk).update(agent=cast.claire.agent)
    with pytest.raises(SeedUnreadable):
        second_step.by_totp(opened(cast.claire.agent), thief.code(), browser=HERE)


def test_sealing_again_takes_every_seed_once_and_counts(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    held = [with_totp(cast.claire.agent, f"Téléphone {n}", password=False) for n in range(3)]
    former = settings.CONFIGURATION.second_factor_key  # type: ignore[attr-defined]
    _keys(monkeypatch, settings, NEWER, former)
    assert [seeds.opens_with_first(each.totp) for each in held] == [False] * 3
    assert seeds.reseal(at_once=2) == seeds.Resealed(sealed=3, already=0, unreadable=0)
    assert seeds.reseal(at_once=2) == seeds.Resealed(sealed=0, already=3, unreadable=0)
    _keys(monkeypatch, settings, NEWER)
    second_step.by_totp(opened(cast.claire.agent), held[1].code(), browser=HERE)


def test_sealing_again_leaves_what_it_cannot_read(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    with_totp(cast.claire.agent)
    before = Totp.objects.get().sealed_seed
    _keys(monkeypatch, settings, NEWER)
    assert seeds.reseal() == seeds.Resealed(sealed=0, already=0, unreadable=1)
    assert Totp.objects.get().sealed_seed == before
