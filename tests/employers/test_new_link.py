"""A link that went to the wrong person: revoked from the employer's sheet, with what was typed behind it."""

import pytest
from django.test import Client

from convergences.audit.models import AuditEvent
from convergences.campaigns.errors import DeadLink
from convergences.campaigns.models import Designation, DesignationState, Invitation
from convergences.campaigns.services import answering, links, preparing
from convergences.foundations.models import OutboxMessage
from tests.campaigns.answering import answer, asked, received
from tests.campaigns.doing import acting
from tests.cast import Cast
from tests.designation.doing import FORM, entered
from tests.employers.pages import julien, sheet
from tests.team.pages import value_of, words

pytestmark = pytest.mark.database
PAGE = sheet("nouveau-lien")


def _replaced(browser: Client, email: str = "cabinet@pantin.example", seen: str = "") -> str:
    given = {"authority_email": email, "seen": seen or value_of(browser.get(PAGE), "seen")}
    return words(browser.post(PAGE, given, follow=True))


def _sent_to(email: str) -> int:
    return OutboxMessage.objects.filter(kind="campaigns.invitation", recipient=email).count()


def test_the_former_links_die_with_what_was_typed_and_another_leaves(cast: Cast) -> None:
    invitation, browser = asked(cast), julien(cast)
    token, stranger = links.issue(invitation), entered(invitation)
    answering.save_draft(invitation, answer())
    assert "Remplacer le lien" in words(browser.get(sheet("designer")))
    assert "un nouveau part" in _replaced(browser)
    with pytest.raises(DeadLink):
        links.find(token)
    assert stranger.get(FORM).status_code == 410
    assert not Designation.objects.exists()
    assert (_sent_to("cabinet@pantin.example"), invitation.links.filter(revoked_at=None).count()) == (1, 1)
    acts = AuditEvent.objects.filter(action="campaigns.links_revoked", actor_id=cast.julien.agent_id)
    assert acts.get().organization_id == cast.pantin.pk


def test_the_same_form_sent_twice_sends_one_link(cast: Cast) -> None:
    asked(cast)
    browser = julien(cast)
    seen = value_of(browser.get(PAGE), "seen")
    _replaced(browser, seen=seen)
    assert "Un autre lien vient de partir" in _replaced(browser, "autre@pantin.example", seen=seen)
    assert (_sent_to("cabinet@pantin.example"), _sent_to("autre@pantin.example")) == (1, 0)
    cast.pantin.refresh_from_db()
    assert cast.pantin.authority_email == "cabinet@pantin.example"


def test_nothing_leaves_on_pause_nor_for_an_answer_that_waits_nor_to_a_wrong_address(cast: Cast) -> None:
    invitation, browser = asked(cast), julien(cast)
    assert "Rien n'est parti" in _replaced(browser, "cabinet")
    assert invitation.links.filter(revoked_at=None).exists()
    preparing.pause(invitation.campaign, actor=acting(cast.julien))
    assert "aucun nouveau ne part" in _replaced(browser)
    preparing.resume(invitation.campaign, actor=acting(cast.julien))
    designation = received(cast)
    assert "aucun nouveau ne part" in _replaced(browser)
    designation.refresh_from_db()
    assert (designation.state, _sent_to("cabinet@pantin.example")) == (DesignationState.RECEIVED, 0)
    assert not Invitation.objects.get(pk=invitation.pk).links.filter(revoked_at=None).exists()
    assert "Aucun lien n'est à remplacer" in words(
        browser.post(sheet("nouveau-lien", "cig"), {"authority_email": "a@cig.example", "seen": "0"})
    )
