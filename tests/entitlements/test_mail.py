"""The mail that tells an agent what became of their rights."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from convergences.catalog.models import Application
from convergences.directory.models import Agent, Membership
from convergences.entitlements import errors, services
from convergences.entitlements.services import Terms
from convergences.foundations import clock
from tests.cast import Cast, application, join, member
from tests.entitlements.doing import OPERATOR, change, grant, in_days, journal, mails, opens, revoke, save, wish

pytestmark = pytest.mark.database
NBSP = "\u00a0"


@pytest.fixture
def octime(cast: Cast) -> Application:
    """A second application to open."""
    return application("octime", "Octime", [("reader", "Consulter"), ("manager", "Gérer")])


def last() -> dict[str, str]:
    """The last mail, with plain spaces."""
    return {key: value.replace(NBSP, " ") for key, value in mails()[-1].items()}


def test_a_right_given_says_what_until_when_by_whom_and_where_to_open_it(cast: Cast, octime: Application) -> None:
    grant(cast.claire, octime, by=cast.nadia, ends_on=dt.date(2090, 6, 30))
    mail = last()
    assert (mail["kind"], mail["recipient"]) == ("access", "claire.nguyen@pantin.example")
    assert mail["subject"] == "Octime vous est ouvert"
    for words in (
        "Bonjour Claire Nguyen,",
        "Nadia Ferhat (Ville de Pantin) vous a ouvert cet accès.",
        "Application : Octime\nVotre droit : Consulter\nJusqu’au : 30 juin 2090\n",
        "Ouvrir Octime :\nhttp://testserver/ouvrir/octime",
        "Vous retrouvez tous vos droits dans votre profil.",
    ):
        assert words in mail["text"]


def test_the_html_says_the_same(cast: Cast, octime: Application) -> None:
    grant(cast.claire, octime, by=cast.nadia, ends_on=dt.date(2090, 6, 1))
    html = last()["html"]
    assert 'href="http://testserver/ouvrir/octime"' in html
    for words in (
        "Octime vous est ouvert",
        "Nadia Ferhat",
        "<strong>Consulter</strong>",
        "1er juin 2090",
        "Ouvrir Octime",
    ):
        assert words in html


def test_the_address_in_the_mail_is_one_of_the_portal_s(octime: Application) -> None:
    assert reverse("home:open", args=[octime.slug]) == "/ouvrir/octime"


def test_a_name_cannot_write_html_nor_headers(cast: Cast, octime: Application) -> None:
    Application.objects.filter(pk=octime.pk).update(name="<b>Oc\ntime</b>")
    Agent.objects.filter(pk=cast.nadia.agent_id).update(given_name="<script>")
    cast.nadia.agent.refresh_from_db()
    grant(cast.claire, Application.objects.get(pk=octime.pk), by=cast.nadia)
    assert "<b>Oc" not in last()["html"]
    assert "<script>" not in last()["html"]
    assert "\n" not in last()["subject"]


def test_a_right_given_before_the_opening_says_from_when(cast: Cast) -> None:
    with time_machine.travel(dt.datetime(2027, 3, 5, 12, tzinfo=dt.UTC), tick=False):
        opens(cast.bip, cast.pantin, on=dt.date(2027, 3, 14))
        grant(cast.claire, cast.bip, by=cast.nadia)
    assert last()["subject"] == "BIP vous sera ouvert le 14 mars 2027"
    assert "Ouverture : le 14 mars 2027" in last()["text"]
    assert "/ouvrir/" not in last()["text"]


def test_a_right_changed(cast: Cast) -> None:
    change(grant(cast.claire, cast.bip, by=cast.nadia), "manager", by=cast.moussa)
    assert last()["subject"] == "Votre droit sur BIP a changé"
    assert "Moussa Diarra (Ville de Pantin) a modifié votre droit." in last()["text"]
    assert "Votre droit : Gérer" in last()["text"]


def test_a_right_removed_names_whom_to_ask(cast: Cast) -> None:
    revoke(grant(cast.claire, cast.bip, by=cast.nadia), by=cast.nadia)
    assert last()["subject"] == "Votre accès à BIP a pris fin"
    assert "Nadia Ferhat (Ville de Pantin) a retiré cet accès." in last()["text"]
    assert "Si vous en avez encore besoin, adressez-vous à Nadia Ferhat." in last()["text"]
    assert "/ouvrir/" not in last()["text"]


def test_several_at_once_make_one_mail(cast: Cast, octime: Application) -> None:
    save(cast.claire, wish(cast.bip), wish(octime), by=cast.nadia)
    assert last()["subject"] == "BIP et Octime vous sont ouverts"
    assert "vous a ouvert ces accès" in last()["text"]
    save(cast.claire, wish(cast.bip, "manager"), wish(cast.cotisations), by=cast.nadia)
    assert last()["subject"] == "Vos droits ont changé"
    assert "Application : Octime\nVotre accès a pris fin." in last()["text"]
    assert len(mails()) == 2


def test_the_operator_signs_with_the_centre_s_name(cast: Cast) -> None:
    grant(cast.claire, cast.bip)
    assert "CIG petite couronne (Ville de Pantin) vous a ouvert cet accès." in last()["text"]


@pytest.mark.parametrize("who", ["invited", "not accepted", "suspended"])
def test_who_has_not_come_or_is_suspended_is_not_written_to(cast: Cast, who: str) -> None:
    someone = {
        "invited": lambda: member(cast.pantin, "Léa Marchand", state="invited"),
        "not accepted": lambda: join(cast.lucie.agent, cast.pantin, confirmed_at=None),
        "suspended": lambda: member(cast.pantin, "Léa Marchand", suspended_at=clock.now()),
    }[who]()
    grant(someone, cast.bip, by=cast.nadia)
    assert mails() == []


def test_a_refusal_sends_nothing(cast: Cast) -> None:
    with pytest.raises(errors.UnknownRole):
        grant(cast.claire, cast.bip, "payer", by=cast.nadia)
    assert mails() == []


def test_the_subject_of_the_journal_before_acceptance_is_what_the_employer_typed(cast: Cast) -> None:
    attached = join(cast.lucie.agent, cast.pantin, confirmed_at=None)
    Membership.objects.filter(pk=attached.pk).update(shown_given_name="Luce", shown_family_name="Lefebvre")
    services.grant(attached, cast.bip, terms=Terms(("reader",), in_days(9)), giver=cast.nadia.agent, actor=OPERATOR)
    assert journal()[-1].subject_label == "Luce Lefebvre"
