"""« Recevoir un code par e-mail », as a browser without script walks it, and as somebody who would get more by it."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from convergences.authentication.models import Level, MailCode, Session
from convergences.authentication.services import sessions
from convergences.catalog.models import Application, Assurance
from convergences.web.serving import cookies
from tests.authentication.doing import letters
from tests.authentication.mailing import allowed
from tests.authentication.proving import with_totp
from tests.authentication.recovering_from import other_than
from tests.cast import Cast, application, set_password, signed_in
from tests.sign_in.walking import browser, token_of, words

pytestmark = pytest.mark.database

ASK = "/verification"
SEND, CODE = f"{ASK}/par-e-mail", f"{ASK}/par-e-mail/code"
NEXT = "/ouvrir/paie"
WANTED = f"?application=paie&next={quote(NEXT, safe='')}&niveau=eidas1-mfa"
OFFER = "Recevoir un code par e-mail"
NOT_FOUND = 404


@pytest.fixture(autouse=True)
def _allowed() -> Iterator[None]:
    """The operator allows it, unless a test says otherwise."""
    with allowed():
        yield


@pytest.fixture
def payroll(cast: Cast) -> Application:
    """An application whose sheet asks for a password; one of its requests asks for two steps."""
    return application("paie", "Paie", [("reader", "Lire")])


@pytest.fixture
def client(cast: Cast, payroll: Application) -> Client:
    """Claire, signed in by her password, who has no second factor."""
    return signed_in(cast.claire.agent)


def _session(client: Client) -> Session:
    session = sessions.find(token_of(client))
    assert session
    return session


def _offered(page: Any) -> bool:
    return OFFER in words(page)


def test_it_stands_beside_setting_up_a_factor(client: Client, cast: Cast) -> None:
    page = client.get(ASK + WANTED)
    body = page.content.decode()
    assert _offered(page)
    assert body.index("Activer la vérification en deux étapes</a>") < body.index(OFFER)
    assert str(cast.claire.agent.email) in words(page)
    assert "no-store" in page["Cache-Control"]


def test_the_code_strengthens_the_session_and_goes_on(client: Client) -> None:
    before = _session(client)
    old = token_of(client)
    action = re.search(rf'action="({SEND}[^"]*)"', client.get(ASK + WANTED).content.decode())
    assert action
    sent = client.post(action[1].replace("&amp;", "&"))
    assert sent["Location"].startswith(f"{CODE}?application=paie")
    assert "Pour ouvrir Paie" in words(client.get(sent["Location"]))
    answer = client.post(sent["Location"], {"code": letters()[-1].code})
    assert f"url={NEXT}" in answer.content.decode()
    after = _session(client)
    assert (after.uid, after.level, after.factors) == (before.uid, Level.TWO_STEPS, ["pwd", "mail"])
    assert sessions.find(old) is None
    assert cookies.DEVICE_COOKIE not in client.cookies


def test_reading_the_pages_sends_nothing(client: Client) -> None:
    assert client.get(SEND + WANTED)["Location"] == ASK + WANTED
    assert client.get(CODE + WANTED).status_code == 200
    assert letters() == []


def test_when_the_operator_does_not_allow_it_there_is_no_such_page(client: Client) -> None:
    with allowed(on=False):
        page = client.get(ASK + WANTED)
        assert page.status_code == 200
        assert not _offered(page)
        for path in (SEND, CODE):
            assert client.get(path + WANTED).status_code == NOT_FOUND
            assert client.post(path + WANTED, {"code": "123456"}).status_code == NOT_FOUND
    assert letters() == []


def test_a_stranger_is_sent_to_sign_in(db: None) -> None:
    for path in (SEND, CODE):
        assert browser().get(path)["Location"].startswith("/connexion?next=")
        assert browser().post(path, {"code": "123456"})["Location"].startswith("/connexion?next=")


def _refused(client: Client, wanted: str) -> None:
    """Neither offered, nor had by going straight to its addresses."""
    assert not _offered(client.get(ASK + wanted))
    for path in (SEND, CODE):
        assert client.post(path + wanted, {"code": "123456"})["Location"] == ASK + wanted
    assert letters() == []
    assert not MailCode.objects.exists()
    assert _session(client).level == Level.ONE_FACTOR


@pytest.mark.parametrize(
    "wanted",
    [
        WANTED.replace("eidas1-mfa", "eidas2"),
        WANTED.replace("&niveau=eidas1-mfa", ""),
        WANTED.replace("application=paie", "pour=gestion"),
        f"{WANTED}&pour=gestion",
        WANTED.replace("paie&", "nulle&"),
        "?next=%2Fannuaire%2Fsecurite",
    ],
)
def test_only_where_two_steps_of_an_application_are_wanted(client: Client, wanted: str) -> None:
    set_password(_session(client).agent)
    _refused(client, wanted)


@pytest.mark.parametrize("assurance", [Assurance.SECOND_FACTOR, Assurance.FRESH_SECOND_FACTOR])
def test_never_for_an_application_of_a_second_factor(client: Client, payroll: Application, assurance: str) -> None:
    Application.objects.filter(pk=payroll.pk).update(assurance=assurance)
    _refused(client, WANTED)


def test_never_for_who_has_a_second_factor(cast: Cast, payroll: Application) -> None:
    with_totp(cast.claire.agent)
    client = signed_in(cast.claire.agent)
    sent = len(letters())
    page = client.get(ASK + WANTED)
    assert "Code de votre application" in words(page)
    assert not _offered(page)
    for path in (SEND, CODE):
        assert client.post(path + WANTED, {"code": "123456"})["Location"] == ASK + WANTED
    assert len(letters()) == sent


def test_a_wrong_code_is_told_and_counted(client: Client) -> None:
    client.post(SEND + WANTED)
    code = letters()[-1].code
    answer = client.post(CODE + WANTED, {"code": other_than(code)})
    assert answer.status_code == 422
    assert "Il vous reste 4 essais" in words(answer)
    for _ in range(3):
        client.post(CODE + WANTED, {"code": other_than(code)})
    last = client.post(CODE + WANTED, {"code": other_than(code)})
    assert last.status_code == 429
    assert last["Retry-After"]
    assert client.post(CODE + WANTED, {"code": code}).status_code == 429
    assert _session(client).level == Level.ONE_FACTOR


def test_too_many_codes_are_refused_with_the_delay(client: Client) -> None:
    answers = [client.post(SEND + WANTED).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]


def test_once_made_it_is_not_asked_for_again_and_a_form_sent_twice_goes_back(client: Client) -> None:
    client.post(SEND + WANTED)
    typed = {"code": letters()[-1].code}
    stale = browser()
    stale.cookies["session"] = token_of(client)
    client.post(CODE + WANTED, typed)
    assert client.post(CODE + WANTED, typed)["Location"] == ASK + WANTED
    assert not _offered(client.get(ASK + WANTED))
    assert stale.post(CODE + WANTED, typed)["Location"].startswith("/")


def test_a_form_from_another_site_sends_nothing(cast: Cast, payroll: Application) -> None:
    client = signed_in(cast.claire.agent, enforce_csrf_checks=True)
    assert client.post(SEND + WANTED).status_code == 403
    assert client.post(CODE + WANTED, {"code": "123456"}).status_code == 403
    assert letters() == []


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_next_never_leads_to_another_site(client: Client, address: str) -> None:
    wanted = WANTED.replace(quote(NEXT, safe=""), quote(address, safe=""))
    client.post(SEND + wanted)
    answer = client.post(CODE + wanted, {"code": letters()[-1].code, "next": address})
    assert answer["Location"] == "/"
