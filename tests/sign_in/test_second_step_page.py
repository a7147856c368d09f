"""The second step of a sign-in: nothing is open before it, and nothing but it opens."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from convergences.authentication.models import Level, Session
from convergences.authentication.services import sessions
from convergences.web.serving import cookies
from tests.authentication.proving import WRONG, Held, with_codes, with_totp
from tests.cast import Cast, set_password, signed_in
from tests.sign_in.walking import browser, sign_in, token_of, words

pytestmark = pytest.mark.database

STEP = "/connexion/verification"
RECOVERY = f"{STEP}/code-de-secours"
KEPT = "sign-in"


@pytest.fixture
def held(cast: Cast) -> Held:
    """Claire has a password and an application of codes; no session of hers is open."""
    held = with_totp(cast.claire.agent)
    Session.objects.all().delete()
    return held


def _half_way(cast: Cast, client: Client | None = None, **more: str) -> Client:
    client = client or browser()
    answer = sign_in(client, cast.claire.agent.email, **more)
    assert answer["Location"] == STEP
    return client


def _open_sessions(cast: Cast) -> int:
    return Session.objects.filter(agent=cast.claire.agent, ended_at=None).count()


def _level(client: Client) -> Any:
    session = sessions.find(token_of(client))
    return session and (session.level, session.factors, session.second_factor_at is not None)


def test_a_right_password_opens_nothing_before_the_second_step(cast: Cast, held: Held) -> None:
    client = _half_way(cast)
    assert token_of(client) == ""
    for path in ("/", "/annuaire/securite", "/annuaire/securite/deux-etapes", "/verification"):
        assert client.get(path)["Location"].startswith(("/connexion?", "/session-terminee?"))


def test_the_code_opens_the_session_and_goes_on(cast: Cast, held: Held) -> None:
    client = _half_way(cast, next="/annuaire/profil")
    answer = client.post(STEP, {"code": held.code()})
    assert answer["Location"] == "/annuaire/profil"
    assert _level(client) == (Level.TWO_FACTORS, ["pwd", "otp", "mfa"], True)
    assert client.cookies[KEPT].value == ""
    assert cookies.DEVICE_COOKIE not in client.cookies


def test_an_application_is_gone_on_to_by_a_page_of_ours(cast: Cast, held: Held) -> None:
    client = _half_way(cast, next="/oauth/authorize?client_id=bip")
    answer = client.post(STEP, {"code": held.code()})
    assert answer.status_code == 200
    assert "url=/oauth/authorize?client_id=bip" in answer.content.decode()


def test_a_wrong_code_says_how_many_tries_are_left_and_opens_nothing(cast: Cast, held: Held) -> None:
    client = _half_way(cast)
    answer = client.post(STEP, {"code": WRONG})
    assert answer.status_code == 422
    assert "Ce code n'est pas le bon. Il vous reste 4 essais." in words(answer)
    assert "Erreur : Confirmez que c'est bien vous" in words(answer)
    assert _level(client) is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Saisissez les 6 chiffres"), ("12 34", "Il manque 2 chiffres"), ("abc def", "que des chiffres")],
)
def test_what_is_no_code_is_said_without_counting_a_try(cast: Cast, held: Held, typed: str, said: str) -> None:
    client = _half_way(cast)
    assert said in words(client.post(STEP, {"code": typed}))
    assert "reste 4 essais" in words(client.post(STEP, {"code": WRONG}))


def test_a_code_is_typed_with_its_spaces(cast: Cast, held: Held) -> None:
    code = held.code()
    assert _half_way(cast).post(STEP, {"code": f" {code[:3]} {code[3:]} "})["Location"] == "/"


def test_after_five_failures_the_page_says_when(cast: Cast, held: Held) -> None:
    client = _half_way(cast)
    for _ in range(4):
        client.post(STEP, {"code": WRONG})
    answer = client.post(STEP, {"code": WRONG})
    assert answer.status_code == 429
    assert "Vérification suspendue pendant 2 minutes" in words(answer)
    assert int(answer["Retry-After"]) > 0
    assert _half_way(cast).post(STEP, {"code": held.code()}).status_code == 429


def test_going_straight_to_the_page_leads_to_sign_in(cast: Cast) -> None:
    for path in (STEP, RECOVERY):
        for method in ("get", "post"):
            assert getattr(browser(), method)(path, {"code": "123456"})["Location"] == "/connexion"


@pytest.mark.parametrize("change", ["altered", "of another step", "of another task", "empty"])
def test_a_proof_that_is_not_ours_for_this_step_is_nothing(cast: Cast, held: Held, change: str) -> None:
    client = _half_way(cast)
    kept = client.cookies[KEPT].value
    other = browser()
    other.post("/reinitialisation", {"email": cast.claire.agent.email})
    forged = {"altered": kept[:-4] + "AAAA", "of another step": kept, "empty": "", "of another task": ""}[change]
    name = "visit" if change == "of another step" else KEPT
    fresh = browser()
    fresh.cookies[name] = other.cookies["reset"].value if change == "of another task" else forged
    assert fresh.post(STEP, {"code": held.code()})["Location"] == "/connexion"
    assert _open_sessions(cast) == 0


def test_a_proof_taken_to_another_browser_still_asks_for_the_code(cast: Cast, held: Held) -> None:
    thief = browser()
    thief.cookies[KEPT] = _half_way(cast).cookies[KEPT].value
    assert thief.get("/").status_code == 302
    assert thief.post(STEP, {"code": WRONG}).status_code == 422
    assert _level(thief) is None


def test_a_proof_that_has_served_opens_no_second_session(cast: Cast, held: Held) -> None:
    client = _half_way(cast)
    copied = client.cookies[KEPT].value
    client.post(STEP, {"code": held.code()})
    thief = browser()
    thief.cookies[KEPT] = copied
    answer = thief.post(STEP, {"code": held.forgotten().code()}, follow=True)
    assert "Cette connexion n'est plus valable" in words(answer)
    assert _open_sessions(cast) == 1


def test_it_lasts_ten_minutes_and_falls_with_the_password(cast: Cast, held: Held) -> None:
    with time_machine.travel(dt.datetime(2026, 11, 20, 11, tzinfo=dt.UTC), tick=False) as clock:
        client = _half_way(cast)
        clock.shift(dt.timedelta(minutes=10, seconds=1))
        assert client.post(STEP, {"code": held.code()})["Location"] == "/connexion"
        client = _half_way(cast, next="/annuaire/profil")
        set_password(cast.claire.agent, "Trois canards longent le canal 1898")
        answer = client.post(STEP, {"code": held.code()})
    assert answer["Location"] == "/connexion?next=%2Fannuaire%2Fprofil"
    assert client.cookies[KEPT].value == ""
    assert _open_sessions(cast) == 0


def test_a_form_from_another_site_completes_nothing(cast: Cast, held: Held) -> None:
    client = browser(enforce_csrf_checks=True)
    token = str(client.get("/connexion").context["csrf_token"])
    _half_way(cast, client, csrfmiddlewaretoken=token)
    assert client.post(STEP, {"code": held.code()}).status_code == 403
    fresh = str(client.get(STEP).context["csrf_token"])
    assert client.post(STEP, {"code": held.code(), "csrfmiddlewaretoken": fresh})["Location"] == "/"
    assert client.post("/deconnexion", {"csrfmiddlewaretoken": fresh}).status_code == 403


@pytest.mark.parametrize("when", ["before the password", "between the steps"])
def test_a_planted_session_outlives_no_second_step(cast: Cast, held: Held, when: str) -> None:
    planted, victim = token_of(signed_in(cast.karim.agent)), browser()
    if when == "before the password":
        victim.cookies[settings.SESSION_COOKIE_NAME] = planted
    _half_way(cast, victim)
    if when == "between the steps":
        victim.cookies[settings.SESSION_COOKIE_NAME] = planted
    victim.post(STEP, {"code": held.code()})
    assert token_of(victim) != planted
    assert sessions.find(planted) is None
    assert _level(victim)


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_next_never_leads_to_another_site(cast: Cast, held: Held, address: str) -> None:
    client = _half_way(cast, next=address)
    assert client.post(f"{STEP}?next={address}", {"code": held.code(), "next": address})["Location"] == "/"


def test_who_comes_back_after_it_goes_on(cast: Cast, held: Held) -> None:
    client = _half_way(cast)
    client.post(STEP, {"code": held.code()})
    assert client.get(STEP)["Location"] == "/"
    assert client.post(STEP, {"code": held.code()})["Location"] == "/"
    assert _open_sessions(cast) == 1


def test_a_trusted_device_is_not_asked_again_until_it_is_forgotten(cast: Cast, held: Held) -> None:
    client = _half_way(cast)
    client.post(STEP, {"code": held.code(), "remember": "on"})
    given = client.cookies[cookies.DEVICE_COOKIE]
    assert given["httponly"]
    assert given["samesite"] == "Strict"
    client.post("/deconnexion")
    assert sign_in(client, cast.claire.agent.email)["Location"] == "/"
    assert _level(client) == (Level.ONE_FACTOR, ["pwd"], False)
    client.post("/annuaire/securite/appareils-de-confiance")
    client.post("/deconnexion")
    assert sign_in(client, cast.claire.agent.email)["Location"] == STEP


def test_the_trust_of_one_agent_is_nothing_to_another(cast: Cast, held: Held) -> None:
    with_totp(cast.moussa.agent)
    client = _half_way(cast)
    client.post(STEP, {"code": held.code(), "remember": "on"})
    assert sign_in(client, cast.moussa.agent.email)["Location"] == STEP


def test_a_recovery_code_opens_once_and_says_how_many_are_left(cast: Cast, held: Held) -> None:
    code = with_codes(cast.claire.agent)[0]
    client = _half_way(cast)
    assert f'href="{RECOVERY}"' in client.get(STEP).content.decode()
    answer = client.post(RECOVERY, {"code": code.lower().replace("-", " "), "remember": "on"}, follow=True)
    assert "Il vous reste 9 codes de secours" in words(answer)
    assert _level(client) == (Level.TWO_STEPS, ["pwd", "otp"], True)
    assert cookies.DEVICE_COOKIE not in client.cookies
    assert _half_way(cast).post(RECOVERY, {"code": code}).status_code == 422


def test_without_codes_the_page_says_whom_to_reach_and_names_nobody(cast: Cast, held: Held) -> None:
    page = _half_way(cast).get(STEP)
    assert RECOVERY not in page.content.decode()
    assert "joignez le référent administrateur de votre collectivité" in words(page)
    assert "Nadia" not in words(page)
    assert "Claire" not in words(page)


def test_the_page_is_kept_by_no_cache_and_holds_no_secret(cast: Cast, held: Held, caplog: Any) -> None:
    client = _half_way(cast)
    code = held.code()
    answer = client.post(STEP, {"code": WRONG})
    assert "no-store" in client.get(STEP)["Cache-Control"]
    assert held.secret not in answer.content.decode()
    client.post(STEP, {"code": code})
    assert code not in caplog.text


def test_the_field_is_filled_by_browsers_and_telephones(cast: Cast, held: Held) -> None:
    page = _half_way(cast).get(STEP).content.decode()
    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert "À ne pas cocher sur un poste partagé" in page.replace("\u00a0", " ")


def test_reading_the_page_costs_few_queries(cast: Cast, held: Held, django_assert_max_num_queries: Any) -> None:
    client = _half_way(cast)
    with django_assert_max_num_queries(8):
        client.get(STEP)


def test_no_other_method_is_answered(db: None) -> None:
    assert Client().put(STEP).status_code == 405
