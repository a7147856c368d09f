"""The form: several people without a script, a draft kept, faults at their fields."""

import re

import pytest

from convergences.campaigns.models import Designation, Invitation
from convergences.campaigns.services import answering, deciding
from tests.campaigns.answering import received
from tests.campaigns.doing import acting
from tests.cast import Cast
from tests.designation.doing import FORM, RECEIPT, SIGN, asked, entered, signed, typed

pytestmark = [pytest.mark.django_db]


def test_two_people_are_asked_for_at_first_and_five_at_most(cast: Cast) -> None:
    client = entered(asked(cast))
    assert client.get(FORM).content.decode().count('<fieldset class="card') == 3  # two people, and who signs
    for asked_for, shown in (("4", 4), ("9", 5), ("0", 2), ("-1", 2), ("²", 2), ("x" * 900, 2)):
        assert len(client.get(FORM, {"personnes": asked_for}).context["blocks"]) == shown


def test_a_person_is_added_by_a_button_that_posts_and_nothing_typed_is_lost(cast: Cast) -> None:
    client = entered(asked(cast))
    response = client.post(FORM, typed(action="ajouter", email_1="pas fini"))
    assert response["Location"].endswith("personnes=3#personne-3")
    page = client.get(response["Location"])
    assert len(page.context["blocks"]) == 3
    assert 'value="pas fini"' in page.content.decode()


def test_the_key_enter_goes_on_and_adds_nobody(cast: Cast) -> None:
    """A browser presses the first button of the form: on a phone, that is the key « OK » of the keyboard."""
    page = entered(asked(cast)).get(FORM).content.decode()
    assert re.findall(r'name="action" value="(\w+)"', page)[:2] == ["verifier", "ajouter"]


def test_a_draft_is_kept_whatever_it_lacks_for_another_day_and_browser(cast: Cast) -> None:
    invitation = asked(cast)
    entered(invitation).post(FORM, typed(action="garder", given_name_1="", signatory_name=""))
    page = entered(invitation).get(FORM).content.decode()
    assert "paul.roux@pantin.example" in page
    assert answering.answered(invitation) is None


def test_all_faults_are_shown_at_once_each_leading_to_its_field(cast: Cast) -> None:
    client = entered(asked(cast))
    page = client.post(FORM, typed(email_1="anne", phone_2="12", signatory_title=""))
    body = page.content.decode()
    assert page.status_code == 200
    assert "<title>Erreur" in body
    for field in ("email_1", "phone_2", "signatory_title"):
        assert f'href="#id_{field}"' in body
        assert f'id="id_{field}-erreur"' in body
    assert page.context["form"]["given_name_1"].value() == "Anne"


@pytest.mark.parametrize("count", ["0", "6", "99", "", "x", "-3", "٣"])
def test_a_count_of_people_that_was_tampered_with_breaks_nothing(cast: Cast, count: str) -> None:
    assert entered(asked(cast)).post(FORM, typed(personnes=count)).status_code in {200, 302}


def test_what_is_too_long_is_cut_in_the_draft_and_told(cast: Cast) -> None:
    client = entered(asked(cast))
    page = client.post(FORM, typed(given_name_1="a" * 5000, family_name_2="\x00\x1b[31m"))
    assert page.status_code == 200
    assert Designation.objects.get().named.first() is not None


def test_what_is_typed_is_text_and_never_markup(cast: Cast) -> None:
    client = entered(asked(cast))
    body = client.post(FORM, typed(given_name_1="<script>alert(1)</script>")).content.decode()
    assert "<script>alert" not in body


def test_a_post_without_the_page_s_token_is_refused(cast: Cast) -> None:
    invitation = asked(cast)
    client = entered(invitation)
    client.handler.enforce_csrf_checks = True
    assert client.post(FORM, typed()).status_code == 403
    assert answering.draft(invitation) is None


def test_an_answer_sent_back_is_shown_with_its_reason_as_it_was(cast: Cast) -> None:
    asked(cast)
    designation = received(cast)
    deciding.send_back(designation, "Une adresse nominative.", actor=acting(cast.julien))
    body = entered(Invitation.objects.get(organization=cast.pantin)).get(FORM).content.decode()
    assert "Une adresse nominative." in body
    assert "anne.martin@pantin.example" in body


def test_once_answered_the_link_shows_the_receipt_and_offers_to_change(cast: Cast) -> None:
    invitation = asked(cast)
    signed(entered(invitation), invitation)
    client = entered(invitation)
    assert client.get(FORM)["Location"] == RECEIPT
    assert client.get(f"{FORM}?modifier=oui").status_code == 200


def test_once_validated_nothing_is_changed_by_a_link(cast: Cast) -> None:
    invitation = asked(cast)
    client = entered(invitation)
    signed(client, invitation)
    answered = answering.answered(invitation)
    assert answered is not None
    deciding.accept(answered, actor=acting(cast.julien))
    assert client.get(f"{FORM}?modifier=oui")["Location"] == RECEIPT
    assert client.post(FORM, typed())["Location"] == RECEIPT
    assert client.get(SIGN)["Location"] == RECEIPT
    assert "validée" in client.get(RECEIPT).content.decode()
    assert answering.draft(invitation) is None
