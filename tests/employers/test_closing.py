"""Closing an employer and opening it again: said before, typed to confirm, journaled, obeyed by the one decision."""

import pytest

from convergences.admission import queries as admission
from convergences.admission import services as decisions
from convergences.admission.decisions import Enter, Reason, Refuse
from convergences.audit.models import AuditEvent
from convergences.audit.services import SYSTEM
from convergences.authentication.models import Session
from convergences.directory.errors import CentreStaysOpen, ForTheCentre
from convergences.directory.models import Membership
from convergences.directory.services import organizations
from convergences.entitlements.models import Entitlement
from convergences.foundations import clock
from tests.cast import Cast, join, signed_in
from tests.directory.acting import actor
from tests.employers.pages import julien, sheet
from tests.entitlements.doing import mails
from tests.team.pages import right, words

pytestmark = pytest.mark.database
NAME = {"name": "ville de  PANTIN"}


def test_the_page_says_what_happens_to_agents_and_names_the_referents(cast: Cast) -> None:
    right(cast.claire, cast.bip)
    join(cast.claire.agent, cast.romainville)
    page = words(julien(cast).get(sheet("fermer")))
    assert "3 agents n'entrent plus dans aucune application pour cet employeur : 1 droit en sommeil" in page
    assert "1 garde son compte chez un autre employeur" in page
    assert "Moussa Diarra, Nadia Ferhat" in page
    assert "1 autre agent qui n'entre plus en est prévenu par e-mail dans dix minutes" in page
    cast.pantin.refresh_from_db()
    assert cast.pantin.active


@pytest.mark.parametrize("typed", ["", "Pantin", "Ville de Romainville", "oui"])
def test_another_name_closes_nothing(cast: Cast, typed: str) -> None:
    assert julien(cast).post(sheet("fermer"), {"name": typed}).status_code == 422
    cast.pantin.refresh_from_db()
    assert cast.pantin.active
    assert not AuditEvent.objects.filter(action="directory.organization_closed").exists()


def test_a_closed_employer_is_refused_everywhere_and_keeps_everything(cast: Cast) -> None:
    right(cast.claire, cast.bip)
    browser, nadia = signed_in(cast.claire.agent), signed_in(cast.nadia.agent, second_factor=True)
    session = Session.objects.get(agent=cast.claire.agent)
    assert isinstance(decisions.decide_for_session(session, cast.bip), Enter)
    decisions.enter(session, cast.bip, cast.claire, protocol="link", actor=SYSTEM)
    before = list(Membership.objects.order_by("pk").values()), list(Entitlement.objects.values())
    assert julien(cast).post(sheet("fermer"), {**NAME, "reason": "Fusion"}).status_code == 302
    told = decisions.decide_for_session(session, cast.bip)
    assert isinstance(told, Refuse)
    assert told.reason == Reason.ORGANIZATION_INACTIVE
    assert [ending.reason for ending in admission.visits_to_end(clock.now())] == ["organization_inactive"]
    assert nadia.get("/annuaire/collectivites/pantin/").status_code == 404
    assert browser.get("/ouvrir/bip").status_code == 403
    assert (list(Membership.objects.order_by("pk").values()), list(Entitlement.objects.values())) == before
    event = AuditEvent.objects.get(action="directory.organization_closed")
    assert (event.actor_id, event.organization_id) == (cast.julien.agent_id, cast.pantin.pk)
    assert event.details == {"reason": "Fusion"}


def test_what_is_opened_again_comes_back(cast: Cast) -> None:
    right(cast.claire, cast.bip)
    browser = julien(cast)
    browser.post(sheet("fermer"), NAME)
    assert "Fermé" in words(browser.get(sheet()))
    assert browser.get(sheet("rouvrir")).status_code == 405
    assert browser.post(sheet("rouvrir")).status_code == 302
    assert signed_in(cast.nadia.agent).get("/annuaire/collectivites/pantin/").status_code == 200
    assert AuditEvent.objects.filter(action="directory.organization_reopened").count() == 1


def test_closing_or_reopening_twice_is_said_and_journaled_once(cast: Cast) -> None:
    browser = julien(cast)
    browser.post(sheet("fermer"), NAME)
    assert "déjà fermé" in words(browser.post(sheet("fermer"), NAME))
    browser.post(sheet("rouvrir"))
    assert "déjà ouvert" in words(browser.post(sheet("rouvrir"), follow=True))
    assert AuditEvent.objects.filter(action__startswith="directory.organization_").count() == 2


def test_the_centre_is_never_closed(cast: Cast) -> None:
    answer = julien(cast).post(sheet("fermer", "cig"), {"name": cast.center.name})
    assert answer.status_code == 422
    with pytest.raises(CentreStaysOpen):
        organizations.close(cast.center, actor=SYSTEM)


def test_a_page_that_forgets_its_guard_closes_nothing(cast: Cast) -> None:
    for meddler in (cast.nadia, cast.claire, cast.karim):
        with pytest.raises(ForTheCentre):
            organizations.close(cast.pantin, actor=actor(meddler))
        with pytest.raises(ForTheCentre):
            organizations.reopen(cast.pantin, actor=actor(meddler))


def test_the_referents_are_told_of_both_by_mail_at_once(cast: Cast) -> None:
    browser = julien(cast)
    browser.post(sheet("fermer"), NAME)
    browser.post(sheet("rouvrir"))
    people = {cast.nadia.agent.email, cast.moussa.agent.email}
    kinds = ("lifecycle.employer_closed", "lifecycle.employer_reopened")
    assert sorted((m["kind"], m["recipient"]) for m in mails()) == sorted((k, who) for k in kinds for who in people)
    assert "Les accès de la Ville de Pantin sont fermés" in {mail["subject"] for mail in mails()}


def test_a_closing_that_is_refused_tells_nobody(cast: Cast) -> None:
    julien(cast).post(sheet("fermer", "cig"), {"name": cast.center.name})
    assert mails() == []
