"""Coming in: links guessed, forwarded, reused, expired, crawled; a letter's code by force."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from convergences.campaigns.models import Invitation, InvitationState
from convergences.campaigns.services import answering, codes, links, preparing
from convergences.foundations import clock
from tests.campaigns.answering import VISITOR, answer
from tests.campaigns.doing import acting
from tests.cast import Cast
from tests.designation.doing import FORM, LETTER, RECEIPT, SIGN, asked, entered, link, signed
from tests.team.pages import unbroken

pytestmark = [pytest.mark.django_db]


def test_the_secret_leaves_the_address_and_opens_the_form(cast: Cast) -> None:
    client, address = Client(), link(asked(cast))
    response = client.get(address)
    assert (response.status_code, response["Location"]) == (302, FORM)
    assert response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]
    assert "no-store" in response["Cache-Control"]
    page = client.get(FORM)
    assert "Ville de Pantin" in page.content.decode()
    assert address.partition("=")[2] not in page.content.decode()


def test_the_cookie_hides_the_secret_and_no_script_reads_it(cast: Cast) -> None:
    client, address = Client(), link(asked(cast))
    cookie = client.get(address).cookies[
        "__Host-designation" if "__Host-designation" in client.cookies else "designation"
    ]
    assert address.partition("=")[2] not in cookie.value
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_following_a_link_writes_nothing(cast: Cast) -> None:
    """Scanners of mail open links before people do, and keep no cookie."""
    invitation = asked(cast)
    Client().get(link(invitation))
    Client().head(link(invitation))
    invitation.refresh_from_db()
    assert (invitation.state, invitation.opened_at) == (InvitationState.SENT, None)
    entered(invitation).get(FORM)
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.OPENED


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "é", "' OR 1=1--"])
def test_a_guessed_link_is_dead(cast: Cast, token: str) -> None:
    asked(cast)
    client = Client()
    response = client.get("/designation", {"cle": token})
    assert response.status_code == 410
    assert "Pantin" not in response.content.decode()
    assert response["Referrer-Policy"] == "no-referrer"
    assert client.get(FORM)["Location"] == LETTER


def test_a_link_is_dead_once_expired_revoked_or_the_campaign_closed(cast: Cast) -> None:
    invitation = asked(cast)
    client, address = entered(invitation), link(invitation)
    with time_machine.travel(clock.now() + dt.timedelta(days=200)):
        assert Client().get(address).status_code == 410
    links.revoke(invitation, actor=acting(cast.julien))
    assert [client.get(page).status_code for page in (FORM, SIGN, RECEIPT)] == [410, 302, 302]
    other = entered(invitation)
    preparing.close(invitation.campaign, actor=acting(cast.julien))
    assert other.get(FORM).status_code == 410


def test_no_page_opens_without_an_entrance(cast: Cast) -> None:
    asked(cast)
    for page in (FORM, SIGN, RECEIPT, f"{RECEIPT}.pdf"):
        assert Client().get(page)["Location"] == LETTER
        assert Client().post(page).status_code in {302, 405}


def test_a_cookie_of_another_browser_or_altered_opens_nothing(cast: Cast) -> None:
    client = entered(asked(cast))
    name = next(iter(client.cookies))
    client.cookies[name] = client.cookies[name].value[:-4] + "AAAA"
    assert client.get(FORM)["Location"] == LETTER


def test_an_entrance_is_forgotten_after_a_working_day(cast: Cast) -> None:
    client = entered(asked(cast))
    with time_machine.travel(clock.now() + dt.timedelta(hours=9)):
        assert client.get(FORM)["Location"] == LETTER


def test_one_employer_s_link_shows_nothing_of_another(cast: Cast) -> None:
    invitation = asked(cast)
    signed(entered(invitation), invitation)
    other = entered(Invitation.objects.get(organization=cast.romainville))
    for page in (FORM, SIGN, RECEIPT):
        body = other.get(page, follow=True).content.decode()
        assert "Pantin" not in body
        assert "Martin" not in body
    assert other.get(f"{RECEIPT}.pdf").status_code == 404


def test_the_square_of_a_letter_asks_for_its_code(cast: Cast) -> None:
    invitation = asked(cast)
    code = codes.issue_letter_code(invitation)
    client = Client()
    page = client.get("/designation", {"reference": invitation.reference}, follow=True)
    assert invitation.reference in page.content.decode()
    assert "Pantin" not in page.content.decode()
    response = client.post(LETTER, {"reference": invitation.reference, "letter_code": code.lower()})
    assert response["Location"] == FORM
    assert "Ville de Pantin" in client.get(FORM).content.decode()


def test_a_letter_s_code_by_force_is_locked(cast: Cast) -> None:
    invitation = asked(cast)
    code = codes.issue_letter_code(invitation)
    client = Client()
    for _ in range(codes.LETTER_TRIES):
        client.post(LETTER, {"reference": invitation.reference, "letter_code": "2222-2222-2222"})
    page = client.post(LETTER, {"reference": invitation.reference, "letter_code": code})
    assert page.status_code == 200
    assert "nouveau courrier" in page.content.decode()


def test_a_letter_that_has_signed_opens_no_other_browser_and_says_why(cast: Cast) -> None:
    invitation = asked(cast)
    code = codes.issue_letter_code(invitation)
    answering.receive(invitation, answer(), actor=VISITOR, letter_code=code)
    page = Client().post(LETTER, {"reference": invitation.reference, "letter_code": code})
    assert "ce code a déjà signé une réponse" in unbroken(page.content.decode())


def test_a_letter_that_arrives_after_the_campaign_is_told_so(cast: Cast) -> None:
    invitation = asked(cast)
    typed = {"reference": invitation.reference, "letter_code": codes.issue_letter_code(invitation)}
    preparing.close(invitation.campaign, actor=acting(cast.julien))
    response = Client().post(LETTER, typed)
    assert response.status_code == 410
    assert "la campagne est close" in response.content.decode()
    assert Client().post(LETTER, {**typed, "letter_code": "2222-2222-2222"}).status_code == 200


def test_many_references_from_one_network_are_slowed_down(cast: Cast) -> None:
    client = Client()
    statuses = [
        client.post(LETTER, {"reference": f"{n:08}", "letter_code": "2222-2222-2222"}).status_code for n in range(62)
    ]
    assert statuses[:60] == [200] * 60
    assert statuses[-1] == 429


def test_a_letter_printed_again_closes_what_the_former_opened(cast: Cast) -> None:
    invitation = asked(cast)
    client = Client()
    code = codes.issue_letter_code(invitation)
    client.post(LETTER, {"reference": invitation.reference, "letter_code": code})
    codes.issue_letter_code(invitation)
    assert client.get(FORM).status_code == 410
