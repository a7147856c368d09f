"""« Aider à retrouver l'accès », from the agent's sheet."""

import pytest
from django.urls import reverse

from convergences.audit.models import AuditEvent
from convergences.authentication.models import Recovery, Totp
from convergences.directory.models import AgentState
from convergences.foundations import clock as house_clock
from convergences.foundations.models import OutboxMessage
from tests.authentication.conftest import clock, lost  # noqa: F401 - fixtures
from tests.authentication.doing import letters
from tests.authentication.recovering_from import DELAY, Clock, code_for, start, token_of
from tests.cast import Cast, give_totp, signed_in
from tests.team.pages import client, sheet, words

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("lost")]

ASK, CANCEL = "recuperation", "recuperation/annuler"
ACTION = "Aider à retrouver l'accès"


def test_the_sheet_offers_it_when_there_is_something_to_recover(cast: Cast) -> None:
    nadia = client(cast.nadia)
    assert ACTION in words(nadia.get(sheet(cast.claire)))
    cast.claire.agent.state = AgentState.SUSPENDED
    cast.claire.agent.save()
    assert ACTION not in words(nadia.get(sheet(cast.claire)))
    assert ACTION not in words(nadia.get(sheet(cast.moussa)))


def test_asking_is_explained_before_it_is_done(cast: Cast) -> None:
    page = words(client(cast.nadia).get(sheet(cast.claire, ASK)))
    for said in ("de vive voix", "24 heures", "pendant 7 jours", "Vous ne voyez aucun secret", "peut tout annuler"):
        assert said in page
    assert not Recovery.objects.exists()


def test_a_referente_starts_it_and_the_sheet_says_by_whom_and_from_when(cast: Cast) -> None:
    nadia = client(cast.nadia)
    page = words(nadia.post(sheet(cast.claire, ASK), follow=True))
    assert "La récupération est demandée. Claire Nguyen reçoit un e-mail." in page
    seen = words(client(cast.moussa).get(sheet(cast.claire)))
    assert "Aujourd'hui à 9 h 01, demandée par Nadia Ferhat" in seen
    assert "demain à 9 h 01" in seen
    assert ACTION not in seen
    event = AuditEvent.objects.get(action="authentication.recovery_started")
    assert event.actor_id == cast.nadia.agent_id


def test_the_referent_never_sees_a_code_nor_a_link(cast: Cast, clock: Clock) -> None:  # noqa: F811
    start(cast.claire, cast.nadia)
    clock.shift(DELAY)
    code = code_for(cast.claire.agent)
    token = token_of(next(mail for mail in letters() if mail.kind == "authentication.recovery_told"))
    nadia = client(cast.nadia)
    for path in (sheet(cast.claire), sheet(cast.claire, ASK), "/annuaire/collectivites/pantin/journal"):
        content = nadia.get(path, follow=True).content.decode()
        assert code not in content
        assert token not in content
    assert not any(code in mail.text or token in mail.text for mail in letters() if "claire" not in mail.recipient)


def test_a_colleague_cancels_it(cast: Cast) -> None:
    start(cast.claire, cast.nadia)
    moussa = client(cast.moussa)
    assert "Annuler la récupération" in words(moussa.get(sheet(cast.claire)))
    assert "La récupération est annulée" in words(moussa.post(sheet(cast.claire, CANCEL), follow=True))
    assert Recovery.objects.get().cancelled_at
    assert "Aucune récupération n'est ouverte" in words(moussa.post(sheet(cast.claire, CANCEL), follow=True))
    assert ACTION in words(moussa.get(sheet(cast.claire)))


def test_reading_starts_and_cancels_nothing(cast: Cast) -> None:
    nadia = client(cast.nadia)
    nadia.get(sheet(cast.claire, ASK))
    assert not Recovery.objects.exists()
    start(cast.claire, cast.nadia)
    assert nadia.get(sheet(cast.claire, CANCEL)).status_code == 302
    assert not Recovery.objects.get().cancelled_at


@pytest.mark.parametrize("path", [ASK, CANCEL])
@pytest.mark.parametrize("who", ["karim", "claire", "lucie"])
def test_nobody_else_finds_these_pages(cast: Cast, path: str, who: str) -> None:
    start(cast.claire, cast.nadia)
    other = client(getattr(cast, who))
    for key in ("pantin", "romainville"):
        assert other.get(sheet(cast.claire, path, key)).status_code == 404
        assert other.post(sheet(cast.claire, path, key)).status_code == 404
    assert Recovery.objects.get().cancelled_at is None


def test_a_referent_is_led_to_the_centre_for_a_colleague_and_for_themself(cast: Cast) -> None:
    give_totp(cast.moussa.agent)
    nadia = client(cast.nadia)
    for method in (nadia.get, nadia.post):
        answer = method(sheet(cast.moussa, ASK))
        assert answer.status_code == 403
        assert "Julien Moreau" in words(answer)
    moussa = signed_in(cast.moussa.agent, second_factor=True)
    assert moussa.post(sheet(cast.moussa, ASK)).status_code == 403
    assert not Recovery.objects.exists()


def test_asked_twice_it_is_asked_once(cast: Cast) -> None:
    nadia = client(cast.nadia)
    nadia.post(sheet(cast.claire, ASK))
    sent = OutboxMessage.objects.count()
    assert "déjà en cours" in words(nadia.post(sheet(cast.claire, ASK), follow=True))
    assert nadia.get(sheet(cast.claire, ASK))["Location"] == sheet(cast.claire)
    assert OutboxMessage.objects.count() == sent


def test_the_address_in_the_mail_of_the_others_is_that_of_the_sheet(cast: Cast) -> None:
    start(cast.claire, cast.nadia)
    mail = next(mail for mail in letters() if mail.recipient == cast.moussa.agent.email)
    assert reverse("team:user", args=["pantin", cast.claire.uid]) in mail.text


def test_the_sheet_of_who_is_blocked_says_what_waits_for_whom(cast: Cast) -> None:
    """Nobody else can let Claire set a means up again; she has been told to call."""
    Totp.objects.update(frozen_at=house_clock.now())
    seen = words(client(cast.nadia).get(sheet(cast.claire)))
    assert "Sa vérification en deux étapes est bloquée" in seen
    assert "« Rétablir la vérification »" in words(client(cast.nadia).get(sheet(cast.claire, ASK)))
    client(cast.nadia).post(sheet(cast.claire, ASK))
    assert "est bloquée" not in words(client(cast.moussa).get(sheet(cast.claire)))
