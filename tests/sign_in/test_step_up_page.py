"""Proving a second factor once signed in: for an application, for the managing pages, for one's own ways in."""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from convergences.authentication.models import Level, Session
from convergences.authentication.services import sessions
from convergences.catalog.models import Application, Assurance
from convergences.web.serving import cookies
from tests.authentication.proving import WRONG, Held, with_codes, with_totp
from tests.cast import PASSWORD, Cast, application, set_password, signed_in
from tests.sign_in.walking import browser, token_of, words

pytestmark = pytest.mark.database

ASK = "/verification"
FOR_CAP = f"{ASK}?application=cap&next=/ouvrir/cap"
SECURITY = "/annuaire/securite"


@pytest.fixture
def cap(cast: Cast) -> Application:
    """An application that asks for a second factor and accepts trusted devices."""
    asked = {"assurance": Assurance.SECOND_FACTOR, "remembers_devices": True}
    return application("cap", "SNAPI-CAP", [("reader", "Lire")], tagline="Les dossiers des commissions.", **asked)


@pytest.fixture
def held(cast: Cast, cap: Application) -> Held:
    """Claire has an application of codes."""
    return with_totp(cast.claire.agent)


def _level(client: Client) -> Any:
    session = sessions.find(token_of(client))
    return session and session.level


def _old(cast: Cast, **options: Any) -> Client:
    """Claire signed in an hour ago."""
    client = signed_in(cast.claire.agent, **options)
    Session.objects.filter(agent=cast.claire.agent).update(password_at=None)
    return client


def test_a_stranger_is_sent_to_sign_in(db: None) -> None:
    for path in (ASK, f"{ASK}/code-de-secours"):
        assert browser().get(path)["Location"].startswith("/connexion?next=")
        assert browser().post(path, {"code": "123456"})["Location"].startswith("/connexion?next=")


def test_the_page_says_for_which_application_and_for_whom(cast: Cast, held: Held) -> None:
    told = words(signed_in(cast.claire.agent).get(FOR_CAP))
    assert "Pour ouvrir SNAPI-CAP , en tant que Claire Nguyen" in told
    assert "SNAPI-CAP contient des données à protéger" in told
    assert "Revenir aux applications" in told


def test_the_code_strengthens_the_session_under_a_new_token_and_goes_on(cast: Cast, held: Held) -> None:
    client = signed_in(cast.claire.agent)
    before = token_of(client)
    uid = sessions.find(before).uid  # type: ignore[union-attr]
    answer = client.post(FOR_CAP, {"code": held.code()})
    assert "url=/ouvrir/cap" in answer.content.decode()
    after = sessions.find(token_of(client))
    assert after is not None
    assert (after.uid, after.level, after.factors) == (uid, Level.TWO_FACTORS, ["pwd", "otp", "mfa"])
    assert sessions.find(before) is None


def test_a_wrong_code_changes_nothing(cast: Cast, held: Held) -> None:
    client = signed_in(cast.claire.agent)
    answer = client.post(FOR_CAP, {"code": WRONG})
    assert answer.status_code == 422
    assert "Il vous reste 4 essais" in words(answer)
    assert _level(client) == Level.ONE_FACTOR


def test_the_code_of_another_agent_is_worth_nothing(cast: Cast, held: Held) -> None:
    with_totp(cast.moussa.agent)
    client = signed_in(cast.moussa.agent)
    assert client.post(FOR_CAP, {"code": held.code()}).status_code == 422
    assert _level(client) == Level.ONE_FACTOR


def test_without_a_factor_one_is_set_up_first_and_the_way_on_is_kept(cast: Cast, cap: Application) -> None:
    page = signed_in(cast.claire.agent).get(FOR_CAP)
    assert "le mot de passe seul n'y suffit pas" in words(page)
    assert 'href="/annuaire/securite/deux-etapes?next=%2Fouvrir%2Fcap"' in page.content.decode()


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_next_never_leads_to_another_site(cast: Cast, held: Held, address: str) -> None:
    client = signed_in(cast.claire.agent)
    path = f"{ASK}?application=cap&next={quote(address)}&retour={quote(address)}"
    assert "evil.example" not in client.get(path).content.decode().split("<form")[0]
    answer = client.post(path, {"code": held.code(), "next": address})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("slug", ["nulle", "<script>alert(1)</script>", "brouillon"])
def test_an_application_that_is_none_is_not_named(cast: Cast, held: Held, slug: str) -> None:
    application("brouillon", "Projet secret", [("reader", "Lire")], status="draft")
    page = signed_in(cast.claire.agent).get(f"{ASK}?application={quote(slug)}&next=/")
    assert page.status_code == 200
    assert "Projet secret" not in page.content.decode()
    assert "<script>alert" not in page.content.decode()


def test_a_form_from_another_site_changes_nothing(cast: Cast, held: Held) -> None:
    client = signed_in(cast.claire.agent, enforce_csrf_checks=True)
    assert client.post(FOR_CAP, {"code": held.code()}).status_code == 403
    assert _level(client) == Level.ONE_FACTOR


def test_a_form_sent_twice_asks_to_sign_in_no_more_than_once(cast: Cast, held: Held) -> None:
    client = signed_in(cast.claire.agent)
    old = token_of(client)
    client.post(FOR_CAP, {"code": held.code()})
    stale = browser()
    stale.cookies["session"] = old
    assert stale.post(FOR_CAP, {"code": held.code()}).status_code == 302
    assert _level(client) == Level.TWO_FACTORS


def test_a_device_is_trusted_only_where_that_will_do(cast: Cast, held: Held, cap: Application) -> None:
    assert "pendant 30 jours" in words(signed_in(cast.claire.agent).get(FOR_CAP))
    cap.assurance = Assurance.FRESH_SECOND_FACTOR
    cap.save()
    client = signed_in(cast.claire.agent)
    assert "pendant 30 jours" not in words(client.get(FOR_CAP))
    client.post(FOR_CAP, {"code": held.code(), "remember": "on"})
    assert cookies.DEVICE_COOKIE not in client.cookies


def test_a_recovery_code_where_it_is_not_enough_leads_to_another_means(cast: Cast, held: Held) -> None:
    code = with_codes(cast.claire.agent)[0]
    client = signed_in(cast.claire.agent)
    strict = f"{FOR_CAP}&niveau=eidas2"
    assert "ne suffit pas ici" not in words(client.get(strict))
    client.post(strict.replace(ASK, f"{ASK}/code-de-secours"), {"code": code})
    assert _level(client) == Level.TWO_STEPS
    page = client.get(strict)
    assert "La vérification faite ne suffit pas ici" in words(page)
    assert "/annuaire/securite/deux-etapes?next=" in page.content.decode()
    assert "ne suffit pas ici" not in words(client.get(FOR_CAP))


def test_the_way_back_to_the_application_is_offered(cast: Cast, held: Held) -> None:
    path = f"{ASK}?application=cap&next={quote('/oauth/authorize?a=1')}&refus=no%3D1"
    page = signed_in(cast.claire.agent).get(path).content.decode()
    assert 'href="/oauth/authorize?a=1&amp;no=1">Revenir à l’application' in page


def test_one_s_own_account_asks_for_the_password_of_who_has_nothing_else(cast: Cast) -> None:
    set_password(cast.claire.agent)
    client = _old(cast)
    there = "/annuaire/securite/deux-etapes"
    asked = client.get(there)["Location"]
    assert asked == f"{ASK}?next={quote(there, safe='')}"
    assert "Confirmez votre mot de passe" in words(client.get(asked))
    assert "Ce n'est pas votre mot de passe" in words(client.post(asked, {"password": "faux"}))
    before = token_of(client)
    assert client.post(asked, {"password": PASSWORD})["Location"] == there
    assert client.get(there).status_code == 200
    assert token_of(client) != before


def test_the_password_is_not_enough_for_who_has_a_second_factor(cast: Cast, held: Held) -> None:
    client = signed_in(cast.claire.agent)
    asked = f"{ASK}?next={SECURITY}/deux-etapes"
    answer = client.post(asked, {"password": PASSWORD})
    assert answer.status_code == 422
    assert client.get(f"{SECURITY}/deux-etapes")["Location"].startswith(ASK)


def test_guessing_the_password_of_an_open_session_is_counted(cast: Cast) -> None:
    set_password(cast.claire.agent)
    client = _old(cast)
    answers = [client.post(f"{ASK}?next={SECURITY}", {"password": f"faux {n}"}) for n in range(5)]
    assert answers[-1].status_code == 429
    assert "faux 4" not in answers[-1].content.decode()


def test_no_answer_is_kept_in_a_cache(cast: Cast, held: Held) -> None:
    client = signed_in(cast.claire.agent)
    assert "no-store" in client.get(FOR_CAP)["Cache-Control"]
    assert "no-store" in client.post(FOR_CAP, {"code": WRONG})["Cache-Control"]
    assert "no-store" in client.post(FOR_CAP, {"code": held.code()})["Cache-Control"]


def test_reading_the_page_costs_few_queries(cast: Cast, held: Held, django_assert_max_num_queries: Any) -> None:
    client = signed_in(cast.claire.agent)
    with django_assert_max_num_queries(7):  # session, application, methods (3)
        client.get(FOR_CAP)
