"""Password, devices and activity."""

import pytest
from django.test import Client

from convergences.authentication.models import Session
from convergences.authentication.services import passwords
from convergences.foundations.models import OutboxMessage
from tests.cast import PASSWORD, Cast, set_password
from tests.team.pages import client, sheet, words

pytestmark = pytest.mark.database

SECURITY = "/annuaire/securite"
PASSWORD_FORM = "/annuaire/securite/mot-de-passe"
NEW = "Trois canards longent le canal 1898"


def _device(browser: Client, member_agent: int, position: int = 0) -> Session:
    return Session.objects.filter(agent_id=member_agent, ended_at__isnull=True).order_by("pk")[position]


def test_devices_are_listed_with_this_one_marked(cast: Cast) -> None:
    client(cast.claire)
    told = words(client(cast.claire).get(SECURITY))
    assert told.count("Cet appareil") == 1
    assert "Déconnecter tous les autres appareils" in told


def test_another_device_is_signed_out_and_this_one_stays(cast: Cast) -> None:
    other, this = client(cast.claire), client(cast.claire)
    answer = this.post(f"{SECURITY}/appareils/{_device(other, cast.claire.agent_id).uid}", follow=True)
    assert "est déconnecté" in words(answer)
    assert other.get(SECURITY).status_code == 302
    assert this.get(SECURITY).status_code == 200


def test_all_other_devices_are_signed_out_at_once(cast: Cast) -> None:
    others, this = [client(cast.claire) for _ in range(3)], client(cast.claire)
    this.post(f"{SECURITY}/autres-appareils")
    assert {other.get(SECURITY).status_code for other in others} == {302}
    assert this.get(SECURITY).status_code == 200


def test_the_device_of_somebody_else_is_not_found(cast: Cast) -> None:
    moussa = client(cast.moussa)
    session = _device(moussa, cast.moussa.agent_id)
    for browser in (client(cast.claire), client(cast.nadia)):
        assert browser.post(f"{SECURITY}/appareils/{session.uid}").status_code == 404
    assert moussa.get(SECURITY).status_code == 200


def test_reading_an_address_that_acts_ends_no_session(cast: Cast) -> None:
    other, this = client(cast.claire), client(cast.claire)
    this.get(f"{SECURITY}/appareils/{_device(other, cast.claire.agent_id).uid}")
    this.get(f"{SECURITY}/autres-appareils")
    assert other.get(SECURITY).status_code == 200


def test_the_password_is_changed_and_other_devices_are_signed_out(cast: Cast) -> None:
    set_password(cast.claire.agent)
    other, this = client(cast.claire), client(cast.claire)
    answer = this.post(PASSWORD_FORM, {"current": PASSWORD, "new": NEW, "again": NEW}, follow=True)
    assert "Votre mot de passe est modifié" in words(answer)
    assert passwords.check(cast.claire.agent, NEW)
    assert (this.get(SECURITY).status_code, other.get(SECURITY).status_code) == (200, 302)
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"current": "", "new": NEW, "again": NEW}, "Saisissez votre mot de passe actuel"),
        ({"current": "faux", "new": NEW, "again": NEW}, "Ce n'est pas votre mot de passe actuel"),
        ({"current": PASSWORD, "new": NEW, "again": NEW + "x"}, "Les deux saisies sont différentes"),
        ({"current": PASSWORD, "new": "court", "again": "court"}, "trop court"),
        ({"current": PASSWORD, "new": "Claire Nguyen 2026!", "again": "Claire Nguyen 2026!"}, "contient votre nom"),
        ({"current": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "C'est déjà votre mot de passe"),
        ({"current": PASSWORD, "new": "a1" * 3000, "again": "a1" * 3000}, "caractères"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_password_that_cannot_be_changed_says_why(cast: Cast, form: dict[str, str], sentence: str) -> None:
    set_password(cast.claire.agent)
    answer = client(cast.claire).post(PASSWORD_FORM, form)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert NEW not in answer.content.decode()
    assert passwords.check(cast.claire.agent, PASSWORD)


def test_the_agent_reads_who_did_what_to_their_account(cast: Cast) -> None:
    nadia = client(cast.nadia)
    nadia.post(sheet(cast.claire, "habilitations"), {"version": "0", "droit-bip": "on", "role-bip": "reader"})
    told = words(client(cast.claire).get(SECURITY))
    assert "Droit donné : BIP, Consulter" in told
    assert "par Nadia Ferhat" in told
    assert "Moussa" not in told
