"""One answer: what is known beside what was typed, accepted after a page that says what happens, or sent back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from convergences.campaigns.models import Designation, DesignationState, Invitation, Mandate
from convergences.campaigns.services import deciding, preparing
from convergences.directory.models import Agent, Organization
from convergences.directory.services import memberships
from tests.answers.doing import QUEUE, accepting, browser, correspondent, fr, said, sheet
from tests.campaigns.answering import ANNE, PAUL, answer, answering, asked, last_mail, received
from tests.campaigns.doing import acting
from tests.cast import Cast, join
from tests.designation.doing import entered

pytestmark = pytest.mark.database


def test_it_shows_each_person_beside_what_is_known(cast: Cast) -> None:
    designation = received(cast, ANNE, _as(cast.claire.agent), replaces=True)
    response = browser(cast.julien).get(sheet(designation))
    page = said(response)
    for words in ("Nouveau compte", fr("Agent de l'employeur"), "Code du courrier", "Bertrand Kern, Maire"):
        assert words in page, words
    assert fr("Perdent le profil Référent : Nadia Ferhat, Moussa Diarra.") in page
    assert f'href="{sheet(designation, "accepter")}"' in page
    assert response["Cache-Control"] == "no-store"


def _as(agent: Agent) -> object:
    return ANNE.__class__(
        given_name=agent.given_name, family_name=agent.family_name, job_title="RRH", email=agent.email or ""
    )


def test_accepting_is_announced_then_done(cast: Cast) -> None:
    designation = received(cast, ANNE, PAUL, replaces=True)
    announced = said(browser(cast.julien).get(sheet(designation, "accepter")))
    for words in ("un compte est créé", "Moussa Diarra", "perd le profil Référent", "maire@pantin.example"):
        assert words in announced, words
    assert not Mandate.objects.exists()
    page = said(accepting(browser(cast.julien), designation))
    assert fr("La désignation de la Ville de Pantin est acceptée : 2 personnes sont référentes.") in page
    assert Mandate.objects.filter(ended_on__isnull=True).count() == 2
    decided = said(browser(cast.julien).get(sheet(designation)))
    assert "par Julien Moreau" in decided
    assert "/accepter" not in decided


def test_what_changed_since_the_page_was_read_is_shown_again(cast: Cast) -> None:
    designation, julien = received(cast, ANNE, replaces=True), browser(cast.julien)
    seen = julien.get(sheet(designation, "accepter")).context["foreseen"].mark
    memberships.promote(cast.claire, warrant="Autre désignation", actor=acting(cast.julien))
    response = julien.post(sheet(designation, "accepter"), {"seen": seen})
    assert response.status_code == 422
    assert fr("Rien n'est enregistré") in said(response)
    assert julien.post(sheet(designation, "accepter")).status_code == 422  # forged: it shows nothing was read
    assert not Mandate.objects.exists()


def test_what_blocks_is_told_and_offers_no_button(cast: Cast) -> None:
    memberships.suspend(cast.claire, reason="Congé", actor=acting(cast.julien))
    designation, julien = received(cast, _as(cast.claire.agent)), browser(cast.julien)  # type: ignore[arg-type]
    page = said(julien.get(sheet(designation)))
    assert fr("réactivez-le avant de valider") in page
    assert "/accepter" not in page
    assert (
        "<button"
        not in said(julien.get(sheet(designation, "accepter"))).split("Ce qui va se passer")[1].split("</form")[0]
    )
    assert fr("réactivez-le avant de valider") in said(accepting(julien, designation))
    assert not Mandate.objects.exists()


def test_sending_back_asks_why_and_loses_nothing_typed(cast: Cast) -> None:
    designation, julien = received(cast), browser(cast.julien)
    empty = julien.post(sheet(designation, "renvoyer"), {"reason": " "})
    assert empty.status_code == 422
    assert "Dites pourquoi" in said(empty)
    long = "Une adresse personnelle. " * 60
    assert long.strip() in said(julien.post(sheet(designation, "renvoyer"), {"reason": long}))
    done = julien.post(sheet(designation, "renvoyer"), {"reason": "Une adresse personnelle."}, follow=True)
    assert fr("La réponse de la Ville de Pantin est renvoyée.") in said(done)
    assert "Une adresse personnelle." in last_mail("campaigns.sent_back")
    form = said(entered(Invitation.objects.get(pk=designation.invitation_id)).get("/designation/formulaire"))
    assert "Une adresse personnelle." in form
    assert "anne.martin@pantin.example" in form


def test_the_second_of_two_correspondants_is_told(cast: Cast) -> None:
    designation, odile = received(cast), browser(correspondent(cast))
    accepting(browser(cast.julien), designation)
    for act in ("accepter", "renvoyer"):
        page = odile.post(sheet(designation, act), {"seen": "", "reason": "Non"}, follow=True)
        assert fr("Cette réponse n'attend plus : elle est validée.") in said(page)
    assert Agent.objects.filter(email=ANNE.email).count() == 1


def test_of_two_answers_of_one_employer_the_last_is_decided(cast: Cast) -> None:
    first, julien = received(cast, ANNE), browser(cast.julien)
    second = received(cast, PAUL)
    page = said(accepting_old(julien, first))
    assert "remplacée par une autre réponse" in page
    assert second.receipt_number in page
    accepting(julien, second)
    assert not Agent.objects.filter(email=ANNE.email).exists()


def accepting_old(julien: object, first: Designation) -> object:
    return julien.post(sheet(first, "accepter"), {"seen": "x"}, follow=True)  # type: ignore[attr-defined]


def test_once_the_campaign_is_closed_it_is_accepted_or_put_away(cast: Cast) -> None:
    designation, julien = received(cast), browser(cast.julien)
    assert julien.get(sheet(designation, "classer")).status_code == 302
    preparing.close(designation.invitation.campaign, actor=acting(cast.julien))
    page = said(julien.get(sheet(designation)))
    assert ("/accepter" in page, "/renvoyer" in page, "/classer" in page) == (True, False, True)
    assert julien.post(sheet(designation, "renvoyer"), {"reason": "Non"}).status_code == 302
    Organization.objects.filter(pk=cast.pantin.pk).update(active=False)
    assert "/accepter" not in said(julien.get(sheet(designation)))
    julien.post(sheet(designation, "classer"), {"reason": "Fermé"})
    designation.refresh_from_db()
    assert designation.state == DesignationState.SET_ASIDE


def test_who_it_concerns_is_told_and_a_forged_post_changes_nothing(cast: Cast) -> None:
    designation, julien = received(cast), browser(cast.julien)
    seen = julien.get(sheet(designation, "accepter")).context["foreseen"].mark
    join(cast.julien.agent, cast.pantin)
    page = said(julien.get(sheet(designation)))
    assert "Cette réponse vous concerne" in page
    assert "/accepter" not in page
    for act in ("accepter", "renvoyer", "classer"):
        told = julien.post(sheet(designation, act), {"seen": seen, "reason": "Non"}, follow=True)
        assert "Cette réponse vous désigne" in said(told) or act == "classer"
    designation.refresh_from_db()
    assert designation.state == DesignationState.RECEIVED


def test_a_draft_is_nobodys_to_read(cast: Cast) -> None:
    draft = answering.save_draft(asked(cast), answer())
    assert browser(cast.julien).get(sheet(draft)).status_code == 404
    assert str(draft.uid) not in said(browser(cast.julien).get(QUEUE))


def test_former_answers_are_led_to_with_why_they_came_back(cast: Cast) -> None:
    first = deciding.send_back(received(cast, ANNE), "Une autre adresse", actor=acting(cast.julien))
    second = received(cast, PAUL)
    assert first.receipt_number in said(browser(cast.julien).get(sheet(second)))
    assert "Une autre adresse" in said(browser(cast.julien).get(sheet(first)))


def test_it_asks_as_much_for_three_people_as_for_one(cast: Cast) -> None:
    julien, counted = browser(cast.julien), []
    for people in ([ANNE], [ANNE, PAUL, _as(cast.claire.agent)]):
        designation = received(cast, *people, replaces=True)  # type: ignore[arg-type]
        with CaptureQueriesContext(connection) as captured:
            assert julien.get(sheet(designation)).status_code == 200
        counted.append(len(captured))
    assert counted[0] == counted[1] <= 20


def test_another_signatory_than_the_authority_known_is_told(cast: Cast) -> None:
    designation, julien = received(cast), browser(cast.julien)
    Organization.objects.filter(pk=cast.pantin.pk).update(authority_name="KERN Bertrand")
    assert "alors que" not in said(julien.get(sheet(designation)))
    Organization.objects.filter(pk=cast.pantin.pk).update(authority_name="Camille Roy")
    assert fr("Signée par Bertrand Kern, alors que l'autorité connue est Camille Roy.") in said(
        julien.get(sheet(designation))
    )
