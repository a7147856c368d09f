"""The signature: by the letter, by the official address, once, and of what was read."""

import io
import re

import pypdf
import pytest
from django.test import Client

from convergences.audit.services import Actor
from convergences.campaigns.answers import Answer
from convergences.campaigns.models import Designation, DesignationState, Invitation, Named, Proof
from convergences.campaigns.services import answering, codes
from tests.campaigns.answering import last_mail
from tests.cast import Cast
from tests.designation.doing import FORM, LETTER, RECEIPT, SIGN, asked, entered, reviewed, signed, typed
from tests.team.pages import unbroken

pytestmark = [pytest.mark.django_db]


def _code() -> str:
    found = re.search(r"\b(\d{3}) (\d{3})\b", last_mail("campaigns.official_code"))
    assert found
    return f"{found[1]} {found[2]}"


def test_the_review_shows_all_that_is_signed_and_hides_the_official_address(cast: Cast) -> None:
    client = entered(asked(cast))
    reviewed(client)
    body = unbroken(client.get(SIGN).content.decode())
    for said in ("Anne Martin", "paul.roux@pantin.example", "Bertrand Kern, Maire", "m…@pantin.example"):
        assert said in body
    assert "maire@pantin.example" not in body


def test_signing_by_the_letter_leads_to_the_receipt(cast: Cast) -> None:
    invitation = asked(cast)
    client = entered(invitation)
    assert signed(client, invitation)["Location"] == RECEIPT
    designation = Designation.objects.get()
    body = client.get(RECEIPT).content.decode()
    for said in (designation.receipt_number, "Anne Martin", "Bertrand Kern", "code du courrier"):
        assert said in body


def test_signing_by_a_code_sent_to_the_official_address(cast: Cast) -> None:
    client = entered(asked(cast))
    seen = reviewed(client)
    page = client.post(SIGN, {"action": "code"}, follow=True)
    assert "m…@pantin.example" in page.content.decode()
    response = client.post(SIGN, {"seen": seen, "promise": "on", "mail_code": _code()})
    assert response["Location"] == RECEIPT
    assert Designation.objects.get().proof == Proof.MAIL_CODE


def test_a_code_asked_for_while_another_tab_empties_the_form_leads_back_to_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, send = entered(asked(cast)), codes.send_code

    def after_the_other_tab(invitation: Invitation, *, actor: Actor) -> None:
        answering.save_draft(invitation, Answer())
        send(invitation, actor=actor)

    reviewed(client)
    monkeypatch.setattr(codes, "send_code", after_the_other_tab)
    page = client.post(SIGN, {"action": "code"}, follow=True)
    assert (page.status_code, page.redirect_chain[-1][0]) == (200, FORM)


def test_once_the_code_has_left_its_field_comes_before_the_button_that_sends_another(cast: Cast) -> None:
    client = entered(asked(cast))
    reviewed(client)
    first = client.get(SIGN).content.decode()
    assert first.index('value="code"') < first.index('name="mail_code"')
    then = client.post(SIGN, {"action": "code"}, follow=True).content.decode()
    assert then.index('name="mail_code"') < then.index("Envoyer un autre code")


def test_a_sign_of_an_old_alphabet_costs_nobody_their_receipt(cast: Cast) -> None:
    """PDF/UA forbids a sign without a drawing: two breathings of Cyrillic, which a name may hold, have none."""
    invitation = asked(cast)
    client = entered(invitation)
    signed(client, invitation)
    Named.objects.filter(position=0).update(given_name="Анна\u0486")
    assert client.get(f"{RECEIPT}.pdf")["Content-Type"] == "application/pdf"


def test_who_came_by_the_letter_types_its_code_once(cast: Cast) -> None:
    invitation = asked(cast)
    client, code = Client(), codes.issue_letter_code(invitation)
    client.post(LETTER, {"reference": invitation.reference, "letter_code": code})
    seen = reviewed(client)
    assert code not in client.get(SIGN).content.decode()
    assert client.post(SIGN, {"seen": seen, "promise": "on"})["Location"] == RECEIPT
    assert Designation.objects.get().proof == Proof.LETTER_CODE
    assert client.get(RECEIPT).status_code == 200


@pytest.mark.parametrize(
    "lacking", [{"promise": ""}, {"letter_code": ""}, {"letter_code": "2222-2222-2222"}, {"mail_code": "12"}]
)
def test_without_the_promise_or_a_right_code_nothing_is_signed(cast: Cast, lacking: dict[str, str]) -> None:
    invitation = asked(cast)
    response = signed(entered(invitation), invitation, **lacking)
    assert response.status_code == 200
    assert "<title>Erreur" in response.content.decode()
    assert answering.answered(invitation) is None


def test_pressed_twice_the_button_signs_once_and_shows_the_receipt_twice(cast: Cast) -> None:
    invitation = asked(cast)
    client = entered(invitation)
    given = {"seen": reviewed(client), "promise": "on", "letter_code": codes.issue_letter_code(invitation)}
    assert [client.post(SIGN, given)["Location"] for _ in range(2)] == [RECEIPT, RECEIPT]
    assert Designation.objects.filter(state=DesignationState.RECEIVED).count() == 1


def test_what_somebody_else_changed_meanwhile_is_not_signed(cast: Cast) -> None:
    """The link was forwarded: another browser changes the draft while the review is being read."""
    invitation = asked(cast)
    client = entered(invitation)
    seen = reviewed(client)
    entered(invitation).post(FORM, typed(given_name_2="Pierre"))
    code = codes.issue_letter_code(invitation)
    page = client.post(SIGN, {"seen": seen, "promise": "on", "letter_code": code})
    assert "relisez-la" in page.content.decode()
    assert answering.answered(invitation) is None


def test_a_review_of_nothing_leads_back_to_the_form(cast: Cast) -> None:
    client = entered(asked(cast))
    assert client.get(SIGN)["Location"] == FORM
    client.post(FORM, typed(action="garder", email_1=""))
    assert client.get(SIGN)["Location"] == FORM
    assert client.post(SIGN, {"promise": "on", "letter_code": "x"})["Location"] == FORM


def test_too_many_codes_are_told(cast: Cast) -> None:
    client = entered(asked(cast))
    reviewed(client)
    for _ in range(codes.AN_HOUR):
        client.post(SIGN, {"action": "code"})
    assert "dans une heure" in client.post(SIGN, {"action": "code"}, follow=True).content.decode()


def test_an_employer_without_official_address_is_offered_the_letter_only(cast: Cast) -> None:
    client = entered(asked(cast))
    cast.pantin.authority_email = ""
    cast.pantin.save()
    reviewed(client)
    body = client.get(SIGN).content.decode()
    assert "Envoyer le code" not in body
    assert "Code du courrier" in body


def test_addresses_that_surprise_are_told_and_do_not_stop(cast: Cast) -> None:
    client = entered(asked(cast))
    reviewed(client, email_1="rh@gmail.example")
    body = client.get(SIGN).content.decode()
    assert "boîte d’un service" in body
    assert "habituelles" in body


def test_the_receipt_is_a_tagged_pdf_of_all_that_was_signed(cast: Cast) -> None:
    invitation = asked(cast)
    client = entered(invitation)
    signed(client, invitation)
    response = client.get(f"{RECEIPT}.pdf")
    assert response["Content-Disposition"].startswith("attachment")
    found = pypdf.PdfReader(io.BytesIO(response.content))
    words = " ".join(page.extract_text() for page in found.pages)
    for said in (Designation.objects.get().receipt_number, "Anne Martin", "paul.roux@pantin.example", "Bertrand Kern"):
        assert said in words
    assert found.trailer["/Root"]["/MarkInfo"]["/Marked"]
