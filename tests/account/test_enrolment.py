"""Setting up the second step: an application of codes, then recovery codes."""

import re
import uuid
from typing import Any

import pyotp
import pytest
from django.test import Client

from convergences.audit.models import AuditEvent
from convergences.authentication import queries
from convergences.authentication.models import Level, Proposal, RecoveryCode, Session, Totp
from convergences.authentication.services import sessions
from convergences.foundations import clock
from convergences.foundations.models import OutboxMessage
from tests.authentication.proving import WRONG, with_codes, with_totp
from tests.cast import Cast, signed_in
from tests.sign_in.walking import token_of
from tests.team.pages import words

pytestmark = pytest.mark.database

SECURITY = "/annuaire/securite"
CHOICE = f"{SECURITY}/deux-etapes"
START = f"{CHOICE}/application"
CODES = f"{SECURITY}/codes-de-secours"
NEXT = "?next=%2Fouvrir%2Fcap"


def _start(client: Client, query: str = "") -> tuple[str, str]:
    """Start an application of codes; return its page's address and the key that the page shows."""
    path = client.post(START + query)["Location"]
    page = client.get(path).content.decode()
    found = re.search(r'id="cle" data-once>([A-Z2-7 ]+)<', page)
    assert found, page
    return path, found[1].replace(" ", "")


def _aged(cast: Cast) -> None:
    long_ago = clock.now().replace(year=2020)
    Session.objects.filter(agent=cast.claire.agent).update(password_at=long_ago, second_factor_at=None)


def test_the_whole_way_is_walked_without_any_script_and_comes_back(cast: Cast) -> None:
    claire = signed_in(cast.claire.agent)
    assert "Application de codes sur téléphone" in words(claire.get(CHOICE + NEXT))
    path, key = _start(claire, NEXT)
    answer = claire.post(path, {"code": pyotp.TOTP(key).now()})
    assert answer["Location"] == CODES + NEXT
    shown = claire.post(CODES + NEXT)
    codes = re.findall(r"<li>([0-9A-Z]{4}-[0-9A-Z]{4})</li>", shown.content.decode())
    assert len(set(codes)) == 10
    kept = claire.post(f"{CODES}/gardes{NEXT}", {"codes": codes, "kept": "on"})
    done = claire.get(kept["Location"])
    assert "Votre compte est bien protégé" in words(done)
    assert "votre mot de passe, puis un code de votre application" in words(done)
    assert 'href="/ouvrir/cap">Continuer' in done.content.decode()


def test_who_puts_the_codes_off_is_not_told_that_they_are_there(cast: Cast) -> None:
    claire = signed_in(cast.claire.agent)
    path, key = _start(claire)
    claire.post(path, {"code": pyotp.TOTP(key).now()})
    said = words(claire.get("/annuaire/securite/deux-etapes/terminee"))
    assert "La vérification en deux étapes est activée" in said
    assert "Vous n'avez pas de code de secours" in said
    assert "bien protégé" not in said
    assert "Terminé" not in said
    assert "Créer mes codes" in words(claire.get("/annuaire/securite"))


def test_the_first_code_strengthens_the_session_under_a_new_token(cast: Cast) -> None:
    claire = signed_in(cast.claire.agent)
    before = token_of(claire)
    path, key = _start(claire)
    claire.post(path, {"code": pyotp.TOTP(key).now()})
    session = sessions.find(token_of(claire))
    assert session is not None
    assert (session.level, session.second_factor_at is not None) == (Level.TWO_FACTORS, True)
    assert sessions.find(before) is None
    assert Proposal.objects.filter(agent=cast.claire.agent).exists()


def test_nothing_counts_before_the_first_code(cast: Cast) -> None:
    claire = signed_in(cast.claire.agent)
    path, _key = _start(claire)
    answer = claire.post(path, {"code": WRONG})
    assert answer.status_code == 422
    assert "Ce code n'est pas celui que nous attendons" in words(answer)
    assert "data-once" in answer.content.decode()
    assert not queries.has_second_factor(cast.claire.agent.pk)


def test_the_image_is_in_the_page_and_the_page_in_no_cache(cast: Cast) -> None:
    claire = signed_in(cast.claire.agent)
    path, key = _start(claire)
    page = claire.get(path)
    assert "<svg viewBox=" in page.content.decode()
    assert "data:" not in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert key not in path


def test_neither_keys_nor_codes_are_written_anywhere(cast: Cast, caplog: Any) -> None:
    claire = signed_in(cast.claire.agent)
    path, key = _start(claire)
    claire.post(path, {"code": pyotp.TOTP(key).now()})
    [code, *_] = re.findall(r"<li>([0-9A-Z]{4}-[0-9A-Z]{4})</li>", claire.post(CODES).content.decode())
    claire.post(f"{CODES}/fichier", {"codes": [code]})
    written = [str(list(table.objects.values())) for table in (Totp, RecoveryCode, AuditEvent, OutboxMessage)]
    for secret in (key, code, code.replace("-", "")):
        assert secret not in caplog.text
        assert not [rows for rows in written if secret in rows]


@pytest.mark.parametrize("path", [CHOICE, CODES])
def test_reading_makes_nothing(cast: Cast, path: str) -> None:
    claire = signed_in(cast.claire.agent)
    claire.get(path)
    assert claire.get(START)["Location"] == CHOICE
    assert not Totp.objects.exists()
    assert not RecoveryCode.objects.exists()


@pytest.mark.parametrize("path", [CHOICE, START, "link"])
def test_an_old_session_proves_who_is_there_first(cast: Cast, path: str) -> None:
    claire = signed_in(cast.claire.agent)
    link, key = _start(claire)
    _aged(cast)
    path = link if path == "link" else path
    for answer in (claire.get(path, follow=False), claire.post(path, {"code": pyotp.TOTP(key).now()})):
        if answer.status_code != 405 and answer["Location"] != CHOICE:
            assert answer["Location"].startswith("/verification?next=")
    assert not queries.has_second_factor(cast.claire.agent.pk)


def test_a_second_means_is_added_only_after_the_first_was_shown_again(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    claire = signed_in(cast.claire.agent)
    assert claire.get(CHOICE)["Location"].startswith("/verification?next=")
    assert claire.post(START)["Location"].startswith("/verification?next=")
    assert claire.post(CODES)["Location"].startswith("/verification?next=")
    assert Totp.objects.count() == 1
    assert not RecoveryCode.objects.exists()


def test_the_key_of_somebody_else_is_not_shown(cast: Cast) -> None:
    path, key = _start(signed_in(cast.claire.agent))
    moussa = signed_in(cast.moussa.agent)
    invented = f"{START}/{uuid.uuid4()}"
    for there in (path, invented):
        assert moussa.get(there).status_code == 404
        assert moussa.post(there, {"code": pyotp.TOTP(key).now()}).status_code == 404
    assert not Totp.objects.filter(confirmed_at__isnull=False).exists()


def test_a_form_from_another_site_starts_nothing(cast: Cast) -> None:
    claire = signed_in(cast.claire.agent, enforce_csrf_checks=True)
    for path in (START, CODES, f"{CODES}/gardes", f"{CODES}/fichier"):
        assert claire.post(path).status_code == 403
    assert not Totp.objects.exists()


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_way_on_never_leads_to_another_site(cast: Cast, address: str) -> None:
    with_totp(cast.claire.agent)
    claire = signed_in(cast.claire.agent, factors=("pwd", "otp", "mfa"))
    for path in (CHOICE, f"{CHOICE}/terminee"):
        assert "evil.example" not in claire.get(path, {"next": address}).content.decode()
    assert "evil.example" not in claire.post(START, {"next": address})["Location"]


def test_codes_are_shown_again_when_the_box_is_left_empty(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    answer = signed_in(cast.claire.agent).post(f"{CODES}/gardes", {"codes": ["2345-6789", "<b>", "ABCD-EFGH"]})
    assert answer.status_code == 422
    assert "puis cochez la case" in words(answer)
    assert "2345-6789" in words(answer)
    assert "<b>" not in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"


def test_codes_are_given_as_a_text_to_keep(cast: Cast) -> None:
    sent = ["2345-6789", "ABCD-EFGH", "pas un code"]
    answer = signed_in(cast.claire.agent).post(f"{CODES}/fichier", {"codes": sent})
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="codes-de-secours.txt"'
    assert answer["Cache-Control"] == "no-store"
    text = answer.content.decode()
    assert "2345-6789\r\nABCD-EFGH\r\n" in text
    assert str(cast.claire.agent.email) in text
    assert "pas un code" not in text


def test_new_codes_replace_those_of_before(cast: Cast) -> None:
    with_totp(cast.claire.agent)
    former = with_codes(cast.claire.agent)
    claire = signed_in(cast.claire.agent, factors=("pwd", "otp", "mfa"))
    assert "Vos codes actuels ne serviront plus : il vous en reste 10" in words(claire.get(CODES))
    told = words(claire.post(CODES))
    assert not [code for code in former if code in told]
    assert queries.methods_of(cast.claire.agent).codes_left == 10


def test_codes_without_a_factor_are_none(cast: Cast) -> None:
    claire = signed_in(cast.claire.agent)
    assert claire.get(CODES)["Location"] == CHOICE
    assert claire.post(CODES)["Location"] == CHOICE
    assert not RecoveryCode.objects.exists()


def test_begun_again_in_another_tab_the_first_says_so(cast: Cast) -> None:
    claire = signed_in(cast.claire.agent)
    first, key = _start(claire)
    second, other_key = _start(claire)
    told = claire.post(first, {"code": pyotp.TOTP(key).now()})
    assert "Cette image ne sert plus" in words(told)
    assert f'href="{CHOICE}"' in told.content.decode()
    assert claire.post(second, {"code": pyotp.TOTP(other_key).now()})["Location"] == CODES


def test_the_page_of_a_linked_telephone_leads_on(cast: Cast) -> None:
    claire = signed_in(cast.claire.agent)
    path, key = _start(claire)
    claire.post(path, {"code": pyotp.TOTP(key).now()})
    assert claire.get(path)["Location"] == f"{CHOICE}/terminee"
    assert claire.post(path, {"code": pyotp.TOTP(key).now()})["Location"] == f"{CHOICE}/terminee"
    assert Totp.objects.count() == 1


def test_where_seeds_cannot_be_kept_the_means_is_not_offered(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("convergences.authentication.seeds.offered", lambda: False)
    claire = signed_in(cast.claire.agent)
    assert "Application de codes" not in words(claire.get(CHOICE))
    assert "ne sont pas proposées ici" in words(claire.post(START, follow=True))
