"""Première visite: four steps without a script, each proved by the one before; and how one tries to jump them."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from convergences.authentication.models import Password, SingleUseCode
from convergences.authentication.services import sessions
from convergences.directory.models import AgentState
from convergences.foundations import clock
from tests.authentication.doing import NEW, UNKNOWN, letters
from tests.cast import Cast, set_password, signed_in
from tests.sign_in.walking import ask_code, browser, last_letter, open_link, token_of, words

pytestmark = pytest.mark.database

CHOSEN = {"new": NEW, "confirmation": NEW}


@pytest.fixture
def email(cast: Cast) -> str:
    """The identifier of Lucie, who is invited."""
    cast.lucie.agent.state = AgentState.INVITED
    cast.lucie.agent.save()
    return cast.lucie.agent.email or ""


def _at_password(email: str, **more: str) -> Client:
    client = browser()
    ask_code(client, email, **more)
    client.post("/premiere-visite/code", {"code": last_letter().code})
    return client


def test_four_steps_from_the_address_to_the_applications(cast: Cast, email: str) -> None:
    client = browser()
    assert "étape 1 sur 4" in words(client.get("/premiere-visite"))
    page = ask_code(client, email.upper())
    assert f"Si l'adresse {email} est connue de nos services" in words(page)
    assert "valable 30 minutes" in words(page)
    code = last_letter().code
    page = client.post("/premiere-visite/code", {"code": f" {code[:3]} {code[3:]} "}, follow=True)
    assert "étape 3 sur 4" in words(page)
    page = client.post("/premiere-visite/mot-de-passe", CHOSEN, follow=True)
    assert "Votre compte est prêt, Lucie" in words(page)
    assert 'href="/annuaire/securite/deux-etapes?next=' in page.content.decode()
    found = sessions.find(token_of(client))
    assert found is not None
    assert found.agent == cast.lucie.agent


def test_the_link_of_the_mail_leads_to_the_password_and_consumes_nothing(email: str) -> None:
    ask_code(browser(), email)
    scanner = open_link(browser(), last_letter())
    assert scanner.status_code == 200
    client = browser()
    page = open_link(client, last_letter())
    assert "étape 3 sur 4" in words(page)
    assert email in words(page)
    assert client.post("/premiere-visite/mot-de-passe", CHOSEN).status_code == 302
    assert open_link(browser(), last_letter()).status_code == 410


def test_the_token_of_the_link_does_not_travel_further(email: str) -> None:
    ask_code(browser(), email)
    client = browser()
    page = open_link(client, last_letter())
    token = last_letter().token
    assert page.redirect_chain[-1][0] == "/premiere-visite/mot-de-passe"
    assert token not in page.content.decode()
    answer = client.get("/premiere-visite/lien", {"cle": token})
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer["Cache-Control"]
    assert client.get("/premiere-visite/lien", {"cle": "x"})["Referrer-Policy"] == "no-referrer"


def test_unknown_active_and_suspended_addresses_see_the_same_pages(cast: Cast, email: str) -> None:
    set_password(cast.claire.agent)
    cast.moussa.agent.state = AgentState.SUSPENDED
    cast.moussa.agent.save()
    seen = []
    for asked in (email, UNKNOWN, cast.claire.agent.email or "", cast.moussa.agent.email or ""):
        client = browser()
        pages = [ask_code(client, asked)]
        pages += [client.post("/premiere-visite/code", {"code": "000000"}) for _ in range(7)]
        pages.append(client.post("/premiere-visite/code", {"renvoyer": "oui"}, follow=True))
        seen.append([(page.status_code, words(page).replace(asked, "X")) for page in pages])
    assert seen[0] == seen[1] == seen[2] == seen[3]


def test_an_active_agent_is_told_by_mail_alone(cast: Cast) -> None:
    set_password(cast.claire.agent)
    ask_code(browser(), cast.claire.agent.email)
    assert [letter.kind for letter in letters()] == ["authentication.already_active"]


@pytest.mark.parametrize("page", ["code", "mot-de-passe", "terminee"])
def test_no_step_opens_without_the_one_before(cast: Cast, page: str) -> None:
    for method in ("get", "post"):
        answer = getattr(browser(), method)(f"/premiere-visite/{page}", CHOSEN)
        assert answer.status_code in {302, 405}
    assert not Password.objects.exists()


def test_the_proof_of_one_step_does_not_open_another(email: str) -> None:
    client = browser()
    ask_code(client, email)
    assert client.get("/premiere-visite/mot-de-passe")["Location"] == "/premiere-visite"
    ahead = _at_password(email)
    assert ahead.get("/premiere-visite/code")["Location"] == "/premiere-visite"
    ahead.cookies["reset"] = ahead.cookies["visit"].value
    assert ahead.get("/reinitialisation/mot-de-passe")["Location"] == "/reinitialisation"


def test_an_altered_proof_opens_nothing(email: str) -> None:
    client = _at_password(email)
    proof = client.cookies["visit"].value
    for altered in (proof[:-2], proof[:40] + "A" + proof[41:], "", "x", "é"):
        client.cookies["visit"] = altered
        assert client.post("/premiere-visite/mot-de-passe", CHOSEN)["Location"] == "/premiere-visite"
    assert not Password.objects.exists()


def test_the_proof_of_one_agent_sets_the_password_of_no_other(cast: Cast, email: str) -> None:
    client = _at_password(email)
    posted = {**CHOSEN, "username": cast.claire.agent.email, "email": cast.claire.agent.email, "code_id": "1"}
    client.post("/premiere-visite/mot-de-passe", posted)
    assert [row.agent_id for row in Password.objects.all()] == [cast.lucie.agent.pk]


def test_a_proof_grows_old(email: str) -> None:
    client = _at_password(email)
    with time_machine.travel(clock.now() + dt.timedelta(minutes=31), tick=False):
        assert client.post("/premiere-visite/mot-de-passe", CHOSEN)["Location"] == "/premiere-visite"


def test_the_same_password_page_sent_twice_sets_one_password(email: str) -> None:
    client = _at_password(email)
    kept = client.cookies["visit"].value
    client.post("/premiere-visite/mot-de-passe", CHOSEN)
    thief = browser()
    thief.cookies["visit"] = kept
    assert thief.post("/premiere-visite/mot-de-passe", {"new": NEW + "!", "confirmation": NEW + "!"}).status_code == 410


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("418 20", "Il manque un chiffre : le code en compte 6."),
        ("41", "Il manque 4 chiffres : le code en compte 6."),
        ("4182055", "Il y a trop de chiffres : le code en compte 6."),
        ("41820O", "Le code ne compte que des chiffres"),
        ("٤١٨٢٠٥", "Le code ne compte que des chiffres"),
        ("", "Saisissez les 6 chiffres du dernier e-mail reçu."),
    ],
)
def test_a_code_mistyped_is_not_a_try(email: str, typed: str, said: str) -> None:
    client = browser()
    ask_code(client, email)
    page = client.post("/premiere-visite/code", {"code": typed})
    assert said in words(page)
    assert "Erreur : Première visite, étape 2 sur 4" in words(page)
    assert SingleUseCode.objects.get().tries == 0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Saisissez votre adresse e-mail professionnelle."),
        ("claire", "Cette adresse n'est pas valide."),
        ("claire@pantin", "Cette adresse est incomplète : il manque la fin, par exemple .fr."),
    ],
)
def test_what_is_no_address_is_said_so(db: None, typed: str, said: str) -> None:
    assert said in words(browser().post("/premiere-visite", {"email": typed}))
    assert not SingleUseCode.objects.exists()


def test_a_weak_or_mistyped_password_is_explained_and_may_be_tried_again(email: str) -> None:
    client = _at_password(email)
    page = client.post("/premiere-visite/mot-de-passe", {"new": "Lucie-2026-Lucie", "confirmation": "Lucie-2026-Lucie"})
    assert "contient votre nom" in words(page)
    page = client.post("/premiere-visite/mot-de-passe", {"new": NEW, "confirmation": NEW + "x"})
    assert "Les deux saisies sont différentes" in words(page)
    assert NEW not in page.content.decode()
    assert client.post("/premiere-visite/mot-de-passe", CHOSEN).status_code == 302


def test_another_code_may_be_asked_for(email: str) -> None:
    client = browser()
    ask_code(client, email)
    page = client.post("/premiere-visite/code", {"renvoyer": "oui"}, follow=True)
    assert "Votre demande est prise en compte" in words(page)
    assert len(letters()) == 2
    assert client.post("/premiere-visite/code", {"code": last_letter().code}).status_code == 302


def test_where_one_wanted_to_go_is_kept_to_the_end(email: str) -> None:
    client = _at_password(email, next="/ouvrir/bip?x=1")
    page = client.post("/premiere-visite/mot-de-passe", CHOSEN, follow=True)
    assert 'href="/ouvrir/bip?x=1"' in page.content.decode()


def test_where_one_wanted_to_go_is_kept_through_the_link_in_the_same_browser(email: str) -> None:
    client = browser()
    ask_code(client, email, next="/ouvrir/bip")
    open_link(client, last_letter())
    page = client.post("/premiere-visite/mot-de-passe", CHOSEN, follow=True)
    assert 'href="/ouvrir/bip"' in page.content.decode()


def test_it_never_leads_to_another_site(email: str) -> None:
    client = _at_password(email, next="https://evil.example/")
    assert "evil" not in client.post("/premiere-visite/mot-de-passe", CHOSEN, follow=True).content.decode()


def test_the_forms_are_held_by_their_token(email: str) -> None:
    client = browser(enforce_csrf_checks=True)
    for path in ("/premiere-visite", "/premiere-visite/code", "/premiere-visite/mot-de-passe"):
        assert client.post(path, {"email": email}).status_code == 403
    assert letters() == []


def test_the_session_that_the_browser_had_ends(cast: Cast, email: str) -> None:
    client = signed_in(cast.karim.agent)
    before = token_of(client)
    ask_code(client, email)
    open_link(client, last_letter())
    client.post("/premiere-visite/mot-de-passe", CHOSEN)
    assert sessions.find(before) is None
    found = sessions.find(token_of(client))
    assert found is not None
    assert found.agent == cast.lucie.agent
