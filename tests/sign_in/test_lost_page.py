"""« Je n'ai plus aucun de mes moyens », as a browser without script walks it."""

import datetime as dt
from typing import Any

import pyotp
import pytest
from django.conf import settings
from django.test import Client

from convergences.authentication.models import Recovery, Session
from convergences.authentication.services import recoveries, sessions
from convergences.foundations import clock as house_clock
from convergences.web.serving import cookies
from tests.authentication.conftest import clock, lost  # noqa: F401 - fixtures
from tests.authentication.doing import letters
from tests.authentication.recovering_from import DELAY, Clock, by, opened, other_than, start
from tests.cast import Cast, set_password, signed_in
from tests.sign_in.walking import browser, last_letter, sign_in, token_of, words

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("lost")]

STEP = "/connexion/verification"
LOST = f"{STEP}/plus-aucun-moyen"
CODE = f"{LOST}/code"


def _half_way(cast: Cast, **more: str) -> Client:
    client = browser()
    assert sign_in(client, cast.claire.agent.email, **more)["Location"] == STEP
    return client


def _finish(client: Client) -> Any:
    client.post(LOST)
    return client.post(CODE, {"code": last_letter().code})


def test_going_straight_to_the_pages_leads_to_sign_in(cast: Cast) -> None:
    for path in (LOST, CODE):
        for method in ("get", "post"):
            assert getattr(browser(), method)(path, {"code": "123456"})["Location"] == "/connexion"
    assert browser().put(LOST).status_code == 405


def test_when_none_was_asked_the_page_says_what_to_do_and_names_nobody(cast: Cast) -> None:
    client = _half_way(cast)
    assert f'href="{LOST}"' in client.get(STEP).content.decode()
    page = words(client.get(LOST))
    assert "Demandez-la de vive voix au référent administrateur" in page
    for name in ("Nadia", "Ferhat", "Moussa", "Julien"):
        assert name not in page
    assert client.post(LOST)["Location"] == LOST
    assert client.get(CODE)["Location"] == client.post(CODE, {"code": "123456"})["Location"] == LOST
    assert letters()[-1].kind != "authentication.recovery_code"


def test_before_the_delay_the_page_says_from_when_and_sends_nothing(cast: Cast) -> None:
    start(cast.claire, cast.nadia)
    client, before = _half_way(cast), len(letters())
    page = words(client.get(LOST))
    assert "demain à 9 h 01" in page
    assert "Nadia" not in page
    assert client.post(LOST)["Location"] == LOST
    assert client.post(CODE, {"code": "000000"})["Location"] == LOST
    assert len(letters()) == before


def test_the_code_of_the_mail_brings_back_and_leads_to_a_new_means(cast: Cast, clock: Clock) -> None:  # noqa: F811
    opened(cast, clock)
    client = _half_way(cast, next="/annuaire/profil")
    assert "Votre récupération est possible" in words(client.get(LOST))
    assert client.post(LOST)["Location"] == CODE
    assert cast.claire.agent.email in words(client.get(CODE))
    answer = client.post(CODE, {"code": last_letter().code})
    assert answer["Location"] == "/annuaire/securite/deux-etapes?next=%2Fannuaire%2Fprofil"
    session = sessions.find(token_of(client))
    assert session
    assert (session.level, session.factors) == ("eidas1", ["pwd"])
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert "vos anciens moyens ne servent plus" in words(page)
    assert client.cookies["sign-in"].value == ""
    assert cookies.DEVICE_COOKIE not in client.cookies


def test_whatever_asks_for_more_leads_to_the_new_means(cast: Cast, clock: Clock) -> None:  # noqa: F811
    opened(cast, clock)
    client = _half_way(cast)
    _finish(client)
    asked = client.get("/annuaire/securite/mot-de-passe")["Location"]
    assert asked.startswith("/verification")
    assert client.get(asked)["Location"] == "/annuaire/securite/deux-etapes?next=%2Fannuaire%2Fsecurite%2Fmot-de-passe"
    clock.shift(dt.timedelta(minutes=31))
    late = client.get(asked)["Location"]
    assert late.startswith("/connexion?encore=1&identifiant=claire.nguyen")
    assert "plus de trente minutes" in words(client.get(late))


def test_the_new_means_finishes_and_new_codes_come_next(cast: Cast, clock: Clock) -> None:  # noqa: F811
    opened(cast, clock)
    client = _half_way(cast)
    _finish(client)
    page = client.post("/annuaire/securite/deux-etapes/application", follow=True)
    code = pyotp.TOTP(str(page.context["key"]).replace(" ", "")).at(house_clock.now())
    answer = client.post(page.wsgi_request.path, {"code": code})
    assert answer["Location"] == "/annuaire/securite/codes-de-secours"
    assert Recovery.objects.get().finished_at is not None
    assert sessions.find(token_of(client)).level == "eidas2"  # type: ignore[union-attr]


def test_a_wrong_code_is_said_and_the_fifth_suspends(cast: Cast, clock: Clock) -> None:  # noqa: F811
    opened(cast, clock)
    client = _half_way(cast)
    client.post(LOST)
    wrong = {"code": other_than(last_letter().code)}
    answer = client.post(CODE, wrong)
    assert answer.status_code == 422
    assert "Ce code n'est pas le bon. Il vous reste 4 essais." in words(answer)
    for _ in range(3):
        client.post(CODE, wrong)
    answer = client.post(CODE, wrong)
    assert answer.status_code == 429
    assert "Vérification suspendue pendant 2 minutes" in words(answer)
    assert token_of(client) == ""


@pytest.mark.parametrize("typed", ["", "12 34", "abcdef"])
def test_what_is_no_code_costs_no_try(cast: Cast, clock: Clock, typed: str) -> None:  # noqa: F811
    opened(cast, clock)
    client = _half_way(cast)
    client.post(LOST)
    assert client.post(CODE, {"code": typed}).status_code == 422
    assert Recovery.objects.get().code_tries == 0


def test_codes_are_asked_for_a_few_times_an_hour(cast: Cast, clock: Clock) -> None:  # noqa: F811
    opened(cast, clock)
    client = _half_way(cast)
    for _ in range(5):
        assert client.post(LOST).status_code == 302
    answer = client.post(LOST)
    assert answer.status_code == 429
    assert "Le dernier e-mail reçu reste utilisable" in words(answer)


def test_a_session_planted_between_the_steps_is_ended(cast: Cast, clock: Clock) -> None:  # noqa: F811
    opened(cast, clock)
    client = _half_way(cast)
    client.post(LOST)
    thief = signed_in(cast.lucie.agent)
    client.cookies[settings.SESSION_COOKIE_NAME] = token_of(thief)
    client.post(CODE, {"code": last_letter().code})
    assert not Session.objects.filter(agent=cast.lucie.agent, ended_at=None).exists()
    assert sessions.find(token_of(client)).agent == cast.claire.agent  # type: ignore[union-attr]


@pytest.mark.parametrize("what", ["cancelled", "password"])
def test_what_ends_it_meanwhile_ends_it_on_the_page(cast: Cast, clock: Clock, what: str) -> None:  # noqa: F811
    opened(cast, clock)
    client = _half_way(cast)
    client.post(LOST)
    code = last_letter().code
    if what == "cancelled":
        recoveries.cancel(cast.claire, actor=by(cast.nadia.agent))
    else:
        set_password(cast.claire.agent, "Trois canards longent le canal 1898")
    assert client.post(CODE, {"code": code})["Location"] in (LOST, "/connexion")
    assert token_of(client) == ""


def test_a_referent_who_is_back_manages_nothing_before_a_new_means(cast: Cast, clock: Clock) -> None:  # noqa: F811
    clock.shift(dt.timedelta(days=20))
    cast.claire.profile = "referent"
    cast.claire.save()
    start(cast.claire, cast.julien)
    clock.shift(DELAY)
    client = _half_way(cast)
    assert _finish(client).status_code == 302
    answer = client.get("/annuaire/collectivites/pantin/utilisateurs")
    assert answer["Location"].startswith("/verification")


def test_pages_are_kept_by_no_cache(cast: Cast, clock: Clock) -> None:  # noqa: F811
    opened(cast, clock)
    client = _half_way(cast)
    for path in (LOST, CODE):
        assert "no-store" in client.get(path)["Cache-Control"]


def test_a_form_of_another_site_asks_for_nothing(cast: Cast, clock: Clock) -> None:  # noqa: F811
    opened(cast, clock)
    client = browser(enforce_csrf_checks=True)
    token = str(client.get("/connexion").context["csrf_token"])
    sign_in(client, cast.claire.agent.email, csrfmiddlewaretoken=token)
    assert client.post(LOST).status_code == 403
    assert client.post(CODE, {"code": "123456"}).status_code == 403
