"""« Désigner un référent » from the sheet: one click, one mail, one employer; and the official address that lacked."""

import datetime as dt

import pytest
from django.test import Client

from convergences.audit.models import AuditEvent
from convergences.campaigns import employers, progress
from convergences.campaigns.models import Campaign, Invitation
from convergences.campaigns.services import asking
from convergences.directory.errors import ForTheCentre
from convergences.directory.models import Organization
from convergences.foundations import clock
from tests.campaigns.answering import received
from tests.campaigns.doing import drain, running
from tests.cast import Cast, signed_in
from tests.directory.acting import actor
from tests.employers.pages import LIST, julien, sheet
from tests.entitlements.doing import mails
from tests.team.pages import words

pytestmark = pytest.mark.database
PAGE = sheet("designer")
ADDRESS = {"authority_email": "maire@pantin.example"}


@pytest.fixture
def browser(cast: Cast) -> Client:
    """The correspondant's browser, on an employer whose official address is not known."""
    return julien(cast)


def _sent() -> list[tuple[str, str]]:
    return [(mail["kind"], mail["recipient"]) for mail in mails()]


def test_the_page_shows_the_mail_and_sends_nothing(browser: Client) -> None:
    page = words(browser.get(PAGE))
    assert "Objet : Désignez les référents administrateurs de votre collectivité" in page
    assert "Il vous revient de les désigner" in page
    assert not Campaign.objects.exists()


def test_one_click_sends_the_form_to_that_employer_alone(cast: Cast, browser: Client) -> None:
    answer = browser.post(PAGE, ADDRESS, follow=True)
    assert "Le formulaire part dans les minutes qui viennent" in words(answer)
    drain()
    assert _sent() == [("campaigns.invitation", "maire@pantin.example")]
    assert [each.organization for each in Invitation.objects.all()] == [cast.pantin]
    cast.pantin.refresh_from_db()
    assert cast.pantin.authority_email == "maire@pantin.example"
    acts = AuditEvent.objects.filter(actor_id=cast.julien.agent_id).order_by("pk").values_list("action", flat=True)
    assert list(acts) == ["directory.organization_modified", "campaigns.created", "campaigns.launched"]


def test_a_second_click_sends_nothing_more_and_says_how_far_the_first_is(cast: Cast, browser: Client) -> None:
    browser.post(PAGE, ADDRESS)
    again = browser.post(PAGE, ADDRESS)
    assert again.status_code == 422
    assert "Un formulaire lui est déjà envoyé" in words(again)
    assert Invitation.objects.count() == 1
    page = words(browser.get(PAGE))
    assert "Une réponse est déjà attendue" in page
    assert "Relancer" not in page  # the form itself has not left yet


def test_an_employer_of_a_campaign_under_way_is_reminded_instead(cast: Cast, browser: Client) -> None:
    running(cast)
    assert "Relancer" in words(browser.get(PAGE))
    assert "Une relance part" in words(browser.post(sheet("relancer"), follow=True))
    drain()
    assert _sent().count(("campaigns.reminder", "maire@pantin.example")) == 1
    assert "déjà été relancés aujourd'hui" in words(browser.post(sheet("relancer"), follow=True))
    assert "aucun formulaire sans réponse" in words(browser.post(sheet("relancer", "cig"), follow=True))


def test_an_answer_to_check_is_one_click_away(cast: Cast, browser: Client) -> None:
    answer = received(cast)
    assert str(answer.uid) in browser.get(PAGE).content.decode()


def test_a_single_employer_asked_is_neither_the_last_campaign_nor_in_their_list(cast: Cast, browser: Client) -> None:
    campaign = running(cast)
    Invitation.objects.filter(organization=cast.pantin).update(state="validated")
    browser.post(PAGE, ADDRESS)
    assert Campaign.objects.count() == 2
    assert employers.latest() == campaign
    assert list(progress.campaigns()) == [campaign]
    assert [name for _uid, name in progress.launched_names()] == [campaign.name]
    assert "Validée" in words(browser.get(LIST))
    assert "Ville de Pantin, " in words(browser.get(sheet()))


def test_a_form_that_waited_for_an_address_leaves_once_it_is_given(cast: Cast, browser: Client) -> None:
    campaign, before = _without_address(cast), len(_sent())
    assert "Sans adresse officielle" in words(browser.get(sheet()))
    said = words(browser.post(sheet("adresse"), ADDRESS, follow=True))
    assert "Le formulaire qui l'attendait part" in said
    drain()
    assert _sent()[before:] == [("campaigns.invitation", "maire@pantin.example")]
    assert Invitation.objects.get(campaign=campaign, organization=cast.pantin).state == "sent"


def _without_address(cast: Cast) -> Campaign:
    campaign = running(cast)
    cast.pantin.authority_email = ""
    cast.pantin.save()
    Invitation.objects.filter(organization=cast.pantin).update(state="waiting", mail_problem="Aucune adresse")
    return campaign


def test_it_leaves_as_well_once_the_address_is_written_in_the_sheet(cast: Cast, browser: Client) -> None:
    campaign, before = _without_address(cast), len(_sent())
    assert asking.send_found() == 0
    form = browser.get(sheet("modifier")).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}
    browser.post(sheet("modifier"), {**typed, **ADDRESS})
    assert (asking.send_found(), asking.send_found()) == (1, 0)
    drain()
    assert _sent()[before:] == [("campaigns.invitation", "maire@pantin.example")]
    assert campaign.invitations.get(organization=cast.pantin).state == "sent"


def test_an_address_found_once_the_deadline_is_past_sends_nothing_by_itself(cast: Cast) -> None:
    campaign = _without_address(cast)
    Campaign.objects.filter(pk=campaign.pk).update(deadline=clock.today() - dt.timedelta(days=1))
    Organization.objects.filter(pk=cast.pantin.pk).update(**ADDRESS)
    assert asking.send_found() == 0
    Campaign.objects.filter(pk=campaign.pk).update(deadline=clock.today())
    assert asking.send_found() == 1


@pytest.mark.parametrize("typed", ["", "maire", "maire@", "a@b.fr\nBcc: x@y.fr"])
def test_a_wrong_address_is_said_and_nothing_leaves(cast: Cast, browser: Client, typed: str) -> None:
    assert browser.post(PAGE, {"authority_email": typed}).status_code == 422
    browser.post(sheet("adresse"), {"authority_email": typed})
    cast.pantin.refresh_from_db()
    assert (cast.pantin.authority_email, Campaign.objects.count()) == ("", 0)


def test_neither_a_closed_employer_nor_the_centre_is_asked(cast: Cast, browser: Client) -> None:
    assert browser.post(sheet("designer", "cig"), ADDRESS).status_code == 422
    cast.pantin.active = False
    cast.pantin.save()
    assert browser.post(PAGE, ADDRESS).status_code == 422
    assert not Campaign.objects.exists()


def test_nobody_else_asks(cast: Cast) -> None:
    for meddler in (cast.nadia, cast.claire, cast.karim):
        stranger = signed_in(meddler.agent, second_factor=True)
        for act in ("designer", "relancer", "adresse"):
            assert stranger.post(sheet(act), ADDRESS).status_code == 404
        with pytest.raises(ForTheCentre):
            asking.ask(cast.pantin, email="maire@pantin.example", actor=actor(meddler))
    assert not Campaign.objects.exists()
