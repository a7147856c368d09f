"""Opening an application from its tile: the one decision, in pages."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from convergences.admission.models import EmployerChoice, Visit
from convergences.audit.models import AuditEvent
from convergences.catalog.models import Application
from convergences.directory.models import AgentState
from convergences.foundations import clock
from tests.cast import Cast, application, join, signed_in, strengthen
from tests.home.rights import give, text

pytestmark = pytest.mark.database


def test_a_stranger_is_sent_to_sign_in_and_comes_back_to_the_application(cast: Cast) -> None:
    assert Client().get("/ouvrir/bip")["Location"] == "/connexion?next=%2Fouvrir%2Fbip"


def test_an_agent_without_the_right_is_told_whom_to_ask(cast: Cast) -> None:
    answer = signed_in(cast.claire.agent).get("/ouvrir/bip")
    page = text(answer)
    assert answer.status_code == 403
    assert "Vous n'êtes pas habilité à ouvrir BIP" in page
    assert "Nadia Ferhat" in page
    assert "Moussa Diarra" in page
    assert "mailto:nadia.ferhat%40pantin.example?subject=Demande%20d%E2%80%99acc%C3%A8s%20%C3%A0%20BIP" in page
    assert "Karim" not in page
    assert Visit.objects.count() == 0


def test_an_agent_with_the_right_is_not_told_that_it_is_missing(cast: Cast) -> None:
    give(cast.claire, cast.bip)
    Application.objects.filter(pk=cast.bip.pk).update(status="closed")
    page = text(signed_in(cast.claire.agent).get("/ouvrir/bip"))
    assert "BIP n'est pas en service" in page
    assert "habilité" not in page


def test_a_referent_alone_is_sent_to_the_correspondant(cast: Cast) -> None:
    page = text(signed_in(cast.karim.agent).get("/ouvrir/bip"))
    assert "Julien Moreau" in page
    assert "Votre correspondant au centre de gestion" in page


def test_a_simple_link_is_opened_and_recorded_once(cast: Cast) -> None:
    give(cast.claire, cast.bip)
    claire = signed_in(cast.claire.agent)
    for _ in range(2):
        answer = claire.get("/ouvrir/bip")
        assert (answer.status_code, answer["Location"]) == (302, "https://bip.example/")
    visit = Visit.objects.get()
    assert (visit.membership, visit.application, visit.protocol) == (cast.claire, cast.bip, "link")
    assert AuditEvent.objects.filter(action="admission.application_entered").count() == 1


def test_an_application_with_a_protocol_is_entered_by_its_own_door(cast: Cast) -> None:
    cast.bip.protocol = "oidc"
    cast.bip.save()
    give(cast.claire, cast.bip)
    assert signed_in(cast.claire.agent).get("/ouvrir/bip")["Location"] == "https://bip.example/"
    assert Visit.objects.count() == 0


def test_a_head_opens_nothing_more_than_a_get(cast: Cast) -> None:
    assert signed_in(cast.claire.agent).head("/ouvrir/bip").status_code == 403


@pytest.mark.parametrize("slug", ["nowhere", "draft"])
def test_an_application_in_preparation_does_not_exist_yet(cast: Cast, slug: str) -> None:
    give(cast.claire, application("draft", "Projet secret", [("reader", "Lire")], status="draft"))
    answer = signed_in(cast.claire.agent).get(f"/ouvrir/{slug}")
    assert answer.status_code == 404
    assert "secret" not in text(answer)


def test_a_right_that_is_over_opens_nothing(cast: Cast) -> None:
    yesterday = clock.today() - dt.timedelta(days=1)
    give(cast.claire, cast.bip, starts_on=yesterday, ends_on=yesterday)
    assert signed_in(cast.claire.agent).get("/ouvrir/bip").status_code == 403


def test_a_suspended_agent_is_out_at_the_next_request(cast: Cast) -> None:
    give(cast.claire, cast.bip)
    claire = signed_in(cast.claire.agent)
    assert claire.get("/ouvrir/bip").status_code == 302
    cast.claire.agent.state = AgentState.SUSPENDED
    cast.claire.agent.save()
    assert claire.get("/ouvrir/bip")["Location"].startswith("/session-terminee")


def test_an_application_that_asks_for_two_steps_leads_to_the_second_and_comes_back_to_the_tile(cast: Cast) -> None:
    strong = application("cap", "SNAPI-CAP", [("reader", "Lire")], assurance="second_factor")
    give(cast.claire, strong)
    browser = signed_in(cast.claire.agent)
    wanted = urlsplit(browser.get("/ouvrir/cap")["Location"])
    assert (wanted.path, parse_qs(wanted.query)["application"]) == ("/verification", ["cap"])
    assert parse_qs(wanted.query)["next"] == ["/ouvrir/cap"]
    strengthen(cast.claire.agent)
    assert browser.get("/ouvrir/cap")["Location"] == strong.url


@pytest.fixture
def two(cast: Cast) -> Any:
    """Claire, entitled to BIP by two employers."""
    second = join(cast.claire.agent, cast.romainville, job_title="Assistante")
    give(cast.claire, cast.bip)
    give(second, cast.bip)
    return second


def test_an_agent_of_two_employers_is_asked_for_which_one(cast: Cast, two: Any) -> None:
    claire = signed_in(cast.claire.agent)
    assert claire.get("/ouvrir/bip")["Location"] == "/ouvrir/bip/employeur"
    page = text(claire.get("/ouvrir/bip/employeur"))
    assert "Ville de Pantin" in page
    assert "Ville de Romainville" in page
    assert "Assistante" in page
    assert " checked" not in page


def test_the_choice_is_kept_and_may_be_changed(cast: Cast, two: Any) -> None:
    claire = signed_in(cast.claire.agent)
    answer = claire.post("/ouvrir/bip/employeur", {"employer": str(two.uid)})
    assert 'content="0;url=/ouvrir/bip"' in text(answer)  # the application is on another site: see web.returning
    assert claire.get("/ouvrir/bip")["Location"] == "https://bip.example/"
    assert Visit.objects.get().membership == two
    page = text(claire.get("/ouvrir/bip/employeur"))
    assert f'value="{two.uid}" checked' in page
    claire.post("/ouvrir/bip/employeur", {"employer": str(cast.claire.uid)})
    assert EmployerChoice.objects.get().membership == cast.claire


@pytest.mark.parametrize("chosen", ["", "nonsense", "karim", "lucie"])
def test_somebody_elses_employer_cannot_be_chosen(cast: Cast, two: Any, chosen: str) -> None:
    value = str(getattr(cast, chosen).uid) if chosen in {"karim", "lucie"} else chosen
    answer = signed_in(cast.claire.agent).post("/ouvrir/bip/employeur", {"employer": value})
    assert answer.status_code == 200
    assert "Choisissez un employeur." in text(answer)
    assert EmployerChoice.objects.count() == 0


def test_an_agent_of_one_employer_has_nothing_to_choose(cast: Cast) -> None:
    give(cast.claire, cast.bip)
    assert signed_in(cast.claire.agent).get("/ouvrir/bip/employeur")["Location"] == "/ouvrir/bip"
