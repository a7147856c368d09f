"""One's second factors, trusted devices and what happened, on the page Sécurité; renaming and removing."""

from typing import Any

import pytest
from django.test import Client

from convergences.authentication import queries
from convergences.authentication.models import Proposal, Totp
from convergences.authentication.services import devices
from convergences.foundations.models import OutboxMessage
from tests.authentication.passkeying import enrol
from tests.authentication.proving import Held, trusted, with_codes, with_totp
from tests.cast import PASSWORD, Cast, signed_in
from tests.sign_in.walking import browser, sign_in
from tests.team.pages import words

pytestmark = pytest.mark.database

SECURITY = "/annuaire/securite"
PROVED = ("pwd", "otp", "mfa")


@pytest.fixture
def held(cast: Cast) -> Held:
    """Claire has an application of codes."""
    return with_totp(cast.claire.agent)


def _proved(cast: Cast, **options: Any) -> Client:
    return signed_in(cast.claire.agent, factors=PROVED, **options)


def _of(held: Held, act: str) -> str:
    return f"{SECURITY}/moyens/application/{held.totp.uid}/{act}"


def test_the_page_says_how_well_the_account_is_protected(cast: Cast) -> None:
    claire = signed_in(cast.claire.agent)
    assert "Protégez votre compte en deux étapes" in words(claire.get(SECURITY))
    with_totp(cast.claire.agent)
    assert "Vous n'avez pas de code de secours" in words(claire.get(SECURITY))
    with_codes(cast.claire.agent)
    told = words(claire.get(SECURITY))
    assert "Votre compte est bien protégé" in told
    assert "10 codes restants sur 10" in told
    assert "Application de codes « Téléphone »" in told
    assert "dernière utilisation : aujourd'hui à" in told


def test_another_name_is_kept(cast: Cast, held: Held) -> None:
    claire = _proved(cast)
    assert 'value="Téléphone"' in claire.get(_of(held, "nom")).content.decode()
    told = words(claire.post(_of(held, "nom"), {"name": "  Téléphone   du bureau "}, follow=True))
    assert "« Téléphone du bureau »" in told


def test_a_name_is_asked_for(cast: Cast, held: Held) -> None:
    answer = _proved(cast).post(_of(held, "nom"), {"name": " "})
    assert answer.status_code == 422
    assert "Donnez-lui un nom" in words(answer)


def test_a_name_is_text_and_nothing_else(cast: Cast, held: Held) -> None:
    claire = _proved(cast)
    claire.post(_of(held, "nom"), {"name": "<script>alert(1)</script>"})
    for path in (SECURITY, _of(held, "nom")):
        assert "<script>alert" not in claire.get(path).content.decode()


def test_removing_says_what_follows_then_does_it(cast: Cast, held: Held) -> None:
    with_codes(cast.claire.agent)
    claire = _proved(cast)
    told = words(claire.get(_of(held, "suppression")))
    assert "C'est votre seul moyen" in told
    assert queries.has_second_factor(cast.claire.agent.pk)
    told = words(claire.post(_of(held, "suppression"), follow=True))
    assert "Application de codes « Téléphone » : suppression faite" in told
    assert "Protégez votre compte en deux étapes" in told
    assert not queries.has_second_factor(cast.claire.agent.pk)
    assert queries.methods_of(cast.claire.agent).codes_left == 0
    assert Proposal.objects.exists()
    assert OutboxMessage.objects.filter(recipient=cast.claire.agent.email).exists()


def test_removing_twice_is_removing(cast: Cast, held: Held) -> None:
    claire = _proved(cast)
    claire.post(_of(held, "suppression"))
    assert claire.post(_of(held, "suppression")).status_code == 404


def test_a_session_left_open_calls_no_telephone_by_the_name_of_another(cast: Cast, held: Held) -> None:
    """The attack: the agent's own is named « Téléphone volé », and they remove it themself."""
    claire = signed_in(cast.claire.agent)
    asked = claire.get(_of(held, "nom"))["Location"]
    assert claire.post(_of(held, "nom"), {"name": "Téléphone volé"})["Location"].startswith("/verification?next=")
    assert Totp.objects.get(pk=held.totp.pk).name == "Téléphone"
    assert claire.post(asked, {"code": held.code()})["Location"] == _of(held, "nom")


def test_removing_asks_for_a_fresh_proof_and_comes_back(cast: Cast, held: Held) -> None:
    claire = signed_in(cast.claire.agent)
    asked = claire.get(_of(held, "suppression"))["Location"]
    assert claire.post(_of(held, "suppression"))["Location"].startswith("/verification?next=")
    assert claire.post(asked, {"code": held.code()})["Location"] == _of(held, "suppression")
    assert claire.post(_of(held, "suppression"))["Location"] == SECURITY
    assert not queries.has_second_factor(cast.claire.agent.pk)


def test_a_referent_keeps_the_last_one_and_is_told_the_remedy(cast: Cast) -> None:
    held = with_totp(cast.nadia.agent)
    nadia = signed_in(cast.nadia.agent, factors=PROVED)
    answer = nadia.post(_of(held, "suppression"))
    assert answer.status_code == 422
    assert "ajoutez-en un autre avant de retirer celui-ci" in words(answer)
    assert 'href="/annuaire/securite/deux-etapes">Ajouter un moyen' in answer.content.decode()
    with_totp(cast.nadia.agent, "Second")
    assert nadia.post(_of(held, "suppression"))["Location"] == SECURITY


@pytest.mark.parametrize("act", ["nom", "suppression"])
def test_what_is_somebody_else_s_is_not_found(cast: Cast, held: Held, act: str) -> None:
    for member in (cast.moussa, cast.nadia, cast.karim):
        client = signed_in(member.agent, factors=PROVED)
        for method in ("get", "post"):
            assert getattr(client, method)(_of(held, act), {"name": "à moi"}).status_code == 404
    wrong_kind = _of(held, act).replace("application", "cle")
    assert _proved(cast).get(wrong_kind).status_code == 404
    assert Totp.objects.get(pk=held.totp.pk).name == "Téléphone"


def test_a_form_from_another_site_changes_nothing(cast: Cast, held: Held) -> None:
    device, _token = trusted(cast.claire.agent)
    claire = _proved(cast, enforce_csrf_checks=True)
    paths = (_of(held, "nom"), _of(held, "suppression"), f"{SECURITY}/appareils-de-confiance")
    for path in (*paths, f"{SECURITY}/appareils-de-confiance/{device.uid}"):
        assert claire.post(path, {"name": "autre"}).status_code == 403
    assert devices.of(cast.claire.agent) == [device]


def test_trusted_devices_are_listed_and_forgotten_one_by_one(cast: Cast, held: Held) -> None:
    device, token = trusted(cast.claire.agent)
    other, _token = trusted(cast.claire.agent)
    claire = signed_in(cast.claire.agent)
    assert "La vérification n'y est pas redemandée jusqu'au" in words(claire.get(SECURITY))
    path = f"{SECURITY}/appareils-de-confiance/{device.uid}"
    assert claire.get(path).status_code == 405
    assert len(devices.of(cast.claire.agent)) == 2
    assert signed_in(cast.moussa.agent).post(path).status_code == 404
    claire.post(path)
    assert devices.of(cast.claire.agent) == [other]
    thief = browser()
    thief.cookies["device"] = token
    assert sign_in(thief, cast.claire.agent.email)["Location"] == "/connexion/verification"


def test_changing_the_password_asks_for_the_second_step_first(cast: Cast, held: Held) -> None:
    form = {"current": PASSWORD, "new": "Trois canards longent le canal 1898"}
    claire = signed_in(cast.claire.agent)
    for answer in (
        claire.get(f"{SECURITY}/mot-de-passe"),
        claire.post(f"{SECURITY}/mot-de-passe", {**form, "again": form["new"]}),
    ):
        assert answer["Location"].startswith("/verification?next=")
    done = _proved(cast).post(f"{SECURITY}/mot-de-passe", {**form, "again": form["new"]}, follow=True)
    assert "Votre mot de passe est modifié" in words(done)


def test_what_happened_is_told_in_words(cast: Cast, held: Held) -> None:
    client = browser()
    sign_in(client, cast.claire.agent.email)
    client.post("/connexion/verification", {"code": held.code()})
    told = words(client.get(SECURITY))
    assert "Connexion : mot de passe et application de codes" in told
    assert "Application de codes ajoutée : Téléphone" in told
    assert "eidas" not in told
    assert "mfa" not in told


def test_passkeys_and_applications_are_named_apart(cast: Cast, held: Held) -> None:
    enrol(cast.claire.agent)
    client = signed_in(cast.claire.agent, factors=PROVED)
    told = words(client.get(SECURITY))
    assert "Clé d'accès «" in told
    key = queries.methods_of(cast.claire.agent).passkeys[0]
    told = words(client.get(f"{SECURITY}/moyens/cle/{key.uid}/suppression"))
    assert "Vos autres moyens ne changent pas" in told
    client.post(f"{SECURITY}/moyens/cle/{key.uid}/suppression")
    assert queries.methods_of(cast.claire.agent).passkeys == []


def test_the_page_costs_as_much_with_many_of_everything(
    cast: Cast, held: Held, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        with_totp(cast.claire.agent, f"Téléphone {number}", password=False)
        trusted(cast.claire.agent)
    claire = signed_in(cast.claire.agent)
    # session, employers, password, sessions, events, methods (3), trusted, agreements, applications named
    with django_assert_max_num_queries(11):
        claire.get(SECURITY)
